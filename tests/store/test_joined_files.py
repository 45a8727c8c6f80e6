import pytest

from bot.store.privacy import PrivacyStore
from bot.store.retention import Files, RetentionStore, Whose
from tests.factories import GUILD, REQUESTER
from tests.store.stories import LEASE, WHOLE, Stories, joined, make_stories
from tests.store.world import World


@pytest.fixture
def stories(world: World) -> Stories:
    return make_stories(world)


@pytest.fixture
def retention(world: World) -> RetentionStore:
    return RetentionStore(world.database, world.clock)


async def test_files_of_scenes_are_kept_until_the_storyboard_is_over(
    world: World, stories: Stories, retention: RetentionStore
) -> None:
    first, second = await stories.tell(2)
    await stories.finish(first)
    await world.execute("UPDATE outbox SET due_at = NULL, state = 'dropped' WHERE kind = 'card'")

    while_running = await retention.oldest_videos(None)
    await stories.finish(second)
    while_joining = await retention.oldest_videos(None)
    await stories.boards.mark_joined(await stories.joining(), WHOLE)
    while_owed = await retention.oldest_videos(None)

    assert (while_running, while_joining) == ([], [])
    assert WHOLE.key not in [key for one in while_owed for key in one.keys]


async def test_the_sweep_finds_the_joined_video_by_its_age_and_counts_its_bytes(
    world: World, stories: Stories, retention: RetentionStore
) -> None:
    scenes = await joined(stories)
    bytes_before = await retention.video_bytes()

    found = await retention.oldest_videos(world.clock.now() + LEASE)
    story = scenes[0].storyboard
    assert story is not None
    whole = Files(scenes[0].id, (WHOLE.key,), WHOLE.size_bytes, story.storyboard_id)
    await retention.record_videos([whole])

    assert whole in found
    assert bytes_before - await retention.video_bytes() == WHOLE.size_bytes
    assert whole not in await retention.oldest_videos(None)
    assert await retention.oldest_videos(world.clock.now() - LEASE) == []


async def test_the_search_for_files_without_a_row_knows_the_joined_one(
    world: World, stories: Stories, retention: RetentionStore
) -> None:
    scenes = await joined(stories)

    keys, _ = await retention.keys_in_use({scenes[1].id})

    assert keys >= {WHOLE.key, f"2026/11/{scenes[1].id}.mp4"}
    later = world.clock.now() + LEASE
    assert await retention.joined_before(later) == [(scenes[0].id, WHOLE.key)]
    assert await retention.joined_before(world.clock.now()) == []


async def test_a_member_gets_the_joined_video_and_can_have_it_forgotten(
    world: World, stories: Stories, retention: RetentionStore
) -> None:
    scenes = await joined(stories)
    privacy = PrivacyStore(world.database, world.clock)

    kept = await privacy.export(GUILD, REQUESTER)
    files = await privacy.files(REQUESTER)
    theirs = await retention.oldest_videos(None, of=Whose(member_id=REQUESTER))
    others = await retention.oldest_videos(None, of=Whose(member_id=REQUESTER + 1))

    assert [row["state"] for row in kept["storyboards"]] == ["joined"]
    assert (files[-1].job.id, files[-1].job.video, files[-1].job.is_joined) == (
        scenes[0].id,
        WHOLE,
        True,
    )
    assert WHOLE.key in [key for one in theirs for key in one.keys]
    assert others == []


async def test_the_words_of_scenes_are_kept_as_long(
    stories: Stories, retention: RetentionStore
) -> None:
    await stories.told(2)

    assert await retention.old_prompts(None) == []
