from datetime import timedelta

import pytest

from bot.pipeline.rate import RateGate

SECOND = timedelta(seconds=1)


async def granted(gate: RateGate, times: int) -> list[bool]:
    return [await gate.question() is None for _ in range(times)]


async def test_a_key_is_called_as_often_as_its_rate_allows_within_a_second() -> None:
    assert await granted(RateGate(180), 5) == [True, True, True, False, False]


async def test_a_slow_rate_still_lets_one_through() -> None:
    assert await granted(RateGate(1), 2) == [True, False]


async def test_whoever_gets_no_turn_is_told_how_long_to_wait() -> None:
    gate = RateGate(20)
    await gate.question()

    assert await gate.submission("a") == timedelta(seconds=3)
    assert await gate.question() == timedelta(seconds=6)


async def test_a_question_steps_back_behind_a_submission_that_waits() -> None:
    gate = RateGate(120)
    assert await gate.submission("a") is None
    assert await gate.submission("b") is None
    assert await gate.submission("c") is not None
    gate._limiter = RateGate(120)._limiter  # noqa: SLF001 - time has passed, as it were

    assert await gate.question() is not None
    assert await gate.submission("c") is None
    assert await gate.question() is None


async def test_a_submission_that_never_comes_back_holds_nobody_up_for_long() -> None:
    gate = RateGate(60_000)
    while await gate.submission("lost") is None:
        pass

    while await gate.question() is not None:
        pass

    assert await gate.submission("another") is None


@pytest.mark.parametrize(
    ("in_flight", "seconds"), [(0, 10), (1, 10), (10, 10), (11, 11), (100, 100)]
)
def test_the_more_jobs_are_in_flight_the_more_rarely_each_is_asked_about(
    in_flight: int, seconds: int
) -> None:
    assert RateGate(60).interval(SECOND * 10, in_flight) == SECOND * seconds
