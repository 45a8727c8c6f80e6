import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.domain import Ending, Hold, Job, JobState, MessageKind
from bot.media.last_frame import FrameTaker
from bot.media.storage import ResultStorage
from bot.pipeline.last_frame import LastFrames
from bot.pipeline.scenes import SceneStarter
from bot.pipeline.submit import Submitter
from bot.providers.entries import Transport
from tests.pipeline.fakes import ScriptedProvider
from tests.pipeline.filming import keep_clip
from tests.store.stories import Stories, make_stories
from tests.store.world import World

WEEK = timedelta(days=7)


@pytest.fixture
def stories(world: World) -> Stories:
    return make_stories(world)


def make_starter(
    stories: Stories, submitter: Submitter, storage: ResultStorage, program: str | None = None
) -> SceneStarter:
    world = stories.world
    taker = FrameTaker(program=[sys.executable, "-I", "-c", program]) if program else FrameTaker()
    return SceneStarter(
        submitter,
        world.jobs,
        stories.scenes,
        world.questions,
        LastFrames(storage, taker),
        storage,
        world.clock,
        transport_of=lambda _: Transport.DATA_URI,
    )


@pytest.fixture
def starter(stories: Stories, submitter: Submitter, storage: ResultStorage) -> SceneStarter:
    return make_starter(stories, submitter, storage)


async def waiting(stories: Stories, storage: ResultStorage, clip: bytes) -> tuple[Job, Job]:
    """Have a first scene made, and take the second in hand, which may go on now."""
    first, second, _ = await stories.tell(3)
    made = await stories.make(first, await keep_clip(storage, first, clip))
    return made, await stories.world.claim(second.id)


async def test_a_scene_gets_the_last_frame_of_the_one_before_and_then_its_provider(
    stories: Stories,
    starter: SceneStarter,
    storage: ResultStorage,
    scripted: ScriptedProvider,
    clip: bytes,
) -> None:
    world = stories.world
    _, scene = await waiting(stories, storage, clip)

    await starter.step(scene)
    begun = await world.claim(scene.id)
    await starter.step(begun)

    (reference,) = begun.references
    assert (reference.width, reference.height) == (160, 90)
    assert reference.key == f"references/{scene.id}-1.jpg"
    (spec, inputs) = scripted.submitted[0]
    assert spec == scene.spec
    assert Image.open(io.BytesIO(inputs.images[0].data)).size == (160, 90)
    assert (await world.message(scene.id, MessageKind.CARD)).job_id == scene.id
    assert (await world.job(scene.id)).state is JobState.RENDERING


async def test_the_first_scene_and_any_other_job_go_straight_to_their_provider(
    stories: Stories, starter: SceneStarter, scripted: ScriptedProvider
) -> None:
    first, *_ = await stories.tell(2)
    other = await stories.world.reserve(9)
    for job_id in (first.id, other.id):
        claimed = (await stories.world.jobs.claim(1, {JobState.RESERVED: WEEK}))[0]
        await starter.step(claimed)
        assert claimed.id == job_id

    assert len(scripted.submitted) == 2


async def test_a_scene_that_still_waits_takes_no_step(
    stories: Stories, starter: SceneStarter, scripted: ScriptedProvider
) -> None:
    _, second = await stories.tell(2)
    stories.world.clock.advance(WEEK)

    await starter.step(await stories.world.claim(second.id))

    assert (await stories.world.job(second.id)).held_for is Hold.SCENE
    assert scripted.submitted == []


@pytest.mark.parametrize("trouble", ["gone", "spoilt", "no video"])
async def test_without_a_frame_the_scene_and_those_after_it_are_given_up(
    trouble: str, stories: Stories, starter: SceneStarter, storage: ResultStorage, clip: bytes
) -> None:
    first, scene = await waiting(stories, storage, b"no video" if trouble == "no video" else clip)
    assert first.video is not None
    if trouble == "gone":
        await storage.remove(first.video.key)
    if trouble == "spoilt":
        await storage.write(b"changed", first.video.key)

    await starter.step(scene)

    assert (await stories.world.job(scene.id)).ending is Ending.BROKEN
    assert await stories.states() == [JobState.STORED, JobState.FAILED, JobState.TOLD]


@pytest.mark.parametrize("column", ["removed_at", "hidden_at"])
async def test_nothing_goes_on_from_a_video_that_was_taken_away(
    column: str, stories: Stories, starter: SceneStarter, storage: ResultStorage, clip: bytes
) -> None:
    world = stories.world
    first, scene = await waiting(stories, storage, clip)
    await world.execute(
        f"UPDATE jobs SET {column} = :at WHERE id = :id",  # noqa: S608 - a name of ours
        at=world.clock.now(),
        id=first.id,
    )

    await starter.step(scene)

    assert (await world.job(scene.id)).ending is Ending.BROKEN


async def test_trouble_of_this_machine_is_waited_out_but_not_for_ever(
    stories: Stories, submitter: Submitter, storage: ResultStorage, clip: bytes
) -> None:
    world = stories.world
    starter = make_starter(stories, submitter, storage, "raise SystemExit(3)")
    _, scene = await waiting(stories, storage, clip)

    await starter.step(scene)
    later = await world.again(scene)
    world.clock.advance(timedelta(hours=25))
    await starter.step(later)

    assert (later.attempts, later.references) == (1, ())
    assert (await world.job(scene.id)).ending is Ending.BROKEN


async def test_a_bot_that_was_killed_with_the_picture_kept_takes_it_again(
    stories: Stories,
    starter: SceneStarter,
    storage: ResultStorage,
    results: Path,
    clip: bytes,
) -> None:
    world = stories.world
    _, scene = await waiting(stories, storage, clip)
    await storage.write(b"half of a picture", f"references/{scene.id}-1.jpg")

    await starter.step(scene)

    (reference,) = (await world.job(scene.id)).references
    kept = [path.name for path in (results / "references").iterdir()]
    assert kept == [f"{scene.id}-1.jpg"]
    assert len(await storage.read(reference.key)) == reference.size_bytes
