"""Spans of whole UTC days that usage is added up over."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.domain import LimitKind
from bot.errors import InvalidRequestError
from bot.language import _
from bot.limits.windows import begin_of, end_of

MOST_DAYS: Final = 366
USUAL_DAYS: Final = 30
_MONTH: Final = re.compile(r"(?P<year>2\d{3})-(?P<month>0[1-9]|1[0-2])")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` until just before `until`, both midnights."""

    since: datetime
    until: datetime


def last_days(count: int, now: datetime) -> Span:
    """Return the last days, today among them."""
    today = begin_of(LimitKind.DAY, now)
    return Span(today - (count - 1) * _DAY, today + _DAY)


def month_of(text: str, now: datetime) -> Span:
    """Return a month as far as it has come, such as 2026-11.

    Raises:
        InvalidRequestError: It is none, or has not begun.
    """
    found = _MONTH.fullmatch(text.strip())
    if found is None:
        raise InvalidRequestError(
            _("A month is written like 2026-11. Please choose one of the list.")
        )
    since = datetime(int(found["year"]), int(found["month"]), 1, tzinfo=UTC)
    if since > now:
        raise InvalidRequestError(_("That month has not begun yet. Please choose an earlier one."))
    until = end_of(LimitKind.MONTH, since)
    assert until is not None  # noqa: S101 - the clock ends every month
    return Span(since, min(until, begin_of(LimitKind.DAY, now) + _DAY))


def last_months(count: int, now: datetime) -> list[str]:
    """List the names of months, the present one first."""
    first = now.astimezone(UTC).year * 12 + now.astimezone(UTC).month - 1
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, first - count, -1)]
