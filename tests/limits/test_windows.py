from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.domain import Cost, LimitKind, Unit
from bot.limits.windows import LONGEST_COOLDOWN, begin_of, cools_until, end_of, frees_at

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "begin", "end"),
    [
        (datetime(2026, 2, 28, 23, 59, tzinfo=UTC), (2026, 2, 1), (2026, 3, 1)),
        (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), (2028, 2, 1), (2028, 3, 1)),
        (datetime(2026, 1, 31, 0, 0, tzinfo=UTC), (2026, 1, 1), (2026, 2, 1)),
        (datetime(2026, 4, 1, 0, 0, tzinfo=UTC), (2026, 4, 1), (2026, 5, 1)),
        (datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), (2026, 12, 1), (2027, 1, 1)),
    ],
    ids=["28 days", "29 days", "31 days", "its first moment", "its last moment"],
)
def test_a_month_is_as_long_as_it_is(
    now: datetime, begin: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    assert begin_of(LimitKind.MONTH, now) == datetime(*begin, tzinfo=UTC)
    assert end_of(LimitKind.MONTH, now) == datetime(*end, tzinfo=UTC)


def test_a_day_is_one_of_utc_wherever_the_clock_stands() -> None:
    in_tokyo = datetime(2026, 11, 21, 8, 0, tzinfo=timezone(timedelta(hours=9)))

    assert begin_of(LimitKind.DAY, in_tokyo) == datetime(2026, 11, 20, tzinfo=UTC)
    assert end_of(LimitKind.DAY, in_tokyo) == datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        (LimitKind.ROLLING_DAY, NOON - DAY + timedelta(microseconds=1)),
        (LimitKind.COOLDOWN, NOON - LONGEST_COOLDOWN),
        (LimitKind.AT_ONCE, datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_other_kinds_begin_so_long_ago_and_no_clock_ends_them(
    kind: LimitKind, begin: datetime
) -> None:
    assert begin_of(kind, NOON) == begin
    assert end_of(kind, NOON) is None


@pytest.mark.parametrize(
    ("room", "end"),
    [
        (3, None),
        (2, NOON - 3 * HOUR + DAY),
        (1, NOON - HOUR + DAY),
        (0, NOON + DAY),
        (-1, None),
    ],
    ids=["there is room", "one must go", "two must go", "all must go", "never"],
)
def test_a_rolling_day_frees_one_use_after_the_other(room: int, end: datetime | None) -> None:
    uses = [(NOON - 3 * HOUR, 1), (NOON - 2 * HOUR, 0), (NOON - HOUR, 1), (NOON, 1)]

    assert frees_at(uses, room) == end


def test_nothing_used_frees_nothing() -> None:
    assert frees_at([], 0) is None


@pytest.mark.parametrize(
    ("unit", "each", "end"),
    [
        (Unit.JOBS, 60, NOON + timedelta(seconds=60)),
        (Unit.SECONDS, 60, NOON - HOUR + timedelta(seconds=60 * 90)),
        (Unit.MONEY, 100, NOON + timedelta(seconds=1)),
        (Unit.JOBS, 10**12, NOON + LONGEST_COOLDOWN),
        (Unit.SECONDS, 10**18, NOON + LONGEST_COOLDOWN),
        (Unit.JOBS, 0, None),
    ],
    ids=["jobs", "an earlier one was longer", "money", "absurd", "more absurd", "none at all"],
)
def test_a_cooldown_ends_when_the_longest_pause_does(
    unit: Unit, each: int, end: datetime | None
) -> None:
    uses = [(NOON, Cost(1, 6, 10_000)), (NOON - HOUR, Cost(1, 90, 0))]

    assert cools_until(uses, unit, each) == end


def test_nobody_waits_after_nothing() -> None:
    assert cools_until([], Unit.JOBS, 60) is None


def test_a_job_of_a_clock_that_was_ahead_makes_nobody_wait_for_no_pause() -> None:
    assert cools_until([(NOON + HOUR, Cost(1, 6, 0))], Unit.MONEY, 60) is None
