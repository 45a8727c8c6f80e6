import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.domain import Emoji, JobState, MessageKind, PostedVideo, VoteKind
from bot.errors import (
    BotError,
    MessageGoneError,
    PlaceClosedError,
    StaleJobError,
    StoreUnavailableError,
)
from bot.pipeline.reacting.reconcile import MOST_PEOPLE, Reconciler
from bot.store.moderation.followed import FollowingStore
from bot.store.moderation.takedowns import TakedownStore
from tests.factories import CHANNEL, REQUESTER
from tests.pipeline.reacting import FLAG, HEART, MESSAGE, STAR, Parlour, reacted, unreacted
from tests.store.voting import GALLERY, RESULT, copies, members, open_gallery
from tests.store.world import World

AGAIN = Emoji("🔁")


@pytest.fixture
def parlour(world: World) -> Parlour:
    return Parlour(world)


@pytest.fixture
def reconciler(parlour: Parlour) -> Reconciler:
    world = parlour.world
    return Reconciler(
        parlour.desk,
        parlour.votes,
        world.questions,
        parlour.removals,
        FollowingStore(world.database, world.clock),
        parlour.discord,
        world.clock,
    )


async def read_all(reconciler: Reconciler, world: World, count: int = 1) -> None:
    """Read every message, of which there are so many, at their pace."""
    reading = asyncio.create_task(reconciler.everything())
    for _ in range(count):
        await world.clock.until_asleep()
        world.clock.advance(seconds=1)
    async with asyncio.timeout(20):
        await reading


async def test_what_was_missed_is_counted_and_reported_but_not_done(
    parlour: Parlour, reconciler: Reconciler, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world, votes=2)
    await parlour.desk.take([reacted(9)])
    parlour.discord.piles_of[RESULT] = {
        STAR: {1, REQUESTER},
        Emoji("👍🏽"): {2},
        Emoji("👎"): {3},
        AGAIN: {4},
        FLAG: {5, REQUESTER},
        Emoji("🎉"): {6},
    }

    await read_all(reconciler, world)

    assert await members(world, job) == 2
    assert await members(world, job, VoteKind.DISFAVOUR) == 1
    assert await world.count("SELECT count(*) FROM votes WHERE kind = 'again'") == 0
    assert await world.count("SELECT count(*) FROM reports") == 1
    assert await copies(world, job) == 1
    assert (parlour.woken, parlour.acts.wishes) == ([True], [])
    assert Emoji("🎉") not in parlour.discord.asked


async def test_what_stands_for_a_private_video_is_not_read(
    parlour: Parlour, reconciler: Reconciler, world: World
) -> None:
    await world.bring_to(JobState.POSTED)
    await world.execute("UPDATE jobs SET is_private = TRUE")
    parlour.discord.piles_of[RESULT] = {STAR: {1}, FLAG: {2, 3, 4}}

    await read_all(reconciler, world)

    assert parlour.discord.asked == []
    assert await world.count("SELECT count(*) FROM reports") == 0


async def test_nobody_is_asked_for_where_only_the_bot_reacts(
    parlour: Parlour, reconciler: Reconciler, world: World
) -> None:
    await world.bring_to(JobState.POSTED)
    parlour.discord.piles_of[RESULT] = {STAR: set(), HEART: {1}}
    parlour.discord.own = {STAR}

    await read_all(reconciler, world)

    assert parlour.discord.asked == [HEART]


