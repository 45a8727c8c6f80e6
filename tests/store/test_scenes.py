from datetime import timedelta

import pytest

from bot.domain import (
    Charge,
    Ending,
    FailureKind,
    Hold,
    JobState,
    MessageKind,
    StoryState,
)
from bot.errors import StaleJobError
from bot.store.engines.restored import make_safe
from tests.factories import REQUESTER, make_failure, make_video
from tests.limits.asking import PRICE
from tests.store.stories import LEASE, Stories, make_stories
from tests.store.world import World

WEEK = timedelta(days=7)
GONE = [JobState.TOLD, JobState.TOLD]


@pytest.fixture
def stories(world: World) -> Stories:
    return make_stories(world)


async def money(world: World) -> int:
    return await world.count("SELECT coalesce(sum(micros), 0) FROM ledger")


async def messages(world: World, job_id: str) -> int:
    return await world.count("SELECT count(*) FROM outbox WHERE job_id = :id", id=job_id)


async def test_the_commit_that_stores_a_scene_lets_the_next_one_go_on(
    world: World, stories: Stories
) -> None:
    first, second, third = await stories.tell(3)
    world.clock.advance(seconds=60)

    await stories.make(first)

    released = await world.job(second.id)
    assert (released.held_for, released.released_at) == (None, world.clock.now())
    assert await world.due_at(second.id) == world.clock.now()
    assert (await world.job(third.id)).held_for is Hold.SCENE
    assert await messages(world, second.id) == 0


async def test_a_scene_that_has_its_picture_owes_its_card_and_is_due(
    world: World, stories: Stories
) -> None:
    first, second, _ = await stories.tell(3)
    await stories.make(first)
    claimed = await world.claim(second.id)

    await stories.scenes.begin(claimed, stories.picture(second))

    begun = await world.claim(second.id)
    assert begun.references == (stories.picture(second),)
    assert (await world.message(second.id, MessageKind.CARD)).job_id == second.id


async def test_a_scene_that_was_cancelled_meanwhile_is_not_begun(
    world: World, stories: Stories
) -> None:
    first, second, _ = await stories.tell(3)
    await stories.make(first)
    claimed = await world.claim(second.id)
    await world.jobs.cancel(second.id, by_id=REQUESTER)

    with pytest.raises(StaleJobError):
        await stories.scenes.begin(claimed, stories.picture(second))

    assert (await world.job(second.id)).references == ()


async def test_scenes_that_have_nothing_to_go_on_from_are_given_up_and_cost_nothing(
    world: World, stories: Stories
) -> None:
    first, second, third = await stories.tell(3)

    await stories.refuse(first)

    assert await stories.states() == [JobState.FAILED, *GONE]
    for scene in (second, third):
        ended = await world.job(scene.id)
        assert ended.failure is not None
        assert (ended.ending, ended.failure.charge) == (Ending.BROKEN, Charge.NONE)
        assert (await messages(world, scene.id), ended.held_for) == (0, None)
    assert (await money(world), await stories.story_state()) == (0, StoryState.ENDED)


async def test_a_refused_third_scene_leaves_two_that_are_joined_once_they_are_posted(
    world: World, stories: Stories
) -> None:
    first, second, third, _ = await stories.tell(4)
    await stories.finish(first)
    stored = await stories.make(second)
    claimed = await world.claim(third.id)

    await world.jobs.fail(claimed, make_failure())
    before = await stories.boards.claim(LEASE)
    await stories.post(stored)

    assert (before, await money(world)) == (None, 2 * PRICE)
    joining = await stories.joining()
    assert [scene.id for scene in joining.scenes] == [first.id, second.id]
    assert await stories.states() == [JobState.POSTED] * 2 + [JobState.FAILED, JobState.TOLD]


async def test_with_one_scene_alone_there_is_nothing_to_join(stories: Stories) -> None:
    first, second, _ = await stories.tell(3)
    await stories.finish(first)

    await stories.refuse(second)

    assert await stories.story_state() == StoryState.ENDED
    assert await stories.boards.claim(LEASE) is None


async def test_a_picture_that_can_not_be_taken_ends_the_scene_with_a_word_to_the_channel(
    world: World, stories: Stories
) -> None:
    first, second, third = await stories.tell(3)
    await stories.make(first)

    await stories.scenes.break_off(await world.claim(second.id))

    assert (await world.job(second.id)).ending is Ending.BROKEN
    assert (await world.message(second.id, MessageKind.FAILURE)).job_id == second.id
    assert (await world.job(third.id)).state is JobState.TOLD
    assert await messages(world, third.id) == 0


async def test_a_scene_that_discord_will_not_take_is_gone_on_from_and_joined_all_the_same(
    world: World, stories: Stories
) -> None:
    first, second = await stories.tell(2)
    await stories.make(first)
    result = await world.begin_sending(first.id, MessageKind.RESULT)
    await world.outbox.give_up(result, problem="closed")
    await stories.finish(second)

    joining = await stories.joining()

    assert (await world.job(first.id)).failure is not None
    assert [scene.id for scene in joining.scenes] == [first.id, second.id]


async def test_a_scene_whose_file_was_lost_is_not_joined(world: World, stories: Stories) -> None:
    made = await stories.tell(3)
    await stories.make(made[0])
    result = await world.begin_sending(made[0].id, MessageKind.RESULT)
    await world.outbox.give_up(result, problem="changed", failure=FailureKind.LOST)
    await stories.finish(made[1])
    await stories.finish(made[2])

    assert [scene.id for scene in (await stories.joining()).scenes] == [made[1].id, made[2].id]


async def test_a_scene_waits_for_another_week_as_long_as_there_is_something_to_wait_for(
    world: World, stories: Stories
) -> None:
    first, second = await stories.tell(2)
    world.clock.advance(WEEK)
    waiting = await world.claim(second.id)

    await world.jobs.expire(waiting)

    assert ((await world.job(second.id)).held_for, await world.pause(second)) == (Hold.SCENE, WEEK)
    assert (await world.job(first.id)).state is JobState.RESERVED


async def test_a_scene_that_was_forgotten_by_the_one_before_does_not_wait_for_ever(
    world: World, stories: Stories
) -> None:
    first, second = await stories.tell(2)
    await stories.refuse(first)
    await world.execute(
        "UPDATE jobs SET state = 'reserved', failure = NULL, charge = NULL, ending = NULL,"
        " held_for = 'scene', due_at = :now WHERE id = :id",
        id=second.id,
        now=world.clock.now(),
    )

    await world.jobs.expire(await world.claim(second.id))

    assert (await world.job(second.id)).ending is Ending.BROKEN


async def test_after_a_restore_no_scene_is_paid_twice_and_the_joined_video_is_looked_for(
    world: World, stories: Stories
) -> None:
    first, second, third = await stories.tell(3)
    await stories.finish(first)
    await stories.finish(second)

    await make_safe(world.database, world.clock, never_submitted=())
    doubtful = await world.claim(third.id)
    await world.jobs.fail(doubtful, make_failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE))
    await stories.boards.mark_joined(await stories.joining(), make_video("2026/11/whole.mp4"))

    message = await world.message(second.id, MessageKind.JOINED)
    assert doubtful.state is JobState.SUBMITTING
    assert (message.state, message.first_at) == ("sending", (await world.job(second.id)).updated_at)
