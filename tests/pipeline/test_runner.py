import asyncio
import logging
from datetime import timedelta

import pytest

from bot.domain import Charge, Failure, FailureKind, Job, JobState, MessageKind
from tests.manual_clock import START
from tests.pipeline.workshop import (
    Workshop,
    drop_messages,
    in_state,
    make_runner,
    messages,
    reserve_without_cards,
    surprise,
)
from tests.store.world import World

IDLE = timedelta(seconds=5)


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


async def test_no_more_steps_are_in_hand_than_there_are_workers(
    world: World, workshop: Workshop
) -> None:
    await reserve_without_cards(world, 1, 2, 3)
    runner = make_runner(world, workshop, worker_limit=2)

    await runner.tick()
    await workshop.until_begun()
    full = await runner.tick()
    begun_while_full = list(workshop.begun)
    workshop.gate.set()
    await runner.settle()
    await runner.tick()
    await runner.settle()

    assert (len(begun_while_full), full) == (2, IDLE)
    assert sorted(workshop.begun) == ["job0000001", "job0000002", "job0000003"]


async def test_a_step_that_takes_long_keeps_no_message_from_going_out(
    world: World, workshop: Workshop
) -> None:
    job = await world.reserve()
    runner = make_runner(world, workshop, worker_limit=1)

    await runner.tick()
    await workshop.until_begun()
    await asyncio.sleep(0)

    assert workshop.begun == [job.id]
    assert [message.kind for message in workshop.sent] == [MessageKind.CARD]
    workshop.gate.set()
    await runner.settle()


async def test_an_idle_runner_looks_again_after_five_seconds(
    world: World, workshop: Workshop
) -> None:
    runner = make_runner(world, workshop)

    assert await runner.tick() == IDLE
    assert runner.last_tick_at == START


async def test_a_runner_rests_until_the_next_step_is_due(world: World, workshop: Workshop) -> None:
    job = await in_state(world, JobState.RENDERING)
    runner = make_runner(world, workshop)
    await world.jobs.postpone(job, START + timedelta(seconds=3))
    soon = await runner.tick()
    await world.jobs.postpone(job, START + timedelta(hours=1))
    late = await runner.tick()

    assert (soon, late) == (timedelta(seconds=3), IDLE)


async def test_a_runner_with_more_to_do_than_workers_does_not_rest(
    world: World, workshop: Workshop
) -> None:
    await reserve_without_cards(world, 1, 2)
    workshop.gate.set()
    world.clock.advance(seconds=60)
    runner = make_runner(world, workshop, worker_limit=1)

    assert await runner.tick() == timedelta(0)
    await runner.settle()


async def test_a_lease_outlives_the_deadline_of_its_step(world: World, workshop: Workshop) -> None:
    (job,) = await reserve_without_cards(world, 1)
    workshop.gate.set()
    runner = make_runner(world, workshop, deadline=timedelta(minutes=4))

    await runner.tick()
    await runner.settle()

    assert await world.due_at(job.id) == START + timedelta(minutes=4, seconds=30)