async def test_of_a_crowd_as_many_are_asked_for_as_there_is_time_for(
    parlour: Parlour, reconciler: Reconciler, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await parlour.desk.take([reacted(5000)])
    parlour.discord.piles_of[RESULT] = {STAR: set(range(100, 101 + MOST_PEOPLE))}

    await read_all(reconciler, world)

    assert await members(world, job) == 1 + MOST_PEOPLE


async def test_what_is_heard_while_a_message_is_read_comes_after_it(
    parlour: Parlour, reconciler: Reconciler, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    inbox = parlour.desk.inbox
    parlour.discord.piles_of[RESULT] = {STAR: {1, 2}}
    read = parlour.discord.piles

    async def meanwhile(message: PostedVideo) -> object:
        found = await read(message)
        inbox.put(unreacted(1))
        inbox.put(reacted(3))
        return found

    parlour.discord.piles = meanwhile  # type: ignore[method-assign,assignment]
    working = asyncio.create_task(inbox.run())
    await read_all(reconciler, world)
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.01)
            if not inbox.size:
                break
    inbox.close()
    await working

    rows = "SELECT sum(member_id) FROM votes"
    assert (await members(world, job), await world.count(rows)) == (2, 2 + 3)


@pytest.mark.parametrize(
    ("trouble", "left"),
    [
        (MessageGoneError("404 (code 10008)"), 0),
        (PlaceClosedError("403"), 1),
        (StaleJobError("moved"), 1),
        (KeyError("surprise"), 1),
    ],
)
async def test_a_message_that_can_not_be_read_keeps_no_other_waiting(
    parlour: Parlour, reconciler: Reconciler, world: World, trouble: BotError, left: int
) -> None:
    first = await world.bring_to(JobState.POSTED, 1)
    world.clock.advance(seconds=1)
    second = await world.bring_to(JobState.POSTED, 2)
    await world.execute("UPDATE outbox SET message_id = 901 WHERE job_id = :id", id=second.id)
    await parlour.desk.take([reacted(1, message=PostedVideo(CHANNEL, 901))])
    parlour.discord.piles_of[RESULT] = {STAR: {1}}
    parlour.discord.troubles = [trouble]

    await read_all(reconciler, world, 2)

    assert await members(world, second) == left
    assert await members(world, first) == 1


async def test_the_copy_follows_an_original_that_was_deleted_by_hand(
    parlour: Parlour, reconciler: Reconciler, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world, votes=1)
    await parlour.desk.take([reacted(1)])
    sending = await world.begin_sending(job.id, MessageKind.GALLERY)
    await world.outbox.mark_sent(sending, channel_id=GALLERY, message_id=800)
    parlour.discord.troubles = [MessageGoneError("404 (code 10008)")]

    await read_all(reconciler, world, 2)

    takedowns = TakedownStore(world.database, world.clock)
    (takedown,) = await takedowns.due(limit=5)
    assert await takedowns.messages(takedown) == [PostedVideo(GALLERY, 800)]


async def test_a_message_that_is_held_by_something_else_is_left_to_it(
    parlour: Parlour, reconciler: Reconciler, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    parlour.discord.piles_of[RESULT] = {STAR: {1}}
    parlour.desk.inbox.hold(RESULT)

    await read_all(reconciler, world)

    assert await members(world, job) == 0


@asynccontextmanager
async def running(reconciler: Reconciler) -> AsyncIterator[None]:
    task = asyncio.create_task(reconciler.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_counted(world: World, count: int) -> None:
    """Let time pass until so many votes are written."""
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.01)
            world.clock.advance(seconds=1)
            if await world.count("SELECT count(*) FROM votes") == count:
                break


async def test_messages_are_read_when_asked_and_after_an_overflow(
    parlour: Parlour, reconciler: Reconciler, world: World
) -> None:
    await world.bring_to(JobState.POSTED)
    parlour.discord.piles_of[RESULT] = {STAR: {1}}

    async with running(reconciler):
        reconciler.soon()
        await until_counted(world, 1)
        parlour.discord.piles_of[RESULT] = {STAR: {1, 2}}
        parlour.desk.inbox.miss(MESSAGE)
        await until_counted(world, 2)


async def test_a_database_that_is_away_is_waited_for(
    parlour: Parlour, reconciler: Reconciler, world: World
) -> None:
    await world.bring_to(JobState.POSTED)
    parlour.discord.piles_of[RESULT] = {STAR: {1}}
    parlour.discord.troubles = [StoreUnavailableError("away"), StoreUnavailableError("away")]
    parlour.desk.inbox.miss(MESSAGE)

    async with running(reconciler):
        reconciler.soon()
        await until_counted(world, 1)

    assert parlour.discord.troubles == []
