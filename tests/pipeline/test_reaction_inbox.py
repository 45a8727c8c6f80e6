import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.domain import PostedVideo, ReactionEvent
from bot.errors import StoreUnavailableError
from bot.pipeline.reacting.inbox import BATCH, MOST, ReactionInbox
from tests.factories import CHANNEL
from tests.manual_clock import ManualClock
from tests.pipeline.reacting import MESSAGE, reacted, unreacted

OTHER = PostedVideo(CHANNEL, 901)


@dataclass
class Taker:
    """Takes batches, after the troubles that it was told to have."""

    troubles: list[Exception] = field(default_factory=list)
    batches: list[list[ReactionEvent]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, batch: Sequence[ReactionEvent]) -> None:
        await self.gate.wait()
        if self.troubles:
            raise self.troubles.pop(0)
        self.batches.append(list(batch))
        self.taken.set()

    @property
    def members(self) -> list[int]:
        return [one.member_id for batch in self.batches for one in batch]  # type: ignore[union-attr]


@pytest.fixture
def taker() -> Taker:
    made = Taker()
    made.gate.set()
    return made


@pytest.fixture
def inbox(taker: Taker) -> ReactionInbox:
    return ReactionInbox(taker.take, ManualClock())


@asynccontextmanager
async def working(inbox: ReactionInbox) -> AsyncIterator[None]:
    task = asyncio.create_task(inbox.run())
    try:
        yield
    finally:
        inbox.close()
        async with asyncio.timeout(20):
            await task


async def until(inbox: ReactionInbox, taker: Taker, count: int) -> None:
    async with asyncio.timeout(20):
        while len(taker.members) < count or inbox.size:
            taker.taken.clear()
            await asyncio.sleep(0)


async def test_events_are_taken_in_their_order_a_few_at_a_time(
    inbox: ReactionInbox, taker: Taker
) -> None:
    for member in range(BATCH + 3):
        inbox.put(reacted(member))

    async with working(inbox):
        await until(inbox, taker, BATCH + 3)

    assert taker.members == list(range(BATCH + 3))
    assert [len(batch) for batch in taker.batches] == [BATCH, 3]


async def test_what_there_is_no_room_for_is_noted_by_its_message(
    inbox: ReactionInbox, caplog: pytest.LogCaptureFixture
) -> None:
    for member in range(MOST):
        inbox.put(reacted(member))
    for message in (MESSAGE, OTHER, OTHER):
        inbox.put(reacted(1, message=message))

    assert inbox.size == MOST
    assert inbox.missed() == [MESSAGE, OTHER]
    assert inbox.missed() == []
    assert caplog.text.count("More reactions than can be taken in") == 1


async def test_of_the_messages_that_were_missed_the_last_are_kept(inbox: ReactionInbox) -> None:
    for number in range(600):
        inbox.miss(PostedVideo(CHANNEL, number))

    missed = inbox.missed()

    assert (len(missed), missed[-1].message_id) == (500, 599)


async def test_what_is_heard_of_a_message_that_is_held_waits_and_others_go_on(
    inbox: ReactionInbox, taker: Taker
) -> None:
    inbox.hold(MESSAGE.message_id, reacted(1))
    inbox.put(reacted(2))
    inbox.put(reacted(3, message=OTHER))

    async with working(inbox):
        async with asyncio.timeout(20):
            await taker.taken.wait()
        held = list(taker.members)
        inbox.put(unreacted(2))
        inbox.release(MESSAGE.message_id)
        await until(inbox, taker, 4)

    assert held == [3]
    assert taker.members == [3, 1, 2, 2]


async def test_a_message_is_read_once_what_is_in_hand_is_written(
    inbox: ReactionInbox, taker: Taker
) -> None:
    taker.gate.clear()
    inbox.put(reacted(1))
    order = []

    async def read() -> None:
        async with inbox.holding(MESSAGE.message_id) as is_ours:
            order.append((is_ours, list(taker.members)))
            async with inbox.holding(MESSAGE.message_id) as again:
                order.append((again, []))

    async with working(inbox):
        await asyncio.sleep(0)
        reading = asyncio.create_task(read())
        await asyncio.sleep(0)
        taker.gate.set()
        async with asyncio.timeout(20):
            await reading

    assert order == [(True, [1]), (False, [])]


async def test_a_batch_waits_until_the_database_is_back(
    taker: Taker, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock()
    inbox = ReactionInbox(taker.take, clock)
    taker.troubles = [StoreUnavailableError("away"), StoreUnavailableError("away")]
    inbox.put(reacted(1))

    async with working(inbox):
        for _ in range(2):
            await clock.until_asleep()
            clock.advance(seconds=2)
        await until(inbox, taker, 1)

    assert taker.members == [1]
    assert caplog.text.count("The reactions wait for the database") == 1


async def test_a_batch_that_breaks_is_read_from_its_messages_instead(
    inbox: ReactionInbox, taker: Taker
) -> None:
    taker.troubles = [KeyError("surprise")]
    inbox.put(reacted(1))

    async with working(inbox):
        async with asyncio.timeout(20):
            while True:
                await asyncio.sleep(0)
                if not (taker.troubles or inbox.size):
                    break
        inbox.put(reacted(2))
        await until(inbox, taker, 1)

    assert inbox.missed() == [MESSAGE]
    assert taker.members == [2]
