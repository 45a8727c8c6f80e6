from datetime import timedelta

import pytest

from bot.domain import (
    MessageKind,
    MessageState,
    PolicyName,
    PostedVideo,
    Removal,
    Ruling,
    StoryState,
)
from bot.errors import StaleJobError
from bot.store.community.storyboards import StoryboardStore
from bot.store.leases import LeaseStore
from bot.store.moderation.desk import CaseStore, Order
from bot.store.moderation.policies import server
from bot.store.moderation.reports import ReportStore
from bot.store.moderation.takedowns import TakedownStore
from bot.store.retention import RetentionStore, Whose
from tests.factories import CHANNEL, GUILD, REQUESTER
from tests.limits.asking import MODERATOR
from tests.store.stories import LEASE, WHOLE, Stories, joined, make_stories
from tests.store.world import World

JOINED = PostedVideo(CHANNEL, 950)


@pytest.fixture
def stories(world: World) -> Stories:
    return make_stories(world)


@pytest.fixture
def takedowns(world: World) -> TakedownStore:
    return TakedownStore(world.database, world.clock)


@pytest.fixture
def retention(world: World) -> RetentionStore:
    return RetentionStore(world.database, world.clock)


async def test_the_joined_file_and_its_message_are_one_commit_and_owed_by_the_last_scene(
    world: World, stories: Stories
) -> None:
    scenes = await stories.told(3)
    joining = await stories.joining()

    await stories.boards.mark_joined(joining, WHOLE)

    found = await stories.boards.find(scenes[0])
    assert found is not None
    assert (found[0].state, found[0].video, found[0].attempts) == (StoryState.JOINED, WHOLE, 1)
    message = await world.message(scenes[2].id, MessageKind.JOINED)
    assert (message.state, message.sequence) == (MessageState.PENDING, 1)
    assert await stories.boards.claim(LEASE) is None
    assert "joined" in await world.events(scenes[2].id)


async def test_the_job_of_the_message_is_shown_with_the_whole_and_every_prompt(
    world: World, stories: Stories
) -> None:
    scenes = await stories.told(3)
    await stories.boards.mark_joined(await stories.joining(), WHOLE)

    shown = await world.questions.job_of(await world.message(scenes[2].id, MessageKind.JOINED))
    plain = await world.questions.job_of(await world.message(scenes[2].id, MessageKind.RESULT))

    assert shown is not None
    assert (shown.id, shown.video, shown.is_joined) == (scenes[2].id, WHOLE, True)
    assert shown.spec.prompt == "Scene 1\nScene 2\nScene 3"
    assert shown.estimate_micros == 3 * (scenes[0].estimate_micros or 0)
    assert plain == await world.job(scenes[2].id)


async def test_what_is_being_joined_is_found_again_when_its_lease_is_over(
    world: World, stories: Stories
) -> None:
    await stories.told(2)
    first = await stories.joining()

    meanwhile = await stories.boards.claim(LEASE)
    world.clock.advance(LEASE)
    second = await stories.joining()
    await stories.boards.mark_joined(second, WHOLE)

    assert (meanwhile, second.story.attempts) == (None, 2)
    with pytest.raises(StaleJobError):
        await stories.boards.mark_joined(first, WHOLE)
    assert await world.count("SELECT count(*) FROM outbox WHERE kind = 'joined'") == 1


async def test_a_process_that_starts_takes_up_what_another_was_joining(
    world: World, stories: Stories
) -> None:
    await stories.told(2)
    await stories.joining()
    later = StoryboardStore(world.database, world.clock, worker="second")

    assert await stories.boards.release_leases() == 0
    assert await later.release_leases() == 1

    assert await later.claim(LEASE) is not None


async def test_a_process_that_died_frees_what_it_was_joining(
    world: World, stories: Stories
) -> None:
    await stories.told(2)
    await stories.joining()
    leases = LeaseStore(world.database, world.clock)

    holders = await leases.holders()
    await leases.release(["first"])

    assert "first" in holders
    assert await stories.boards.claim(LEASE) is not None


async def test_what_is_left_for_later_comes_up_then(world: World, stories: Stories) -> None:
    await stories.told(2)
    joining = await stories.joining()

    await stories.boards.retry(joining, world.clock.now() + timedelta(minutes=1))

    assert await stories.boards.claim(LEASE) is None
    world.clock.advance(seconds=60)
    assert (await stories.joining()).story.attempts == 2


