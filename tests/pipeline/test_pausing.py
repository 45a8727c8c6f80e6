import logging
from datetime import timedelta

import pytest

from bot.domain import Charge, Failure, FailureKind, JobState, PauseReason
from bot.errors import (
    NotAcceptedError,
    OutcomeUnknownError,
    ProviderAccessError,
)
from bot.pipeline.inputs import InputReader
from bot.pipeline.poll import Poller
from bot.pipeline.submit import Submitter
from bot.providers.base import Accepted, Failed, Pending
from tests.factories import make_failure
from tests.manual_clock import START
from tests.pipeline.fakes import ScriptedProvider, make_lane
from tests.store.world import LEASES, World

REFUSED_KEY = ProviderAccessError("401", PauseReason.KEY)
NO_CREDIT = ProviderAccessError("402", PauseReason.CREDIT)


async def reason(world: World) -> PauseReason | None:
    pause = (await world.pauses.current()).get("scripted")
    return None if pause is None else pause.reason


@pytest.mark.parametrize("trouble", [REFUSED_KEY, NO_CREDIT], ids=["key", "credit"])
async def test_a_provider_that_lets_nobody_in_is_paused_and_its_job_waits(
    submitter: Submitter,
    scripted: ScriptedProvider,
    world: World,
    caplog: pytest.LogCaptureFixture,
    trouble: ProviderAccessError,
) -> None:
    job = await world.bring_to(JobState.RESERVED)
    scripted.submission = trouble

    await submitter.submit(job)

    waiting = await world.job(job.id)
    assert (waiting.state, waiting.attempts) == (JobState.RESERVED, 0)
    assert await world.due_at(job.id) == START + timedelta(seconds=32)
    assert await reason(world) == trouble.reason
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_the_jobs_of_a_paused_provider_wait_without_asking_it(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    pause = await world.pauses.pause("scripted", PauseReason.KEY, "401")
    job = await world.bring_to(JobState.RESERVED)

    await submitter.submit(job)

    assert await world.due_at(job.id) == pause.retry_at
    assert scripted.submitted == []


async def test_one_waiting_job_finds_out_that_the_key_is_mended_and_the_others_follow(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    for number in (1, 2, 3):
        await world.reserve(number)
    scripted.submission = REFUSED_KEY
    for job in await world.jobs.claim(3, LEASES):
        await submitter.submit(job)
    assert len(scripted.submitted) == 1
    scripted.submission = Accepted("ref-7")
    world.clock.advance(seconds=31)

    (first,) = await world.jobs.claim(1, LEASES)
    await submitter.submit(first)
    others = await world.jobs.claim(3, LEASES)
    for job in others:
        await submitter.submit(job)

    assert await reason(world) is None
    assert len(others) == 2
    assert len(scripted.submitted) == 4


async def test_only_one_job_tries_while_the_others_wait_for_what_comes_of_it(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    await world.pauses.pause("scripted", PauseReason.KEY, "401")
    first = await world.bring_to(JobState.RESERVED, 1)
    second = await world.bring_to(JobState.RESERVED, 2)
    world.clock.advance(seconds=31)

    async def try_the_other_meanwhile() -> None:
        scripted.on_submit = None
        await submitter.submit(second)

    scripted.on_submit = try_the_other_meanwhile
    await submitter.submit(first)

    assert [spec for spec, _ in scripted.submitted] == [first.spec]
    assert (await world.job(second.id)).state is JobState.RESERVED


async def test_a_try_that_fails_makes_the_next_one_later(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    await world.pauses.pause("scripted", PauseReason.KEY, "401")
    job = await world.bring_to(JobState.RESERVED)
    scripted.submission = REFUSED_KEY
    world.clock.advance(seconds=31)

    await submitter.submit(job)

    assert await world.due_at(job.id) == world.clock.now() + timedelta(seconds=62)
    assert (await world.pauses.current())["scripted"].tries == 1


@pytest.mark.parametrize(
    "trouble", [NotAcceptedError("503"), OutcomeUnknownError("reply lost")], ids=repr
)
async def test_a_try_that_shows_nothing_about_the_key_does_not_end_the_pause(
    submitter: Submitter, scripted: ScriptedProvider, world: World, trouble: Exception
) -> None:
    await world.pauses.pause("scripted", PauseReason.KEY, "401")
    job = await world.bring_to(JobState.RESERVED)
    scripted.submission = trouble
    world.clock.advance(seconds=31)

    await submitter.submit(job)

    assert await reason(world) is PauseReason.KEY


async def test_a_refusal_shows_that_the_key_is_good(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    await world.pauses.pause("scripted", PauseReason.KEY, "401")
    job = await world.bring_to(JobState.RESERVED)
    scripted.submission = Failed(make_failure())
    world.clock.advance(seconds=31)

    await submitter.submit(job)

    assert await reason(world) is None


async def test_a_job_that_waited_for_a_day_is_given_up_for_nothing(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    await world.pauses.pause("scripted", PauseReason.KEY, "401")
    job = await world.bring_to(JobState.RESERVED)
    world.clock.advance(timedelta(hours=24, seconds=1))

    await submitter.submit(job)

    assert (await world.job(job.id)).failure == Failure(
        FailureKind.PROVIDER_ERROR, Charge.NONE, "the provider could not be used for too long"
    )
    assert scripted.submitted == []


async def test_a_submission_that_gets_no_turn_waits_and_nothing_is_sent(
    inputs: InputReader, scripted: ScriptedProvider, world: World
) -> None:
    lane = make_lane(scripted, requests_per_minute=1)
    await lane.gate.question("another")
    job = await world.bring_to(JobState.RESERVED)
    submitter = Submitter(
        world.jobs, world.pauses, world.questions, {"scripted": lane}, inputs, world.clock
    )

    await submitter.submit(job)

    assert (await world.job(job.id)).state is JobState.RESERVED
    assert await world.due_at(job.id) == START + timedelta(minutes=1)
    assert scripted.submitted == []


async def test_a_question_that_gets_no_turn_waits_with_its_counts(
    scripted: ScriptedProvider, world: World
) -> None:
    lane = make_lane(scripted, requests_per_minute=1)
    await lane.gate.question("another")
    job = await world.bring_to(JobState.RENDERING)
    await world.jobs.postpone(job, START, attempts=2, misses=1)
    job = await world.claim(job.id)
    poller = Poller(world.jobs, world.pauses, world.questions, {"scripted": lane}, world.clock)

    await poller.poll(job)

    waiting = await world.job(job.id)
    assert (waiting.attempts, waiting.misses) == (2, 1)
    assert await world.due_at(job.id) == START + timedelta(minutes=1)
    assert scripted.polled == []


async def test_many_jobs_in_flight_are_asked_about_more_rarely(
    scripted: ScriptedProvider, world: World
) -> None:
    lane = make_lane(scripted, requests_per_minute=2)
    for number in (2, 3):
        await world.bring_to(JobState.RENDERING, number)
    job = await world.bring_to(JobState.RENDERING, 1)
    scripted.answers = [Pending(10)]
    poller = Poller(world.jobs, world.pauses, world.questions, {"scripted": lane}, world.clock)

    await poller.poll(job)

    assert await world.pause(job) == timedelta(seconds=90)


async def test_a_job_that_is_turned_away_while_others_get_in_is_itself_at_fault(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    poisoned, good = await world.bring_to(JobState.RESERVED, 1), await world.reserve(2)
    scripted.submission = REFUSED_KEY
    await submitter.submit(poisoned)
    world.clock.advance(seconds=60)
    scripted.submission = Accepted("ref-7")
    await submitter.submit(await world.claim(good.id))
    scripted.submission = REFUSED_KEY

    await submitter.submit(await world.again(poisoned))

    assert (await world.job(poisoned.id)).failure == Failure(
        FailureKind.REJECTED, Charge.NONE, "401"
    )
    assert await reason(world) is None


async def test_a_job_that_is_turned_away_alone_waits_longer_and_longer(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    job = await world.bring_to(JobState.RESERVED)
    scripted.submission = REFUSED_KEY
    behind = []
    for _ in range(5):
        await submitter.submit(job)
        pause, due_at = (await world.pauses.current())["scripted"], await world.due_at(job.id)
        assert due_at is not None
        behind.append((due_at - pause.retry_at).total_seconds())
        world.clock.advance(due_at - world.clock.now())
        job = await world.claim(job.id)

    assert behind == [2, 4, 8, 16, 32]
