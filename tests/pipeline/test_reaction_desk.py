import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain import (
    Act,
    Emoji,
    JobState,
    MessageKind,
    PolicyName,
    PostedVideo,
    VoteKind,
    Wiped,
)
from bot.limits.reactions import with_act
from bot.pipeline.reacting.overflow import MOST
from bot.pipeline.reacting.wish import Wish
from bot.store.moderation.policies import server
from tests.factories import CHANNEL, GUILD, REQUESTER
from tests.pipeline.reacting import HEART, MESSAGE, STAR, FakeActs, Parlour, reacted, unreacted
from tests.store.voting import copies, members, open_gallery
from tests.store.world import World

CARD = PostedVideo(CHANNEL, 500)
UNKNOWN = PostedVideo(CHANNEL, 7777)
BIN, ENVELOPE = Emoji("🗑️"), Emoji("✉️")


@dataclass
class GatedActs(FakeActs):
    """Does nothing before its gate is opened."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def do(self, wish: Wish) -> None:
        await self.gate.wait()
        await super().do(wish)

    async def turn_down(self, wish: Wish) -> None:
        await self.gate.wait()
        await super().turn_down(wish)


@pytest.fixture
def parlour(world: World) -> Parlour:
    return Parlour(world)


async def test_votes_are_rows_and_wishes_are_handed_on(parlour: Parlour, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)

    await parlour.desk.take(
        [
            reacted(1),
            reacted(1, HEART),
            reacted(2, Emoji("👎")),
            reacted(3, ENVELOPE),
            reacted(4, Emoji("🎉")),
            reacted(REQUESTER),
            unreacted(1, HEART),
        ]
    )
    await asyncio.sleep(0)

    assert await members(world, job) == 1
    assert await members(world, job, VoteKind.DISFAVOUR) == 1
    assert await world.count("SELECT count(*) FROM votes") == 2
    assert [(one.act, one.job, one.kind) for one in parlour.acts.wishes] == [
        (Act.SEND, job, MessageKind.RESULT)
    ]
    assert parlour.woken == []


async def test_what_stands_for_a_private_video_is_nothing_to_others(
    parlour: Parlour, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.execute("UPDATE jobs SET is_private = TRUE")
    await open_gallery(world, votes=1)

    await parlour.desk.take([reacted(1), reacted(2, ENVELOPE), reacted(REQUESTER, ENVELOPE)])
    await asyncio.sleep(0)

    assert await members(world, job) == 0
    assert await copies(world, job) == 0
    assert [one.event.member_id for one in parlour.acts.wishes] == [REQUESTER]


async def test_a_copy_that_is_owed_wakes_whoever_posts_it(parlour: Parlour, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world, votes=1)

    await parlour.desk.take([reacted(1)])

    assert parlour.woken == [True]
    assert await copies(world, job) == 1


async def test_a_card_takes_wishes_and_no_votes(parlour: Parlour, world: World) -> None:
    job = await world.reserve()
    card = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.mark_sent(card, channel_id=CHANNEL, message_id=CARD.message_id)

    await parlour.desk.take([reacted(1, message=CARD), reacted(1, BIN, CARD)])
    await asyncio.sleep(0)

    assert await members(world, job) == 0
    assert [(one.act, one.kind) for one in parlour.acts.wishes] == [
        (Act.FAVOUR, MessageKind.CARD),  # to be told why it does not count
        (Act.REMOVE, MessageKind.CARD),
    ]


async def test_all_or_all_of_one_emoji_may_go(parlour: Parlour, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    await parlour.desk.take([reacted(1), reacted(2, HEART), reacted(3)])

    await parlour.desk.take([Wiped(MESSAGE, STAR)])
    one = await members(world, job)
    await parlour.desk.take([Wiped(MESSAGE)])

    assert (one, await members(world, job)) == (1, 0)


async def test_a_reaction_that_is_faster_than_its_row_waits_with_what_follows(
    parlour: Parlour, world: World
) -> None:
    late = PostedVideo(CHANNEL, 900)
    working = asyncio.create_task(parlour.desk.inbox.run())

    await parlour.desk.take([unreacted(9, message=late), reacted(1, message=late)])
    parlour.desk.inbox.put(reacted(2, message=late))
    parlour.desk.inbox.put(unreacted(1, message=late))
    await world.clock.until_asleep()
    job = await world.bring_to(JobState.POSTED)
    world.clock.advance(seconds=2)
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.01)
            if not parlour.desk.inbox.size and await members(world, job) == 1:
                break
    await parlour.desk.close(timedelta(seconds=1))
    await working

    assert await world.count("SELECT max(member_id) FROM votes") == 2


async def test_a_message_that_is_no_video_is_left_alone_after_a_while(
    parlour: Parlour, world: World
) -> None:
    await parlour.desk.take([reacted(1, message=UNKNOWN), unreacted(1, message=UNKNOWN)])
    waiting = parlour.desk.inbox.size
    await world.clock.until_asleep()
    world.clock.advance(seconds=2)
    await world.clock.until_asleep()

    await parlour.desk.take([reacted(1, message=UNKNOWN)])

    assert (waiting, parlour.desk.inbox.size) == (2, 2)  # released, and not held again
    assert await world.count("SELECT count(*) FROM votes") == 0
    await parlour.desk.close(timedelta(seconds=1))


async def test_each_server_has_its_own_meanings(parlour: Parlour, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    value = with_act(with_act(None, STAR, None), Emoji("👀"), Act.FAVOUR)
    await world.policies.set_policy(server(GUILD), PolicyName.REACTIONS, value, 77)

    await parlour.desk.take([reacted(1), reacted(2, Emoji("👀")), reacted(3, Emoji("x" * 65))])

    assert await members(world, job) == 1


async def test_more_wishes_than_can_be_done_are_turned_down_up_to_a_number(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.bring_to(JobState.POSTED)
    acts = GatedActs()
    parlour = Parlour(world, acts)

    await parlour.desk.take([reacted(member, ENVELOPE) for member in range(100 + MOST + 5)])
    acts.gate.set()
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.01)
            if len(acts.turned_down) == MOST:
                break
    await parlour.desk.close(timedelta(seconds=20))

    assert len(acts.wishes) == 100
    assert len(acts.turned_down) == MOST
    assert caplog.text.count("Too many reactions at once") == 1


async def test_a_desk_that_closes_turns_nobody_down_any_more(world: World) -> None:
    await world.bring_to(JobState.POSTED)
    acts = GatedActs()
    parlour = Parlour(world, acts)

    await parlour.desk.take([reacted(member, ENVELOPE) for member in range(103)])
    await parlour.desk.close(timedelta(0))

    assert (acts.wishes, acts.turned_down, acts.is_closed) == ([], [], True)
