"""When the windows of limits begin and end; days and months are those of UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.domain import Cost, LimitKind, Unit

ROLLING_DAY: Final = timedelta(hours=24)
LONGEST_COOLDOWN: Final = timedelta(days=30)
_DOLLAR: Final = 1_000_000


def begin_of(kind: LimitKind, now: datetime) -> datetime:
    """Return the moment since which use counts."""
    moment = now.astimezone(UTC)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    match kind:
        case LimitKind.ROLLING_DAY:
            # What is a day old to the moment is told to be free, so it must not count.
            return moment - ROLLING_DAY + timedelta(microseconds=1)
        case LimitKind.DAY:
            return midnight
        case LimitKind.MONTH:
            return midnight.replace(day=1)
        case LimitKind.COOLDOWN:
            return moment - LONGEST_COOLDOWN
        case LimitKind.AT_ONCE:
            return datetime.min.replace(tzinfo=UTC)


def end_of(kind: LimitKind, now: datetime) -> datetime | None:
    """Return when a window begins anew; None for those that no clock ends."""
    match kind:
        case LimitKind.DAY:
            return begin_of(kind, now) + timedelta(days=1)
        case LimitKind.MONTH:
            return (begin_of(kind, now) + timedelta(days=32)).replace(day=1)
        case LimitKind.ROLLING_DAY | LimitKind.COOLDOWN | LimitKind.AT_ONCE:
            return None


def frees_at(uses: Sequence[tuple[datetime, int]], room: int) -> datetime | None:
    """Return when of the last 24 hours' uses, oldest first, no more than `room` is left.

    None when that never comes about: a single job is larger than the limit.
    """
    if room < 0:
        return None
    left = sum(amount for _, amount in uses)
    for moment, amount in uses:
        if left <= room:
            break
        left -= amount
        if left <= room:
            return moment + ROLLING_DAY
    return None


def cools_until(
    uses: Sequence[tuple[datetime, Cost]], unit: Unit, seconds_each: int
) -> datetime | None:
    """Return when the cooldown after these jobs is over; a part of a dollar counts as a part."""
    pauses = [(moment, _pause(cost.of(unit), unit, seconds_each)) for moment, cost in uses]
    # After a job that asks for no pause there is none, also when its clock was ahead of ours.
    return max((moment + pause for moment, pause in pauses if pause), default=None)


def _pause(amount: int, unit: Unit, seconds_each: int) -> timedelta:
    divisor = _DOLLAR if unit is Unit.MONEY else 1
    seconds = -(-seconds_each * amount // divisor)
    # The smaller number first: a timedelta can't be of any length.
    return timedelta(seconds=min(seconds, round(LONGEST_COOLDOWN.total_seconds())))
