import logging
from datetime import timedelta

import pytest

from bot.domain import (
    FEWEST_TRIES,
    PATIENCE,
    Job,
    JobState,
    MessageKind,
    MessageState,
    OwedMessage,
    Place,
)
from bot.errors import PlaceClosedError, PostLaterError
from bot.media.storage import ResultStorage
from bot.pipeline.deliver import Deliverer
from bot.pipeline.errand import NONCE_LIFE
from bot.posting.places import Posted
from bot.posting.undisturbed import LANDED_WITHIN
from tests.manual_clock import START
from tests.pipeline.delivering import MEBIBYTE, Rungs
from tests.pipeline.fakes import FakePoster
from tests.pipeline.stored_videos import stored
from tests.store.world import MESSAGE_LEASE, World

SECOND = timedelta(seconds=1)
FOUND = Posted(22, 777)


@pytest.fixture
def rungs(world: World, storage: ResultStorage, poster: FakePoster) -> Rungs:
    return Rungs(world, storage, poster)


@pytest.fixture
def deliverer(rungs: Rungs) -> Deliverer:
    return rungs.deliverer()


async def begun(world: World, place: Place = Place.CHANNEL) -> Job:
    """Leave a failure whose send began at the start of the clock, and whose sender vanished."""
    job = await world.bring_to(JobState.FAILED)
    owed = await world.owed(job.id, MessageKind.FAILURE)
    await world.outbox.start_sending(owed, place)
    return job


async def grow_old(world: World) -> None:
    """Let the messages be tried in vain for days."""
    await world.execute("UPDATE outbox SET attempts = :tries", tries=FEWEST_TRIES)
    world.clock.advance(PATIENCE + MESSAGE_LEASE)


async def crash(world: World) -> None:
    await world.other_outbox.release_leases()


async def go_on(deliverer: Deliverer, world: World, job: Job) -> OwedMessage:
    await deliverer.deliver(await world.owed(job.id, MessageKind.FAILURE))
    return await world.message(job.id, MessageKind.FAILURE)


