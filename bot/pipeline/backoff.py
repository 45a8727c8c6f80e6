"""How long to wait after an unlucky try."""

import secrets
from datetime import timedelta
from typing import Final

_DICE: Final = secrets.SystemRandom()
_JITTER: Final = 0.1


def backoff(
    attempts: int,
    *,
    floor: timedelta,
    cap: timedelta,
    retry_after: float | None = None,
) -> timedelta:
    """Return the pause after `attempts` unlucky tries in a row.

    It doubles from `floor` up to `cap`, is never shorter than the `retry_after` seconds that
    the other side asked for, and varies by a tenth so that jobs don't come back in step.
    """
    doubled = floor * (1 << min(max(attempts, 0), 16))
    wanted = max(min(doubled, cap), timedelta(seconds=retry_after or 0.0))
    return wanted * (1 + _DICE.uniform(0.0, _JITTER))
