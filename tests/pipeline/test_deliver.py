from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Charge, Failure, FailureKind, Job, JobState, MessageKind, MessageState, Place
from bot.errors import (
    MessageGoneError,
    PostLaterError,
    PostRefusedError,
    StaleJobError,
)
from bot.media.storage import ResultStorage
from bot.pipeline.deliver import Deliverer
from tests.pipeline.delivering import Rungs
from tests.pipeline.fakes import FakePoster
from tests.pipeline.stored_videos import CLIP, stored
from tests.store.world import MESSAGE_LEASE, World

CHANNEL_OF_FAKE = 77
DIRECT_OF_FAKE = 79


@pytest.fixture
def deliverer(world: World, storage: ResultStorage, poster: FakePoster) -> Deliverer:
    return Rungs(world, storage, poster).deliverer()


async def deliver(deliverer: Deliverer, world: World, job: Job, kind: MessageKind) -> None:
    await deliverer.deliver(await world.owed(job.id, kind))


async def test_a_card_is_posted_without_a_file(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.reserve()

    await deliver(deliverer, world, job, MessageKind.CARD)

    (post,) = poster.posts
    assert (post.job, post.place, post.card_id, post.video) == (job, Place.CHANNEL, None, None)
    assert post.images == ()
    assert post.message.state is MessageState.SENDING
    card = await world.message(job.id, MessageKind.CARD)
    assert (card.state, card.channel_id, card.message_id) == (
        MessageState.SENT,
        CHANNEL_OF_FAKE,
        901,
    )


async def test_a_result_is_the_checked_file_in_reply_to_the_card(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await stored(world, storage)

    await deliver(deliverer, world, job, MessageKind.RESULT)

    (post,) = poster.posts
    assert (post.place, post.card_id, post.video) == (Place.CHANNEL, 500, CLIP)
    assert (await world.job(job.id)).state is JobState.POSTED


async def test_a_reason_is_told_without_a_file(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.bring_to(JobState.FAILED)

    await deliver(deliverer, world, job, MessageKind.FAILURE)

    (post,) = poster.posts
    assert (post.place, post.card_id, post.video) == (Place.CHANNEL, None, None)
    assert (await world.job(job.id)).state is JobState.TOLD


async def test_the_row_says_sending_before_the_message_leaves(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.reserve()
    poster.troubles = {Place.CHANNEL: KeyError("surprise")}

    with pytest.raises(KeyError):
        await deliver(deliverer, world, job, MessageKind.CARD)

    card = await world.message(job.id, MessageKind.CARD)
    assert (card.state, card.first_at) == (MessageState.SENDING, world.clock.now())


async def test_a_message_somebody_else_took_over_is_not_sent(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.reserve()
    owed = await world.owed(job.id, MessageKind.CARD)
    world.clock.advance(MESSAGE_LEASE)
    await world.other_outbox.claim(1, MESSAGE_LEASE)

    with pytest.raises(StaleJobError):
        await deliverer.deliver(owed)

    assert poster.posts == []


async def test_while_discord_is_away_a_message_is_tried_more_and_more_rarely(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.reserve()
    poster.troubles = {Place.CHANNEL: PostLaterError("503")}
    pauses = []
    for _ in range(10):
        await deliver(deliverer, world, job, MessageKind.CARD)
        due_at = await world.message_due_at(job.id, MessageKind.CARD)
        assert due_at is not None
        pauses.append(due_at - world.clock.now())
        world.clock.advance(pauses[-1])

    assert pauses[0] >= timedelta(seconds=2)
    assert pauses[:7] == sorted(pauses[:7])
    assert pauses[-1] <= timedelta(minutes=5) * 1.1
    assert len({post.message.nonce for post in poster.posts}) == 1


@pytest.mark.parametrize(
    ("kind", "state", "end"),
    [
        (MessageKind.RESULT, JobState.STORED, JobState.POSTED),
        (MessageKind.FAILURE, JobState.FAILED, JobState.TOLD),
    ],
)
async def test_a_message_that_somebody_removed_is_not_posted_again(
    deliverer: Deliverer,
    world: World,
    poster: FakePoster,
    storage: ResultStorage,
    kind: MessageKind,
    state: JobState,
    end: JobState,
) -> None:
    is_stored = state is JobState.STORED
    job = await stored(world, storage) if is_stored else await world.bring_to(state)
    poster.troubles = {Place.CHANNEL: MessageGoneError("10008")}

    await deliver(deliverer, world, job, kind)

    assert (await world.job(job.id)).state is end
    assert (await world.message(job.id, kind)).state is MessageState.DROPPED
    assert len(poster.posts) == 1


async def test_a_channel_that_is_closed_leads_to_the_requester(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await stored(world, storage)
    poster.troubles = {Place.CHANNEL: PostRefusedError("50013")}

    await deliver(deliverer, world, job, MessageKind.RESULT)

    assert [(post.place, post.card_id, post.video) for post in poster.posts] == [
        (Place.CHANNEL, 500, CLIP),
        (Place.REQUESTER, None, CLIP),
    ]
    assert (await world.job(job.id)).state is JobState.POSTED
    result = await world.message(job.id, MessageKind.RESULT)
    assert result.channel_id == DIRECT_OF_FAKE


async def test_a_requester_who_is_out_of_reach_for_now_is_tried_later(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await stored(world, storage)
    poster.troubles = {
        Place.CHANNEL: PostRefusedError("50013"),
        Place.REQUESTER: PostLaterError("503"),
    }

    await deliver(deliverer, world, job, MessageKind.RESULT)

    assert (await world.job(job.id)).state is JobState.STORED
    assert (await world.message(job.id, MessageKind.RESULT)).attempts == 1


async def test_a_result_nobody_will_take_is_undeliverable_and_then_told_to_nobody(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await stored(world, storage)
    poster.troubles = {
        Place.CHANNEL: PostRefusedError("50013"),
        Place.REQUESTER: PostRefusedError("50007"),
    }

    await deliver(deliverer, world, job, MessageKind.RESULT)
    failed = await world.job(job.id)
    await deliver(deliverer, world, job, MessageKind.FAILURE)

    assert failed.failure == Failure(FailureKind.UNDELIVERABLE, Charge.MADE, "50007")
    assert (await world.job(job.id)).state is JobState.TOLD


async def test_a_card_never_goes_to_the_requester(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.reserve()
    poster.troubles = {Place.CHANNEL: PostRefusedError("50013")}

    await deliver(deliverer, world, job, MessageKind.CARD)

    assert [post.place for post in poster.posts] == [Place.CHANNEL]
    assert (await world.message(job.id, MessageKind.CARD)).state is MessageState.DROPPED
    assert await world.job(job.id) == job


@pytest.mark.parametrize("change", [b"another video of no better kind", None])
async def test_a_file_that_is_not_the_one_that_was_checked_is_lost(
    deliverer: Deliverer,
    world: World,
    poster: FakePoster,
    storage: ResultStorage,
    change: bytes | None,
) -> None:
    job = await stored(world, storage)
    key = f"2026/11/{job.id}.mp4"
    await (storage.remove(key) if change is None else storage.write(change, key))

    await deliver(deliverer, world, job, MessageKind.RESULT)

    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert (failure.kind, failure.charge) == (FailureKind.LOST, Charge.MADE)
    assert poster.posts == []


async def test_a_file_that_can_not_be_read_now_is_tried_later(
    deliverer: Deliverer,
    world: World,
    poster: FakePoster,
    storage: ResultStorage,
    results: Path,
) -> None:
    job = await stored(world, storage)
    path = results / f"2026/11/{job.id}.mp4"
    aside = path.rename(results / "aside")
    path.mkdir()

    await deliver(deliverer, world, job, MessageKind.RESULT)
    meanwhile = await world.job(job.id)
    path.rmdir()
    aside.rename(path)
    world.clock.advance(seconds=10)
    await deliver(deliverer, world, job, MessageKind.RESULT)

    assert meanwhile.state is JobState.STORED
    assert (await world.job(job.id)).state is JobState.POSTED
    assert [post.video for post in poster.posts] == [CLIP]
