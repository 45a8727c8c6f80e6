from datetime import timedelta

import pytest

from bot.limits.cooling import LOOKED_BACK, cools_until
from tests.manual_clock import START

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [
        (0, None),
        (1, None),
        (2, None),
        (3, 10 * MINUTE),
        (4, 10 * MINUTE),
        (5, HOUR),
        (7, HOUR),
        (8, 24 * HOUR),
        (30, 24 * HOUR),
    ],
)
def test_the_more_attempts_the_longer_the_pause(attempts: int, pause: timedelta | None) -> None:
    moments = [START - number * MINUTE for number in range(attempts)]

    until = cools_until(moments, START)

    assert until == (None if pause is None else START + pause)


def test_a_pause_ends_when_it_is_over_and_not_before() -> None:
    moments = [START] * 3

    assert cools_until(moments, START + 10 * MINUTE - timedelta(microseconds=1)) is not None
    assert cools_until(moments, START + 10 * MINUTE) is None


def test_an_attempt_of_the_day_before_the_last_one_does_not_count() -> None:
    assert cools_until([START - 24 * HOUR, START, START], START) is None
    assert cools_until([START - 24 * HOUR + MINUTE, START, START], START) is not None


def test_a_pause_does_not_get_shorter_while_somebody_waits() -> None:
    moments = [START - number * 3 * HOUR for number in range(8)]

    for waited in range(24):
        assert cools_until(moments, START + waited * HOUR) == START + 24 * HOUR


def test_nothing_that_decides_is_older_than_what_is_looked_at() -> None:
    moments = [START] * 8

    assert cools_until(moments, START + LOOKED_BACK) is None
    assert cools_until(moments, START + LOOKED_BACK - 25 * HOUR) is not None
