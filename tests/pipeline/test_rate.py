import asyncio
from datetime import timedelta

import pytest

from bot.pipeline.rate import RateGate

SECOND = timedelta(seconds=1)


async def questions_granted(gate: RateGate, times: int) -> list[bool]:
    return [await gate.question(str(number)) is None for number in range(times)]


async def ride(
    gate: RateGate, *, submissions: int, questions: int, seconds: float
) -> tuple[list[str], int]:
    """Let jobs come back when they are told to; return the turns in their order, and the looks."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    due = [(loop.time(), "s", str(number)) for number in range(submissions)]
    due += [(loop.time(), "q", str(number)) for number in range(questions)]
    turns, looks = "", 0
    while due and loop.time() < end:
        due.sort()
        moment, kind, job_id = due.pop(0)
        if moment > loop.time():
            await asyncio.sleep(moment - loop.time())
        looks += 1
        wait = await (gate.submission(job_id) if kind == "s" else gate.question(job_id))
        if wait is None:
            turns += kind
        else:
            due.append((loop.time() + wait.total_seconds(), kind, job_id))
    return list(turns), looks


async def test_a_key_is_called_as_often_as_its_rate_allows_within_a_second() -> None:
    assert await questions_granted(RateGate(180), 5) == [True, True, True, False, False]


async def test_a_slow_rate_still_lets_one_through() -> None:
    assert await questions_granted(RateGate(1), 2) == [True, False]


async def test_each_that_has_to_wait_is_given_a_moment_of_its_own() -> None:
    gate = RateGate(20)
    await gate.question("first")

    waits = [await gate.submission(job_id) for job_id in ("a", "b", "c")]

    assert [round(wait.total_seconds()) for wait in waits if wait] == [3, 6, 9]


async def test_whoever_comes_back_too_early_is_sent_away_for_a_turn() -> None:
    gate = RateGate(20)
    await gate.question("first")
    await gate.question("second")

    assert await gate.question("second") == SECOND * 3


async def test_nobody_jumps_the_line() -> None:
    gate = RateGate(20)
    await gate.question("first")
    await gate.question("waits")
    gate._limiter = RateGate(20)._limiter  # noqa: SLF001 - a turn has passed, as it were

    assert await gate.question("newcomer") is not None
    assert await gate.question("waits") is None


async def test_submissions_go_first_and_one_turn_in_four_is_left_for_questions() -> None:
    burst = 20
    turns, _ = await ride(RateGate(burst * 60), submissions=60, questions=60, seconds=2.0)

    once_both_wait = turns[burst:]
    assert once_both_wait.count("s") > once_both_wait.count("q") > 0


async def test_a_steady_stream_of_submissions_does_not_starve_the_questions() -> None:
    turns, _ = await ride(RateGate(60_000), submissions=3000, questions=20, seconds=60.0)

    assert turns[:2000].count("q") == 20


async def test_a_long_line_is_looked_at_about_once_a_turn() -> None:
    turns, looks = await ride(RateGate(12_000), submissions=0, questions=400, seconds=10.0)

    assert turns.count("q") == 400
    assert looks < 4 * 400


async def test_whoever_never_comes_back_holds_nobody_up_for_long() -> None:
    gate = RateGate(60_000)
    while await gate.submission("lost") is None:
        pass

    turns, _ = await ride(gate, submissions=0, questions=1, seconds=1.0)

    assert turns == ["q"]


@pytest.mark.parametrize(
    ("in_flight", "seconds"), [(0, 10), (1, 10), (10, 10), (11, 11), (100, 100)]
)
def test_the_more_jobs_are_in_flight_the_more_rarely_each_is_asked_about(
    in_flight: int, seconds: int
) -> None:
    assert RateGate(60).interval(SECOND * 10, in_flight) == SECOND * seconds


async def test_processes_that_share_a_key_share_its_rate() -> None:
    gate = RateGate(60)
    gate.share(4)

    first = await gate.question("first")
    second = await gate.question("second")

    assert (first, second) == (None, timedelta(seconds=4))
    # All processes together ask about all jobs, so each job is asked about as often as before.
    assert gate.interval(timedelta(seconds=1), 30) == timedelta(seconds=30)
