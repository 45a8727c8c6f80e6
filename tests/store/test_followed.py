import pytest

from bot.domain import Job, JobState, MessageKind, PostedVideo, Removal
from bot.store.community.votes import VoteStore
from bot.store.moderation.followed import FollowingStore
from bot.store.moderation.takedowns import TakedownStore
from tests.factories import CHANNEL, REQUESTER
from tests.store.voting import GALLERY, RESULT, anywhere, copies, open_gallery, vote
from tests.store.world import World

ORIGINAL = PostedVideo(CHANNEL, RESULT)
COPY = PostedVideo(GALLERY, 960)
DELIVERED = PostedVideo(CHANNEL, 970)


@pytest.fixture
def following(world: World) -> FollowingStore:
    return FollowingStore(world.database, world.clock)


@pytest.fixture
def takedowns(world: World) -> TakedownStore:
    return TakedownStore(world.database, world.clock)


async def favour(world: World, job: Job) -> None:
    await open_gallery(world, votes=1)
    assert await VoteStore(world.database, world.clock).apply([vote(job, 1)], anywhere)


async def post(world: World, job: Job, kind: MessageKind, message: PostedVideo) -> None:
    sending = await world.begin_sending(job.id, kind)
    await world.outbox.mark_sent(
        sending, channel_id=message.channel_id, message_id=message.message_id
    )


async def copied(world: World) -> Job:
    job = await world.bring_to(JobState.POSTED)
    await favour(world, job)
    await post(world, job, MessageKind.GALLERY, COPY)
    return job


async def test_the_copy_goes_once_with_its_original(
    world: World, following: FollowingStore, takedowns: TakedownStore
) -> None:
    job = await copied(world)

    assert await following.original_gone(job.id, ORIGINAL)
    (takedown,) = await takedowns.due(limit=5)
    assert (takedown.kind, takedown.by_id) == (Removal.CLEAR, None)
    assert await takedowns.messages(takedown) == [COPY]
    await takedowns.finish(takedown)

    assert not await following.original_gone(job.id, ORIGINAL)
    assert await takedowns.due(limit=5) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE jobs SET removed_at = created_at",
        "UPDATE jobs SET hidden_at = created_at",
        "UPDATE jobs SET is_spoiler = TRUE",
        "UPDATE outbox SET shown = 'covered' WHERE kind = 'result'",
    ],
)
async def test_what_the_bot_took_away_itself_is_no_news(
    world: World, following: FollowingStore, takedowns: TakedownStore, change: str
) -> None:
    job = await copied(world)
    await world.execute(change)

    assert not await following.original_gone(job.id, ORIGINAL)
    assert await takedowns.due(limit=5) == []


@pytest.mark.parametrize("other", [COPY, DELIVERED, PostedVideo(CHANNEL, 1)])
async def test_the_copy_stays_when_something_else_is_gone(
    world: World, following: FollowingStore, other: PostedVideo
) -> None:
    job = await copied(world)
    await world.deliveries.ask(job.id, CHANNEL, by_id=REQUESTER)
    await post(world, job, MessageKind.DELIVERY, DELIVERED)

    assert not await following.original_gone(job.id, other)


async def test_a_copy_that_waits_is_not_posted_any_more(
    world: World, following: FollowingStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await favour(world, job)

    assert not await following.original_gone(job.id, ORIGINAL)

    assert await copies(world, job) == 1
    waiting = "SELECT count(*) FROM outbox WHERE kind = 'gallery' AND due_at IS NOT NULL"
    assert await world.count(waiting) == 0


async def test_of_a_published_video_the_original_is_what_was_posted_then(
    world: World, following: FollowingStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.execute("UPDATE jobs SET is_private = TRUE")
    await world.deliveries.publish(job.id)
    await post(world, job, MessageKind.DELIVERY, DELIVERED)
    await favour(world, job)
    await post(world, job, MessageKind.GALLERY, COPY)

    assert not await following.original_gone(job.id, ORIGINAL)
    assert await following.original_gone(job.id, DELIVERED)
