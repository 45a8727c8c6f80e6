import asyncio
import logging
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bot.domain import Charge, Failure, FailureKind, Job, JobState
from bot.errors import StaleJobError, StoreUnavailableError
from bot.pipeline.submit import Submitter
from bot.providers.base import Accepted
from tests.pipeline.fakes import ScriptedProvider
from tests.store.world import LEASES, World


@pytest.fixture
async def job(world: World) -> Job:
    return await world.bring_to(JobState.RESERVED)


async def test_an_accepted_job_that_can_not_be_recorded_leaves_its_reference_in_the_log(
    submitter: Submitter,
    scripted: ScriptedProvider,
    world: World,
    job: Job,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def lose_the_store() -> None:
        await world.execute("ALTER TABLE job_events RENAME TO lost")

    scripted.submission = Accepted("ref-7")
    scripted.on_submit = lose_the_store

    submitting = asyncio.create_task(submitter.submit(job))
    for _ in range(29):
        await world.clock.until_asleep(1)
        world.clock.advance(seconds=1)
    with pytest.raises(StoreUnavailableError):
        await submitting

    assert critical(caplog) == [f"Job {job.id} was accepted by scripted as ref-7"]
    assert (await world.job(job.id)).state is JobState.SUBMITTING


async def test_a_reference_is_recorded_once_the_store_is_back(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    async def lose_the_store() -> None:
        await world.execute("ALTER TABLE job_events RENAME TO lost")

    scripted.submission = Accepted("ref-7")
    scripted.on_submit = lose_the_store
    submitting = asyncio.create_task(submitter.submit(job))
    await world.clock.until_asleep(1)

    await world.execute("ALTER TABLE lost RENAME TO job_events")
    world.clock.advance(seconds=1)
    await submitting

    assert (await world.job(job.id)).provider_ref == "ref-7"


async def test_a_reference_that_comes_after_the_lease_is_in_the_log(
    submitter: Submitter,
    scripted: ScriptedProvider,
    world: World,
    job: Job,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def pause_for_long() -> None:
        world.clock.advance(timedelta(hours=1))
        (taken_over,) = await world.other_jobs.claim(1, LEASES)
        await submitter.settle_interrupted(taken_over)

    scripted.submission = Accepted("ref-7")
    scripted.on_submit = pause_for_long

    with pytest.raises(StaleJobError):
        await submitter.submit(job)

    assert critical(caplog) == [f"Job {job.id} was accepted by scripted as ref-7"]
    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert failure.kind is FailureKind.OUTCOME_UNKNOWN


async def test_a_reference_that_comes_while_the_bot_stops_is_in_the_log(
    submitter: Submitter,
    scripted: ScriptedProvider,
    world: World,
    job: Job,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scripted.submission = Accepted("ref-7")
    answered = asyncio.Event()

    async with AsyncExitStack() as busy:

        async def answer_while_somebody_writes() -> None:
            await busy.enter_async_context(world.database.write())
            answered.set()

        scripted.on_submit = answer_while_somebody_writes
        submitting = asyncio.create_task(submitter.submit(job))
        await answered.wait()
        submitting.cancel()
        await asyncio.gather(submitting, return_exceptions=True)

    assert submitting.cancelled()
    assert critical(caplog) == [f"Job {job.id} was accepted by scripted as ref-7"]


async def test_an_interrupted_submission_may_have_been_paid_and_is_told_so(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    job = await world.bring_to(JobState.SUBMITTING)

    await submitter.settle_interrupted(job)

    assert (await world.job(job.id)).failure == Failure(
        FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, "interrupted while submitting"
    )
    assert scripted.submitted == []


def critical(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