async def test_what_can_not_be_joined_is_said_once(world: World, stories: Stories) -> None:
    scenes = await stories.told(2)

    await stories.boards.give_up(await stories.joining())

    message = await world.message(scenes[1].id, MessageKind.JOINED)
    shown = await world.questions.job_of(message)
    assert await stories.story_state() == StoryState.ENDED
    assert shown is not None
    assert (message.state, shown.video) == (MessageState.PENDING, None)


async def test_a_scene_that_is_removed_while_they_are_joined_is_left_out(
    stories: Stories, takedowns: TakedownStore
) -> None:
    scenes = await stories.told(3)
    joining = await stories.joining()

    await takedowns.remove(scenes[1].id, REQUESTER)

    with pytest.raises(StaleJobError):
        await stories.boards.mark_joined(joining, WHOLE)
    again = await stories.joining()
    assert [scene.id for scene in again.scenes] == [scenes[0].id, scenes[2].id]


async def test_with_one_scene_left_nothing_is_joined(
    stories: Stories, takedowns: TakedownStore
) -> None:
    scenes = await stories.told(2)

    await takedowns.remove(scenes[0].id, REQUESTER)

    assert await stories.story_state() == StoryState.ENDED
    assert await stories.boards.claim(LEASE) is None


async def test_the_removal_of_a_scene_takes_the_joined_video_away_with_its_file(
    world: World, stories: Stories, takedowns: TakedownStore, retention: RetentionStore
) -> None:
    await world.policies.set_policy(server(GUILD), PolicyName.REMOVE_FILES, True, MODERATOR)  # noqa: FBT003 - as JSON has it
    scenes = await joined(stories)

    await takedowns.remove(scenes[0].id, MODERATOR)

    (takedown,) = await takedowns.due(limit=5)
    messages = await takedowns.messages(takedown)
    found = await retention.oldest_videos(None, of=Whose(job_id=scenes[0].id))
    assert messages == [PostedVideo(22, 901), JOINED] or messages == [JOINED, PostedVideo(22, 901)]
    assert {key for one in found for key in one.keys} == {
        f"2026/11/{scenes[0].id}.mp4",
        WHOLE.key,
    }
    await retention.record_videos(found)
    assert not await retention.has_video(scenes[0].id)


async def test_a_hidden_scene_covers_the_joined_video_and_shows_it_again(
    world: World, stories: Stories, takedowns: TakedownStore
) -> None:
    scenes = await joined(stories)
    reports = ReportStore(world.database, world.clock)
    for member in (1, 2, 3):
        await reports.report(scenes[0].id, member)
    (hiding,) = await takedowns.due(limit=5)
    for message in await takedowns.messages(hiding):
        await takedowns.mark_covered(message)

    case_id = await world.count("SELECT max(id) FROM cases")
    desk = CaseStore(world.database, world.clock)
    await desk.decide(Order(case_id, GUILD, Ruling.APPROVE, MODERATOR))

    (clearing,) = await takedowns.due(limit=5)
    again = await world.message(scenes[2].id, MessageKind.JOINED)
    assert (hiding.kind, clearing.kind) == (Removal.HIDE, Removal.CLEAR)
    assert JOINED in await takedowns.messages(clearing)
    assert (again.sequence, again.state) == (2, MessageState.PENDING)


async def test_a_joined_video_stays_away_while_another_scene_is_removed(
    world: World, stories: Stories, takedowns: TakedownStore
) -> None:
    scenes = await joined(stories)
    await takedowns.remove(scenes[1].id, MODERATOR)
    reports = ReportStore(world.database, world.clock)
    for member in (1, 2, 3):
        await reports.report(scenes[0].id, member)

    case_id = await world.count("SELECT max(id) FROM cases")
    await CaseStore(world.database, world.clock).decide(
        Order(case_id, GUILD, Ruling.APPROVE, MODERATOR)
    )

    shown = await world.questions.job_of(await world.message(scenes[2].id, MessageKind.JOINED))
    assert shown is not None
    assert (await world.message(scenes[2].id, MessageKind.JOINED)).sequence == 1
    assert shown.removed_at is not None


async def test_a_message_with_the_joined_video_is_known_as_the_last_scene_s(
    world: World, stories: Stories
) -> None:
    scenes = await joined(stories)

    found = await world.questions.shown_by(GUILD, CHANNEL, 950)

    assert found == await world.job(scenes[2].id)
