from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import InvalidRequestError
from bot.limits.spans import Span, last_days, last_months, month_of
from tests.manual_clock import START


def day(month: int, number: int, year: int = 2026) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def test_the_last_days_end_with_today() -> None:
    assert last_days(1, START) == Span(day(11, 20), day(11, 21))
    assert last_days(30, START) == Span(day(10, 22), day(11, 21))


def test_a_month_is_whole_once_it_is_over_and_ends_today_before() -> None:
    assert month_of(" 2026-10 ", START) == Span(day(10, 1), day(11, 1))
    assert month_of("2026-11", START) == Span(day(11, 1), day(11, 21))
    assert month_of("2025-12", START) == Span(day(12, 1, 2025), day(1, 1))


@pytest.mark.parametrize("text", ["", "11", "2026-13", "2026-1", "November", "1999-01", "2026-12"])
def test_what_is_no_month_that_has_begun_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        month_of(text, START)


def test_months_are_listed_over_the_turn_of_the_year() -> None:
    assert last_months(3, START - timedelta(days=300)) == ["2026-01", "2025-12", "2025-11"]
