import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Job, MessageKind, StoryState
from bot.media.join import Joiner
from bot.media.storage import ResultStorage
from bot.media.video import VideoProbe
from bot.pipeline.joining import JoinRound
from sandbox.clips import make_clip
from tests.media.parts import measure
from tests.pipeline.filming import filmed, keep_clip
from tests.store.stories import LEASE, Stories, make_stories
from tests.store.world import World


@pytest.fixture
def stories(world: World) -> Stories:
    return make_stories(world)


def make_round(
    stories: Stories, storage: ResultStorage, program: str | None = None, room_bytes: int = 1
) -> JoinRound:
    joiner = Joiner(VideoProbe())
    if program is not None:
        joiner = Joiner(VideoProbe(), program=[sys.executable, "-I", "-c", program])
    return JoinRound(stories.boards, storage, joiner, stories.world.clock, room_bytes=room_bytes)


async def whole_of(stories: Stories, scene: Job, results: Path) -> Path:
    found = await stories.boards.find(scene)
    assert found is not None
    assert found[0].video is not None
    return results / found[0].video.key


async def owed(stories: Stories) -> int:
    return await stories.world.count("SELECT count(*) FROM outbox WHERE kind = 'joined'")


async def test_scenes_become_one_file_that_is_owed_once(
    stories: Stories, storage: ResultStorage, results: Path, clip: bytes
) -> None:
    scenes = await filmed(stories, storage, clip)
    rounds = make_round(stories, storage)

    await rounds.round()
    await rounds.round()

    path = await whole_of(stories, scenes[0], results)
    found = measure(path)
    assert found.seconds == pytest.approx(3.0, abs=0.2)
    assert found.frames == 3 * 24
    assert path.name == f"{scenes[0].id}-joined.mp4"
    assert (await owed(stories), await stories.story_state()) == (1, StoryState.JOINED)
    shown = await stories.world.questions.job_of(
        await stories.world.message(scenes[2].id, MessageKind.JOINED)
    )
    assert shown is not None
    assert shown.video is not None
    checked = await storage.verify(
        shown.video.key, sha256=shown.video.sha256, size_bytes=shown.video.size_bytes
    )
    assert checked == path
    assert list((results / ".work").iterdir()) == []


async def test_a_file_that_is_gone_is_left_out(
    stories: Stories, storage: ResultStorage, results: Path, clip: bytes
) -> None:
    scenes = await filmed(stories, storage, clip)
    await storage.remove(f"2026/11/{scenes[0].id}.mp4")

    await make_round(stories, storage).round()

    path = await whole_of(stories, scenes[0], results)
    assert measure(path).seconds == pytest.approx(2.0, abs=0.2)
    assert path.name == f"{scenes[1].id}-joined.mp4"


async def test_with_the_file_of_one_scene_alone_it_is_said_that_nothing_is_joined(
    stories: Stories, storage: ResultStorage, clip: bytes
) -> None:
    scenes = await filmed(stories, storage, clip, 2)
    await storage.remove(f"2026/11/{scenes[0].id}.mp4")

    await make_round(stories, storage).round()

    assert (await owed(stories), await stories.story_state()) == (1, StoryState.ENDED)


async def test_videos_that_can_not_be_joined_are_given_up(
    stories: Stories, storage: ResultStorage, clip: bytes
) -> None:
    await filmed(stories, storage, clip, 2)

    await make_round(stories, storage, 'print(\'{"reason": "they can not"}\')').round()

    assert (await owed(stories), await stories.story_state()) == (1, StoryState.ENDED)


async def test_trouble_of_this_machine_is_waited_out_a_dozen_times(
    stories: Stories, storage: ResultStorage, clip: bytes
) -> None:
    await filmed(stories, storage, clip, 2)
    rounds = make_round(stories, storage, "raise SystemExit(3)")

    for _ in range(12):
        await rounds.round()
        assert await stories.story_state() == StoryState.JOINING
        stories.world.clock.advance(timedelta(minutes=12))
    await rounds.round()

    assert (await owed(stories), await stories.story_state()) == (1, StoryState.ENDED)


async def test_what_was_in_hand_when_the_bot_was_killed_is_joined_after_its_lease(
    stories: Stories, storage: ResultStorage, results: Path, clip: bytes
) -> None:
    scenes = await filmed(stories, storage, clip, 2)
    await stories.joining()
    await storage.write(b"half of it", f"2026/11/{scenes[0].id}-joined.mp4")
    rounds = make_round(stories, storage)

    await rounds.round()
    before = await stories.story_state()
    stories.world.clock.advance(LEASE)
    await rounds.round()

    assert (before, await stories.story_state()) == (StoryState.JOINING, StoryState.JOINED)
    assert measure(await whole_of(stories, scenes[0], results)).frames == 2 * 24


async def test_without_room_on_the_disk_it_waits(
    stories: Stories, storage: ResultStorage, clip: bytes
) -> None:
    await filmed(stories, storage, clip, 2)

    rounds = make_round(stories, storage, room_bytes=1 << 60)
    for _ in range(20):
        await rounds.round()
        stories.world.clock.advance(timedelta(minutes=12))

    assert (await owed(stories), await stories.story_state()) == (0, StoryState.JOINING)
    assert (await stories.joining()).story.attempts == 1


async def test_a_scene_that_is_removed_meanwhile_is_not_in_the_file(
    stories: Stories, storage: ResultStorage, clip: bytes
) -> None:
    first, second, third = await stories.tell(3)
    await stories.finish(first, await keep_clip(storage, first, clip))
    await stories.finish(second, await keep_clip(storage, second, clip))
    long = make_clip(label="long", seconds=3, width=160, height=90)
    video = replace(await keep_clip(storage, third, long), seconds=3.0)
    await stories.finish(third, video)
    joining = await stories.joining()
    await stories.world.execute(
        "UPDATE jobs SET removed_at = :at WHERE id = :id", at=stories.world.clock.now(), id=first.id
    )
    stories.world.clock.advance(LEASE)

    await make_round(stories, storage).round()

    found = await stories.boards.find(first)
    assert len(joining.scenes) == 3
    assert found is not None
    assert found[0].video is not None
    assert found[0].video.seconds == pytest.approx(4.0, abs=0.2)
