"""How long a member has to wait whose prompts were stopped again and again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

COUNTED_FOR: Final = timedelta(hours=24)
"""So far back from the last attempt the others count."""
STEPS: Final = (
    (8, timedelta(hours=24)),
    (5, timedelta(hours=1)),
    (3, timedelta(minutes=10)),
)
"""From how many attempts on, and for how long after the last one; the longest first."""
LOOKED_BACK: Final = COUNTED_FOR + STEPS[0][1]
"""Older attempts decide nothing any more."""


def cools_until(attempts: Iterable[datetime], now: datetime) -> datetime | None:
    """Return when a member may ask again; None when that is at once.

    It is counted back from the last attempt and not from now: a long pause must not become a
    shorter one while somebody waits.
    """
    moments = list(attempts)
    if not moments:
        return None
    last = max(moments)
    count = sum(1 for moment in moments if last - moment < COUNTED_FOR)
    pause = next((pause for least, pause in STEPS if count >= least), None)
    return None if pause is None or last + pause <= now else last + pause
