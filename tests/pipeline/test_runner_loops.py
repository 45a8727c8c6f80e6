import asyncio
import logging
from datetime import timedelta

import pytest

from bot.domain import Job, JobState
from tests.manual_clock import START, ManualClock
from tests.pipeline.workshop import (
    Workshop,
    make_runner,
    messages,
    reserve_without_cards,
    working,
)
from tests.store.world import LEASES, World

BOTH_LOOPS = 2


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


async def test_what_is_added_is_begun_at_once(
    world: World, workshop: Workshop, clock: ManualClock
) -> None:
    runner = make_runner(world, workshop)
    async with working(runner):
        await clock.until_asleep(BOTH_LOOPS)
        await reserve_without_cards(world, 1)

        runner.wake()
        await workshop.until_begun()

    assert clock.now() == START
    assert workshop.begun == ["job0000001"]


async def test_what_another_process_added_is_found_within_five_seconds(
    world: World, workshop: Workshop, clock: ManualClock
) -> None:
    runner = make_runner(world, workshop)
    async with working(runner):
        await clock.until_asleep(BOTH_LOOPS)
        await reserve_without_cards(world, 1)

        clock.advance(seconds=5)
        await workshop.until_begun()

    assert workshop.begun == ["job0000001"]


async def test_a_worker_that_comes_free_takes_what_waits(
    world: World, workshop: Workshop, clock: ManualClock
) -> None:
    await reserve_without_cards(world, 1, 2, 3)
    workshop.gate.set()
    runner = make_runner(world, workshop, worker_limit=1)

    async with working(runner):
        while len(workshop.begun) < 3:
            workshop.beginning.clear()
            await workshop.until_begun()

    assert clock.now() == START


async def test_cards_are_looked_at_every_second_while_all_workers_are_busy(
    world: World, workshop: Workshop, clock: ManualClock
) -> None:
    await reserve_without_cards(world, 1)
    runner = make_runner(world, workshop, worker_limit=1)
    async with working(runner):
        await workshop.until_begun()
        for _ in range(3):
            await clock.until_asleep(BOTH_LOOPS)
            clock.advance(seconds=1)
        await clock.until_asleep(BOTH_LOOPS)

    assert workshop.rounds == 4


async def test_cards_that_hang_do_not_hold_up_the_work(world: World, workshop: Workshop) -> None:
    await reserve_without_cards(world, 1)
    stuck = asyncio.Event()

    async def hang() -> None:
        await stuck.wait()

    workshop.refresh = hang
    runner = make_runner(world, workshop)
    async with working(runner):
        await workshop.until_begun()
        stuck.set()

    assert workshop.begun == ["job0000001"]


async def test_a_round_that_breaks_is_followed_by_the_next(
    world: World, workshop: Workshop, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def surprise() -> None:
        await asyncio.sleep(0)
        raise KeyError("surprise")

    workshop.refresh = surprise
    runner = make_runner(world, workshop)
    async with working(runner):
        for _ in range(3):
            await clock.until_asleep(BOTH_LOOPS)
            clock.advance(seconds=2)
        await clock.until_asleep(BOTH_LOOPS)

    assert workshop.rounds == 4
    assert len(messages(caplog, logging.ERROR)) == 4


async def test_trouble_with_the_database_is_logged_once_when_it_comes_and_once_when_it_goes(
    world: World, workshop: Workshop, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await reserve_without_cards(world, 1)
    await world.execute("ALTER TABLE jobs RENAME TO lost")
    runner = make_runner(world, workshop)
    async with working(runner):
        for _ in range(3):
            await clock.until_asleep(BOTH_LOOPS)
            clock.advance(seconds=2)
        await clock.until_asleep(BOTH_LOOPS)
        await world.execute("ALTER TABLE lost RENAME TO jobs")
        clock.advance(seconds=2)
        await workshop.until_begun()
        await clock.until_asleep(BOTH_LOOPS)

    first, *rest = messages(caplog)
    assert first.startswith("The work loop waits for the database: ")
    assert rest == ["The work loop has its database back"]


async def test_stopping_lets_the_step_in_hand_finish(world: World, workshop: Workshop) -> None:
    (job,) = await reserve_without_cards(world, 1)

    async def finish_when_told(job: Job) -> None:
        await workshop.gate.wait()
        await world.jobs.start_submitting(job)

    workshop.work = finish_when_told
    runner = make_runner(world, workshop)
    running = asyncio.create_task(runner.run())
    await workshop.until_begun()

    stopping = asyncio.create_task(runner.stop(timedelta(seconds=30)))
    await asyncio.sleep(0)
    workshop.gate.set()
    await stopping
    await running

    assert (await world.job(job.id)).state is JobState.SUBMITTING


async def test_a_step_that_outlasts_the_grace_is_parked_for_the_next_process(
    world: World, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    (job,) = await reserve_without_cards(world, 1)
    runner = make_runner(world, workshop)
    running = asyncio.create_task(runner.run())
    await workshop.until_begun()
    held = await world.job(job.id)

    await runner.stop(timedelta(0))
    await running

    assert await world.job(job.id) == held
    assert messages(caplog, logging.ERROR) == []
    await world.other_jobs.release_leases()
    assert [found.id for found in await world.other_jobs.claim(1, LEASES)] == [job.id]


async def test_stopping_claims_nothing_more(world: World, workshop: Workshop) -> None:
    await reserve_without_cards(world, 1, 2)
    workshop.work = None
    runner = make_runner(world, workshop, worker_limit=1)
    running = asyncio.create_task(runner.run())
    await workshop.until_begun()

    await runner.stop(timedelta(0))
    await running

    assert len(workshop.begun) == 1


@pytest.mark.parametrize("steps", range(0, 40, 2))
async def test_nothing_is_begun_once_stopping_has_begun(
    world: World, workshop: Workshop, steps: int
) -> None:
    await world.reserve(1)
    workshop.gate.set()
    runner = make_runner(world, workshop)
    running = asyncio.create_task(runner.run())
    for _ in range(steps):
        await asyncio.sleep(0.0001)

    await runner.stop(timedelta(0))
    begun_before = (len(workshop.begun), len(workshop.sent))
    await running
    await runner.settle()

    assert (len(workshop.begun), len(workshop.sent)) == begun_before


async def test_a_runner_that_was_stopped_first_does_nothing(
    world: World, workshop: Workshop
) -> None:
    await reserve_without_cards(world, 1)
    runner = make_runner(world, workshop)

    await runner.stop(timedelta(0))
    await runner.run()

    assert (workshop.begun, workshop.rounds) == ([], 0)


async def test_once_stopped_nothing_of_the_runner_uses_the_database(
    world: World, workshop: Workshop
) -> None:
    stuck = asyncio.Event()
    ended = asyncio.Event()

    async def look_for_ever() -> None:
        stuck.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    workshop.refresh = look_for_ever
    runner = make_runner(world, workshop)
    running = asyncio.create_task(runner.run())
    await stuck.wait()

    await runner.stop(timedelta(seconds=0.01))

    assert ended.is_set()
    await running