async def test_a_young_try_is_repeated_without_a_look(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await begun(world)
    await crash(world)
    world.clock.advance(NONCE_LIFE - SECOND)

    told = await go_on(deliverer, world, job)

    assert poster.looks == []
    (post,) = poster.posts
    assert post.message.first_at == START
    assert told.state is MessageState.SENT


async def test_what_a_first_try_shows_is_known(deliverer: Deliverer, world: World) -> None:
    job = await world.bring_to(JobState.FAILED)

    assert (await go_on(deliverer, world, job)).shown == JobState.FAILED


async def test_what_a_repeated_try_shows_is_not_known(deliverer: Deliverer, world: World) -> None:
    job = await begun(world)
    await crash(world)

    assert (await go_on(deliverer, world, job)).shown == ""


async def test_an_old_try_is_looked_for_and_what_is_found_is_recorded(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await begun(world)
    await crash(world)
    poster.found = FOUND
    world.clock.advance(LANDED_WITHIN)

    told = await go_on(deliverer, world, job)

    assert poster.posts == []
    assert [place for _, place in poster.looks] == [Place.CHANNEL]
    assert (told.state, told.message_id, told.place) == (MessageState.SENT, 777, Place.CHANNEL)
    assert (await world.job(job.id)).state is JobState.TOLD


async def test_an_old_try_that_is_not_found_is_sent_anew(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await begun(world)
    await crash(world)
    world.clock.advance(LANDED_WITHIN)

    told = await go_on(deliverer, world, job)

    (post,) = poster.posts
    assert post.message.first_at == world.clock.now()
    assert len(poster.looks) == 1
    assert told.message_id == 901


async def test_nobody_looks_while_an_earlier_try_may_still_land(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await begun(world)
    await crash(world)
    world.clock.advance(NONCE_LIFE)

    waiting = await go_on(deliverer, world, job)

    assert (poster.looks, poster.posts) == ([], [])
    assert (waiting.state, waiting.attempts) == (MessageState.SENDING, 0)
    assert await world.message_due_at(job.id, MessageKind.FAILURE) == START + LANDED_WITHIN


async def test_a_try_whose_end_is_known_needs_no_such_wait(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.bring_to(JobState.FAILED)
    poster.troubles = {Place.CHANNEL: PostLaterError("503")}
    await go_on(deliverer, world, job)
    world.clock.advance(NONCE_LIFE)

    poster.troubles = {}
    told = await go_on(deliverer, world, job)

    assert len(poster.looks) == 1
    assert told.state is MessageState.SENT


async def test_the_look_is_where_the_try_went_and_so_is_the_repeat(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await begun(world, Place.REQUESTER)
    await crash(world)

    await go_on(deliverer, world, job)

    assert [post.place for post in poster.posts] == [Place.REQUESTER]


async def test_another_place_begins_a_nonce_of_its_own(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await begun(world)
    await crash(world)
    world.clock.advance(NONCE_LIFE - SECOND)
    poster.troubles = {Place.CHANNEL: PlaceClosedError("50013")}

    told = await go_on(deliverer, world, job)

    assert [(post.place, post.message.first_at) for post in poster.posts] == [
        (Place.CHANNEL, START),
        (Place.REQUESTER, world.clock.now()),
    ]
    assert told.place is Place.REQUESTER


async def test_a_history_that_is_closed_leads_to_sending_again_and_a_line_in_the_log(
    deliverer: Deliverer, world: World, poster: FakePoster, caplog: pytest.LogCaptureFixture
) -> None:
    job = await begun(world)
    await crash(world)
    poster.trouble_with_history = PlaceClosedError("403")
    world.clock.advance(LANDED_WITHIN)

    told = await go_on(deliverer, world, job)

    assert told.state is MessageState.SENT
    warnings = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert any("the history can't be read" in text for text in warnings)


async def test_while_discord_is_away_nothing_is_sent_unseen(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await begun(world)
    await crash(world)
    poster.trouble_with_history = PostLaterError("503")
    world.clock.advance(LANDED_WITHIN)

    waiting = await go_on(deliverer, world, job)

    assert poster.posts == []
    assert (waiting.state, waiting.attempts) == (MessageState.SENDING, 1)
    assert waiting.first_at == START


async def test_a_clock_that_was_set_back_makes_a_try_old(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await begun(world)
    await crash(world)
    world.clock.advance(-timedelta(minutes=10))
    await world.execute("UPDATE outbox SET due_at = :now", now=START - timedelta(hours=1))

    await go_on(deliverer, world, job)

    assert [place for _, place in poster.looks] == [Place.CHANNEL]


async def test_a_place_that_is_out_of_order_for_days_gives_way_to_the_next_rung(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.bring_to(JobState.FAILED)
    poster.troubles = {Place.CHANNEL: PostLaterError("500")}
    await go_on(deliverer, world, job)
    poster.trouble_with_history = PostLaterError("500")
    await grow_old(world)

    told = await go_on(deliverer, world, job)

    assert [post.place for post in poster.posts][-2:] == [Place.CHANNEL, Place.REQUESTER]
    assert (told.state, told.place) == (MessageState.SENT, Place.REQUESTER)


@pytest.mark.parametrize("kind", [MessageKind.CARD, MessageKind.FAILURE])
async def test_trying_has_an_end(
    deliverer: Deliverer, world: World, poster: FakePoster, kind: MessageKind
) -> None:
    job = await world.bring_to(JobState.FAILED)
    poster.troubles = dict.fromkeys(Place, PostLaterError("500"))
    poster.trouble_with_history = PostLaterError("500")
    await deliverer.deliver(await world.owed(job.id, kind))
    await grow_old(world)

    await deliverer.deliver(await world.owed(job.id, kind))

    assert (await world.message(job.id, kind)).state is MessageState.DROPPED


async def test_a_bot_that_was_off_for_days_does_not_give_up_at_the_first_trouble(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.bring_to(JobState.FAILED)
    world.clock.advance(PATIENCE)
    poster.troubles = dict.fromkeys(Place, PostLaterError("503"))

    waiting = await go_on(deliverer, world, job)

    assert [post.place for post in poster.posts] == [Place.CHANNEL]
    assert (waiting.state, waiting.attempts) == (MessageState.SENDING, 1)


async def test_a_message_of_an_older_version_is_looked_for_in_its_channel(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await begun(world)
    await world.execute("UPDATE outbox SET place = NULL, tried_at = NULL")
    await crash(world)
    poster.found = FOUND
    world.clock.advance(NONCE_LIFE)

    told = await go_on(deliverer, world, job)

    assert (told.state, told.message_id) == (MessageState.SENT, 777)


@pytest.mark.parametrize("minutes", [2, 7], ids=["it may be landing", "it has landed"])
async def test_a_repeat_that_was_long_in_the_making_looks_once_more(
    rungs: Rungs, world: World, poster: FakePoster, minutes: int
) -> None:
    rungs.tiers.limit = 50 * MEBIBYTE
    rungs.tiers.meanwhile = lambda: world.clock.advance(timedelta(minutes=minutes))
    job = await stored(world, rungs.storage, clip=bytes(12 * MEBIBYTE))
    await world.outbox.start_sending(await world.owed(job.id, MessageKind.RESULT))
    await crash(world)
    poster.found = FOUND

    await rungs.deliverer().deliver(await world.owed(job.id, MessageKind.RESULT))

    assert poster.posts == []
    result = await world.message(job.id, MessageKind.RESULT)
    is_over = minutes > LANDED_WITHIN / timedelta(minutes=1)
    assert result.state is (MessageState.SENT if is_over else MessageState.SENDING)
    assert len(poster.looks) == is_over
