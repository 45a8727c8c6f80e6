from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import InvalidRequestError
from bot.limits.moments import SUGGESTED, parse_end, parse_since
from tests.manual_clock import START


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        (" 3D ", timedelta(days=3)),
        ("2w", timedelta(weeks=2)),
        ("9999w", timedelta(weeks=9999)),
    ],
)
def test_a_length_is_counted_from_now_or_back(typed: str, length: timedelta) -> None:
    assert parse_end(typed, now=START) == START + length
    assert parse_since(typed, now=START) == START - length


def test_a_day_begins_at_midnight_in_utc() -> None:
    midnight = datetime(2027, 1, 31, tzinfo=UTC)

    assert parse_end("2027-01-31", now=START) == midnight
    assert parse_since("2027-01-31", now=START) == midnight


@pytest.mark.parametrize(
    "typed",
    ["", "3", "d", "0d", "-1d", "+1d", "1.5h", "3 d", "3d2h", "3y", "10000d", "٣d", "31.1.2027"],
)
def test_anything_else_is_told_how_to_say_it(typed: str) -> None:
    with pytest.raises(InvalidRequestError, match="12h, 3d or 2w"):
        parse_end(typed, now=START)


def test_a_day_that_no_month_has_is_no_day() -> None:
    with pytest.raises(InvalidRequestError, match="no such day"):
        parse_end("2027-02-30", now=START)


@pytest.mark.parametrize("typed", SUGGESTED)
def test_what_is_suggested_is_understood(typed: str) -> None:
    assert parse_end(typed, now=START) > START
