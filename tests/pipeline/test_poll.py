import logging
from datetime import timedelta

import pytest

from bot.domain import Charge, Failure, FailureKind, Job, JobState
from bot.errors import UnknownJobError, UnreachableError
from bot.pipeline.lanes import Lane
from bot.pipeline.poll import Poller
from bot.providers.base import Failed, Finished, Pending
from tests.factories import make_failure
from tests.pipeline.fakes import SCHEDULE, ScriptedProvider, make_lane
from tests.store.world import World


def make_poller(world: World, lanes: dict[str, Lane]) -> Poller:
    return Poller(world.jobs, world.pauses, world.questions, lanes, world.clock)


@pytest.fixture
def poller(world: World, scripted: ScriptedProvider) -> Poller:
    return make_poller(world, {"scripted": make_lane(scripted)})


@pytest.fixture
async def job(world: World) -> Job:
    return await world.bring_to(JobState.RENDERING)


async def test_a_pending_job_is_asked_about_again_and_shows_its_progress(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [Pending(40)]

    await poller.poll(job)

    moved = await world.job(job.id)
    assert (moved.state, moved.progress) == (JobState.RENDERING, 40)
    assert await world.pause(job) == SCHEDULE.interval
    assert scripted.polled == [job.provider_ref]


async def test_an_answer_without_a_percentage_keeps_the_last_one(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [Pending(40), Pending()]

    await poller.poll(job)
    await poller.poll(await world.again(job))

    assert (await world.job(job.id)).progress == 40


@pytest.mark.parametrize("url", ["https://files.example/1.mp4", None])
async def test_a_finished_job_is_rendered_with_or_without_an_address(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job, url: str | None
) -> None:
    scripted.answers = [Finished(url, 6.0, 420_000)]

    await poller.poll(job)

    moved = await world.job(job.id)
    assert (moved.state, moved.result_url) == (JobState.RENDERED, url)
    assert moved.cost_micros == 420_000


async def test_a_failed_job_is_failed_as_the_provider_puts_it(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [Failed(make_failure(), 7)]

    await poller.poll(job)

    moved = await world.job(job.id)
    assert (moved.failure, moved.cost_micros) == (make_failure(), 7)


async def test_a_provider_out_of_reach_is_asked_more_and_more_rarely(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [UnreachableError("502")] * 6
    pauses = []
    for _ in range(6):
        await poller.poll(job)
        pauses.append(await world.pause(job))
        job = await world.again(job)

    assert pauses[0] < pauses[1] < pauses[2] < pauses[3]
    assert all(gap <= timedelta(minutes=2) * 1.1 for gap in pauses)
    assert (job.state, job.attempts) == (JobState.RENDERING, 6)


async def test_a_provider_that_asks_to_be_left_alone_is(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [UnreachableError("429", retry_after=600.0)]

    await poller.poll(job)

    assert await world.pause(job) >= timedelta(minutes=10)


async def test_an_answer_ends_the_row_of_unlucky_tries(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [UnreachableError("502"), Pending()]

    await poller.poll(job)
    await poller.poll(await world.again(job))

    assert (await world.job(job.id)).attempts == 0
    assert await world.pause(job) == SCHEDULE.interval


async def test_a_job_denied_three_times_in_a_row_is_lost(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [UnknownJobError("404")] * 3

    await poller.poll(job)
    await poller.poll(await world.again(job))
    before = await world.job(job.id)
    await poller.poll(await world.again(job))

    assert (before.state, before.misses) == (JobState.RENDERING, 2)
    assert (await world.job(job.id)).failure == Failure(FailureKind.LOST, Charge.POSSIBLE, "404")


async def test_one_good_answer_outweighs_two_denials(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    denial = UnknownJobError("404")
    scripted.answers = [denial, denial, Pending(), denial, denial]

    for _ in range(5):
        await poller.poll(job)
        job = await world.again(job)

    assert (job.state, job.misses) == (JobState.RENDERING, 2)


async def test_a_late_job_is_asked_about_more_rarely_and_still_delivered(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [Pending(), Finished(None)]
    world.clock.advance(SCHEDULE.soft_deadline)

    await poller.poll(job)
    late_pause = await world.pause(job)
    await poller.poll(await world.again(job))

    assert late_pause == SCHEDULE.late_interval
    assert (await world.job(job.id)).state is JobState.RENDERED


async def test_at_the_hard_deadline_a_job_is_asked_about_for_the_last_time(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [Pending(), Pending()]
    world.clock.advance(SCHEDULE.hard_deadline)

    await poller.poll(job)
    await poller.poll(await world.again(job))

    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert (failure.kind, failure.charge) == (FailureKind.TIMED_OUT, Charge.POSSIBLE)
    assert scripted.polled == [job.provider_ref] * 2


async def test_a_video_that_waited_out_a_long_outage_here_is_still_taken(
    poller: Poller, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.answers = [Finished("https://files.example/fox.mp4")] * 2
    world.clock.advance(SCHEDULE.hard_deadline * 2)

    await poller.poll(job)

    assert (await world.job(job.id)).state is JobState.RENDERED


async def test_without_a_key_a_paid_job_waits_for_it(
    world: World, job: Job, caplog: pytest.LogCaptureFixture
) -> None:
    poller = make_poller(world, {"scripted": make_lane(None)})

    await poller.poll(job)

    assert (await world.job(job.id)).state is JobState.RENDERING
    assert await world.pause(job) == timedelta(minutes=5)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_a_key_that_never_comes_back_is_waited_for_until_the_hard_deadline(
    world: World, job: Job
) -> None:
    poller = make_poller(world, {"scripted": make_lane(None)})
    world.clock.advance(SCHEDULE.hard_deadline + timedelta(seconds=1))

    await poller.poll(job)

    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert failure.kind is FailureKind.TIMED_OUT


async def test_a_job_of_a_provider_this_version_does_not_know_waits(world: World, job: Job) -> None:
    await make_poller(world, {}).poll(job)

    assert (await world.job(job.id)).state is JobState.RENDERING


async def test_trap_06_a_status_that_nobody_knows_is_logged_once_and_asked_about_again(
    poller: Poller,
    scripted: ScriptedProvider,
    world: World,
    job: Job,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scripted.answers = [Pending(unknown_status="daydreaming")] * 3

    for _ in range(3):
        await poller.poll(job)
        job = await world.again(job)

    assert job.state is JobState.RENDERING
    assert [record.getMessage() for record in caplog.records] == [
        "Scripted says daydreaming of a job, which nobody here knows"
    ]
