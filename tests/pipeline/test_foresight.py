from datetime import timedelta

import pytest

from bot.domain import Hold, JobState, Outlook, QueuePlace, Span
from bot.domain.outlook import ENOUGH
from bot.pipeline.foresight import Foresight
from bot.store.waits import WaitStore
from tests.factories import make_video
from tests.store.world import World

MINUTE = timedelta(minutes=1)
ONE_MINUTE = Span(MINUTE, MINUTE)


@pytest.fixture
def foresight(world: World) -> Foresight:
    return Foresight(WaitStore(world.database), world.clock)


async def finish(world: World, number: int) -> None:
    """Make a video in a minute."""
    rendering = await world.bring_to(JobState.RENDERING, number)
    world.clock.advance(MINUTE)
    await world.jobs.mark_rendered(rendering, None)
    await world.jobs.mark_stored(await world.claim(rendering.id), make_video())


async def test_too_few_finished_jobs_tell_nothing_and_enough_of_them_do(
    foresight: Foresight, world: World
) -> None:
    for number in range(1, ENOUGH):
        await finish(world, number)
    too_few = await foresight.usual("scripted", "script-1")
    await finish(world, ENOUGH)

    assert too_few is None
    assert await foresight.usual("scripted", "script-1") == ONE_MINUTE
    assert await foresight.usual("scripted", "script-2") is None


async def test_what_was_measured_is_remembered_for_a_minute(
    foresight: Foresight, world: World
) -> None:
    for number in range(1, ENOUGH + 1):
        await finish(world, number)
    await foresight.usual("scripted", "script-1")
    await world.execute("UPDATE jobs SET model = 'script-2'")

    remembered = await foresight.usual("scripted", "script-1")
    world.clock.advance(MINUTE)

    assert remembered == ONE_MINUTE
    assert await foresight.usual("scripted", "script-1") is None


async def test_what_is_older_than_a_month_tells_nothing_any_more(
    foresight: Foresight, world: World
) -> None:
    for number in range(1, ENOUGH + 1):
        await finish(world, number)

    world.clock.advance(timedelta(days=30))

    assert await foresight.usual("scripted", "script-1") is None


async def test_each_job_is_told_what_it_still_has_before_it(
    foresight: Foresight, world: World
) -> None:
    for number in range(1, ENOUGH + 1):
        await finish(world, number)
    rendering = await world.bring_to(JobState.RENDERING, 20)
    first, second = await world.reserve(21), await world.reserve(22)
    over = await world.bring_to(JobState.TOLD, 23)

    outlooks = await foresight.of_all([rendering, first, second, over])

    assert outlooks == {
        rendering.id: Outlook(usual=ONE_MINUTE),
        first.id: Outlook(QueuePlace(1, 2), ONE_MINUTE),
        second.id: Outlook(QueuePlace(2, 2), ONE_MINUTE),
    }


async def test_what_is_held_is_promised_nothing(foresight: Foresight, world: World) -> None:
    job = await world.reserve()
    await world.execute("UPDATE jobs SET held_for = :hold", hold=Hold.REVIEW)

    assert await foresight.of(await world.job(job.id)) is None