async def test_one_jobs_error_stays_with_that_job(
    world: World, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    broken, healthy = await reserve_without_cards(world, 1, 2)

    async def break_the_first(job: Job) -> None:
        if job.id == broken.id:
            await surprise(job)
        await world.jobs.start_submitting(job)

    workshop.work = break_the_first
    runner = make_runner(world, workshop)

    await runner.tick()
    await runner.settle()

    assert (await world.job(healthy.id)).state is JobState.SUBMITTING
    postponed = await world.job(broken.id)
    assert (postponed.state, postponed.attempts) == (JobState.RESERVED, 1)
    due_at = await world.due_at(broken.id)
    assert due_at is not None
    assert timedelta(seconds=5) <= due_at - START <= timedelta(seconds=5.5)
    assert messages(caplog, logging.ERROR) == [
        f"A step of job {broken.id} failed in state reserved"
    ]


async def test_a_step_that_does_not_end_is_ended_at_its_deadline(
    world: World, workshop: Workshop
) -> None:
    (job,) = await reserve_without_cards(world, 1)
    runner = make_runner(world, workshop, deadline=timedelta(milliseconds=5))

    await runner.tick()
    await runner.settle()

    assert (await world.job(job.id)).attempts == 1


@pytest.mark.parametrize(
    ("state", "charge"),
    [(JobState.RESERVED, Charge.NONE), (JobState.RENDERED, Charge.POSSIBLE)],
)
async def test_a_step_that_keeps_breaking_ends_its_job(
    world: World, workshop: Workshop, state: JobState, charge: Charge
) -> None:
    job = await in_state(world, state)
    workshop.work = surprise
    runner = make_runner(world, workshop)
    for _ in range(8):
        await runner.tick()
        await runner.settle()
        world.clock.advance(timedelta(minutes=6))

    assert len(workshop.begun) == 8
    assert (await world.job(job.id)).failure == Failure(
        FailureKind.PROVIDER_ERROR, charge, "a step kept failing"
    )


async def test_a_rendering_job_is_asked_about_however_often_that_breaks(
    world: World, workshop: Workshop
) -> None:
    job = await in_state(world, JobState.RENDERING)
    workshop.work = surprise
    runner = make_runner(world, workshop)
    for _ in range(12):
        await runner.tick()
        await runner.settle()
        world.clock.advance(timedelta(minutes=6))

    found = await world.job(job.id)
    assert (found.state, found.attempts) == (JobState.RENDERING, 12)


async def test_a_step_that_comes_too_late_changes_nothing(
    world: World, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (job,) = await reserve_without_cards(world, 1)

    async def be_overtaken(job: Job) -> None:
        await world.jobs.cancel(job.id)
        await world.jobs.start_submitting(job)

    workshop.work = be_overtaken
    runner = make_runner(world, workshop)

    await runner.tick()
    await runner.settle()

    found = await world.job(job.id)
    assert (found.state, found.attempts) == (JobState.FAILED, 0)
    assert [text.partition(":")[0] for text in messages(caplog)] == [
        "Somebody else moved a job first"
    ]


async def test_a_step_that_breaks_in_the_paid_call_leaves_the_row_to_its_lease(
    world: World, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (job,) = await reserve_without_cards(world, 1)

    async def break_while_paying(job: Job) -> None:
        await world.jobs.start_submitting(job)
        await surprise(job)

    workshop.work = break_while_paying
    runner = make_runner(world, workshop)

    await runner.tick()
    await runner.settle()

    found = await world.job(job.id)
    assert (found.state, found.attempts) == (JobState.SUBMITTING, 0)
    assert await world.due_at(job.id) == START + timedelta(minutes=1, seconds=30)
    assert messages(caplog)[-1].startswith("A broken step keeps its lease: ")


async def test_a_step_that_loses_the_database_leaves_the_row_to_its_lease(
    world: World, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (job,) = await reserve_without_cards(world, 1)

    async def lose_the_database(job: Job) -> None:
        await workshop.gate.wait()
        await world.execute("ALTER TABLE jobs RENAME TO lost")
        await world.jobs.start_submitting(job)

    workshop.work = lose_the_database
    runner = make_runner(world, workshop)

    await runner.tick()
    workshop.gate.set()
    await runner.settle()
    await world.execute("ALTER TABLE lost RENAME TO jobs")

    assert (await world.job(job.id)).state is JobState.RESERVED
    assert messages(caplog)[-1].startswith("A broken step keeps its lease: ")


async def test_every_working_state_has_its_step(world: World, workshop: Workshop) -> None:
    working = (JobState.RESERVED, JobState.SUBMITTING, JobState.RENDERING, JobState.RENDERED)
    jobs = [await world.bring_to(state, number) for number, state in enumerate(working, start=1)]
    for job in jobs:
        await world.jobs.postpone(job, START)
    await drop_messages(world)
    workshop.gate.set()
    runner = make_runner(world, workshop)

    await runner.tick()
    await runner.settle()

    assert len(workshop.begun) == 4
