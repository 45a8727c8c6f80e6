from pathlib import Path

import pytest

from bot.domain import MessageKind, MessageState, Place
from bot.errors import PlaceClosedError
from bot.media.join import Joiner
from bot.media.storage import ResultStorage
from bot.media.video import VideoProbe
from bot.pipeline.deliver import Deliverer
from bot.pipeline.joining import JoinRound
from bot.store.moderation.takedowns import TakedownStore
from tests.factories import REQUESTER
from tests.pipeline.delivering import Rungs
from tests.pipeline.fakes import FakePoster
from tests.pipeline.filming import filmed
from tests.store.stories import Stories, make_stories
from tests.store.world import World


@pytest.fixture
def stories(world: World) -> Stories:
    return make_stories(world)


@pytest.fixture
def rungs(world: World, storage: ResultStorage, poster: FakePoster) -> Rungs:
    return Rungs(world, storage, poster)


@pytest.fixture
def deliverer(rungs: Rungs) -> Deliverer:
    return rungs.deliverer()


async def join(stories: Stories, storage: ResultStorage, clip: bytes) -> str:
    """Have a storyboard told and joined, and name the scene that owes the whole."""
    scenes = await filmed(stories, storage, clip, 2)
    joiner = Joiner(VideoProbe())
    await JoinRound(stories.boards, storage, joiner, stories.world.clock, room_bytes=1).round()
    return scenes[-1].id


async def test_the_whole_goes_out_attached_and_under_a_nonce_of_its_own(
    stories: Stories, storage: ResultStorage, deliverer: Deliverer, poster: FakePoster, clip: bytes
) -> None:
    job_id = await join(stories, storage, clip)
    owed = await stories.world.owed(job_id, MessageKind.JOINED)

    await deliverer.deliver(owed)

    (post,) = poster.posts
    assert post.job.is_joined
    assert post.video is not None
    assert owed.nonce == f"grok-{job_id}-j1"
    assert (await stories.world.message(job_id, MessageKind.JOINED)).state is MessageState.SENT


async def test_it_goes_down_the_ladder_of_places(
    stories: Stories, storage: ResultStorage, deliverer: Deliverer, poster: FakePoster, clip: bytes
) -> None:
    job_id = await join(stories, storage, clip)
    poster.troubles = {Place.CHANNEL: PlaceClosedError("closed")}

    await deliverer.deliver(await stories.world.owed(job_id, MessageKind.JOINED))

    assert (await stories.world.message(job_id, MessageKind.JOINED)).place is Place.REQUESTER


async def test_where_nothing_could_be_joined_a_word_goes_out_without_a_file(
    stories: Stories, storage: ResultStorage, deliverer: Deliverer, poster: FakePoster, clip: bytes
) -> None:
    scenes = await filmed(stories, storage, clip, 2)
    await stories.boards.give_up(await stories.joining())

    await deliverer.deliver(await stories.world.owed(scenes[1].id, MessageKind.JOINED))

    (post,) = poster.posts
    assert (post.video, post.job.video) == (None, None)


async def test_the_whole_is_not_posted_once_a_part_of_it_is_removed(
    stories: Stories, storage: ResultStorage, deliverer: Deliverer, poster: FakePoster, clip: bytes
) -> None:
    world = stories.world
    job_id = await join(stories, storage, clip)
    takedowns = TakedownStore(world.database, world.clock)
    await takedowns.remove("job0000001", REQUESTER)

    await deliverer.deliver(await world.owed(job_id, MessageKind.JOINED))

    assert poster.posts == []
    assert (await world.message(job_id, MessageKind.JOINED)).state is MessageState.DROPPED


async def test_a_file_that_was_spoilt_is_given_up_and_its_scenes_stay(
    stories: Stories,
    storage: ResultStorage,
    results: Path,
    deliverer: Deliverer,
    poster: FakePoster,
    clip: bytes,
) -> None:
    world = stories.world
    job_id = await join(stories, storage, clip)
    (results / "2026" / "11" / "job0000001-joined.mp4").write_bytes(b"spoilt")

    await deliverer.deliver(await world.owed(job_id, MessageKind.JOINED))

    assert poster.posts == []
    assert (await world.message(job_id, MessageKind.JOINED)).state is MessageState.DROPPED
    assert (await world.job(job_id)).failure is None
