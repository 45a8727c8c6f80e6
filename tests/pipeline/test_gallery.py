import pytest

from bot.domain import Job, MessageKind, MessageState, Place, PolicyName
from bot.errors import PlaceClosedError, PostLaterError
from bot.media.storage import ResultStorage
from bot.pipeline.deliver import Deliverer
from bot.store.community.votes import VoteStore
from bot.store.moderation.policies import server
from bot.store.owing import owe
from tests.factories import CHANNEL, GUILD
from tests.pipeline.delivering import Rungs
from tests.pipeline.fakes import FakePoster
from tests.pipeline.stored_videos import CLIP, stored
from tests.store.voting import GALLERY, anywhere, open_gallery, vote
from tests.store.world import World

WEEK = 202648


@pytest.fixture
def rungs(world: World, storage: ResultStorage, poster: FakePoster) -> Rungs:
    return Rungs(world, storage, poster)


@pytest.fixture
def deliverer(rungs: Rungs) -> Deliverer:
    return rungs.deliverer()


async def favoured(world: World, storage: ResultStorage) -> Job:
    """Post a video and let it owe its gallery a copy."""
    await open_gallery(world, votes=1, weekly=True)
    job = await stored(world, storage)
    result = await world.begin_sending(job.id, MessageKind.RESULT)
    await world.outbox.mark_sent(result, channel_id=CHANNEL, message_id=900)
    await VoteStore(world.database, world.clock).apply([vote(job, 1)], anywhere)
    return job


async def deliver(deliverer: Deliverer, world: World, job: Job) -> MessageState:
    await deliverer.deliver(await world.owed(job.id, MessageKind.GALLERY))
    return (await world.message(job.id, MessageKind.GALLERY)).state


async def test_a_copy_is_the_file_in_reply_to_nothing(
    deliverer: Deliverer, world: World, storage: ResultStorage, poster: FakePoster
) -> None:
    job = await favoured(world, storage)

    state = await deliver(deliverer, world, job)

    (post,) = poster.posts
    assert (post.place, post.card_id, post.video) == (Place.CHANNEL, None, CLIP)
    assert (post.message.channel_id, state) == (GALLERY, MessageState.SENT)
    assert "sent:gallery" in await world.events(job.id)


async def test_a_copy_that_the_gallery_does_not_take_goes_nowhere_else(
    deliverer: Deliverer, world: World, storage: ResultStorage, poster: FakePoster
) -> None:
    job = await favoured(world, storage)
    poster.troubles = {Place.CHANNEL: PlaceClosedError("403")}

    state = await deliver(deliverer, world, job)

    assert state is MessageState.DROPPED
    assert {post.place for post in poster.posts} == {Place.CHANNEL}
    assert "failed:undeliverable" not in await world.events(job.id)


@pytest.mark.parametrize(
    "change",
    [
        "removed_at = created_at",
        "hidden_at = created_at",
        "is_spoiler = TRUE",
        "is_private = TRUE",
    ],
)
async def test_what_was_withdrawn_meanwhile_is_not_copied(
    deliverer: Deliverer, world: World, storage: ResultStorage, poster: FakePoster, change: str
) -> None:
    job = await favoured(world, storage)
    await world.execute(f"UPDATE jobs SET {change}")  # noqa: S608 - a text of this file

    assert await deliver(deliverer, world, job) is MessageState.DROPPED
    assert poster.posts == []


async def test_a_channel_that_is_no_gallery_any_more_gets_no_copy(
    deliverer: Deliverer, world: World, storage: ResultStorage, poster: FakePoster
) -> None:
    job = await favoured(world, storage)
    await open_gallery(world, channel_id=GALLERY + 1)

    assert await deliver(deliverer, world, job) is MessageState.DROPPED
    assert poster.posts == []


async def test_what_became_age_restricted_since_the_vote_does_not_leak(
    rungs: Rungs, world: World, storage: ResultStorage, poster: FakePoster
) -> None:
    job = await favoured(world, storage)
    rungs.surroundings.is_open = False

    assert await deliver(rungs.deliverer(), world, job) is MessageState.DROPPED
    assert poster.posts == []


async def test_a_discord_that_does_not_say_who_sees_what_is_asked_again(
    rungs: Rungs, world: World, storage: ResultStorage, poster: FakePoster
) -> None:
    job = await favoured(world, storage)
    rungs.surroundings.trouble = PostLaterError("503")

    first = await deliver(rungs.deliverer(), world, job)
    rungs.surroundings.trouble = None
    world.clock.advance(seconds=60)
    second = await deliver(rungs.deliverer(), world, job)

    assert (first, second) == (MessageState.PENDING, MessageState.SENT)
    assert len(poster.posts) == 1


@pytest.mark.parametrize("is_weekly", [True, False])
async def test_the_best_of_a_week_are_posted_as_long_as_they_are_wanted(
    deliverer: Deliverer,
    world: World,
    storage: ResultStorage,
    poster: FakePoster,
    *,
    is_weekly: bool,
) -> None:
    job = await favoured(world, storage)
    await deliver(deliverer, world, job)
    async with world.database.write() as connection:
        kind, now = MessageKind.WEEKLY, world.clock.now()
        await owe(connection, job, kind, now=now, channel_id=GALLERY, sequence=WEEK)
    await open_gallery(world, votes=1, weekly=is_weekly)

    await deliverer.deliver(await world.owed(job.id, MessageKind.WEEKLY))

    message = await world.message(job.id, MessageKind.WEEKLY)
    assert (message.state is MessageState.SENT) is is_weekly
    assert [post.message.kind for post in poster.posts][1:] == [MessageKind.WEEKLY] * is_weekly


async def test_a_gallery_that_was_closed_gets_nothing(
    deliverer: Deliverer, world: World, storage: ResultStorage
) -> None:
    job = await favoured(world, storage)
    await world.policies.remove_policy(server(GUILD), PolicyName.GALLERY, 77)

    assert await deliver(deliverer, world, job) is MessageState.DROPPED
