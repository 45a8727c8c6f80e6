from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import InvalidRequestError
from bot.limits.since import parse_since
from tests.manual_clock import START


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("30m", timedelta(minutes=30)),
        (" 12H ", timedelta(hours=12)),
        ("3d", timedelta(days=3)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_a_length_is_so_long_ago(typed: str, length: timedelta) -> None:
    assert parse_since(typed, now=START) == START - length


def test_a_day_is_its_begin_in_utc() -> None:
    assert parse_since("2026-01-31", now=START) == datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "soon", "0d", "-3d", "99999d", "3 d", "2026-02-30"])
def test_anything_else_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"12h|2027-01-31"):
        parse_since(typed, now=START)
