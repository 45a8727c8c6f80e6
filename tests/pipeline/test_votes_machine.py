"""Whatever members do, and whenever the bot is off, the votes are those that stand at Discord."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain import Emoji, JobState, MessageKind, PostedVideo, ReactionEvent, VoteKind, Wiped
from bot.pipeline.reacting.reconcile import Reconciler
from bot.store.engines.engine import open_database
from bot.store.moderation.followed import FollowingStore
from tests.factories import CHANNEL, REQUESTER
from tests.manual_clock import ManualClock
from tests.pipeline.reacting import Parlour, reacted, unreacted
from tests.store.engines import Engine
from tests.store.voting import copies, members, open_gallery
from tests.store.world import World, make_world

Value = TypeVar("Value")
MESSAGES = (PostedVideo(CHANNEL, 900), PostedVideo(CHANNEL, 901))
PEOPLE = (1, 2, 3, REQUESTER)
FAVOUR = tuple(map(Emoji, ("👍", "👍🏽", "⭐")))
EMOJIS = (*FAVOUR, Emoji("👎"))
NEEDED = 2

where = st.sampled_from(MESSAGES)
who = st.sampled_from(PEOPLE)
what = st.sampled_from(EMOJIS)


class VotesUnderStress(RuleBasedStateMachine):
    """Members who react, and a bot that is off now and then, over the real stores."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.open = AsyncExitStack()
        opening = self.open.enter_async_context(open_database(self.engine.migrated()))
        self.world: World = make_world(self.wait(opening), ManualClock())
        self.parlour = Parlour(self.world)
        self.discord = self.parlour.discord
        self.heard: list[ReactionEvent] = []
        self.waiting: list[ReactionEvent] = []
        """What happened and is not written yet."""
        self.is_on = True
        self.is_written = False
        self.reached = False
        """Whether so many have favoured it that a copy must be there."""
        self.is_possible = False
        """Whether there was a moment in which so many favoured it."""

    def wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self.loop.run(work)

    @initialize()
    def post(self) -> None:
        self.wait(self._post())

    async def _post(self) -> None:
        self.job = await self.world.bring_to(JobState.POSTED)
        await self.world.deliveries.ask(self.job.id)
        again = await self.world.begin_sending(self.job.id, MessageKind.DELIVERY)
        await self.world.outbox.mark_sent(again, channel_id=CHANNEL, message_id=901)
        await open_gallery(self.world, votes=NEEDED)

    @property
    def favouring(self) -> set[int]:
        piles = self.discord.piles_of.values()
        everybody = {one for pile in piles for emoji in FAVOUR for one in pile.get(emoji, ())}
        return everybody - {REQUESTER}

    def _happens(self, event: ReactionEvent) -> None:
        """Tell the bot, if it listens; one that is off hears nothing of it later."""
        if self.is_on:
            self.waiting.append(event)
            self.heard.append(event)

    @rule(some=st.lists(st.tuples(where, who, what), min_size=1, max_size=5))
    def react(self, some: list[tuple[PostedVideo, int, Emoji]]) -> None:
        for message, member, emoji in some:
            piles = self.discord.piles_of.setdefault(message.message_id, {})
            people = piles.setdefault(emoji, set())
            if member not in people:
                people.add(member)
                self._happens(reacted(member, emoji, message))
        self.is_possible |= len(self.favouring) >= NEEDED

    @rule(pick=st.integers(0, 99), also=st.integers(0, 99))
    def take_back(self, pick: int, also: int) -> None:
        for number in (pick, also):
            there = [
                (message, emoji, member)
                for message in MESSAGES
                for emoji, people in self.discord.piles_of.get(message.message_id, {}).items()
                for member in sorted(people)
            ]
            if not there:
                return
            message, emoji, member = there[number % len(there)]
            piles = self.discord.piles_of[message.message_id]
            piles[emoji].remove(member)
            if not piles[emoji]:
                del piles[emoji]
            self._happens(unreacted(member, emoji, message))

    @precondition(lambda self: len(self.heard) % 4 == 3)
    @rule(message=where, emoji=st.none() | what)
    def wipe(self, message: PostedVideo, emoji: Emoji | None) -> None:
        piles = self.discord.piles_of.get(message.message_id, {})
        for one in list(piles) if emoji is None else [emoji]:
            piles.pop(one, None)
        self._happens(Wiped(message, emoji))

    @precondition(lambda self: self.is_on and self.waiting)
    @rule(size=st.integers(1, 9))
    def write(self, size: int) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:size], self.waiting[size:]
            self.wait(self.parlour.desk.take(batch))
        self.is_written = True

    @precondition(lambda self: self.heard)
    @rule(count=st.integers(1, 2))
    def hear_the_last_ones_again(self, count: int) -> None:
        """Resume: Discord sends again, in order, what it does not know to have arrived.

        Of more than two, what was taken back could stand beside what came later for a moment.
        """
        if self.is_on and not self.waiting:
            self.waiting += self.heard[-count:]

    @precondition(lambda self: self.is_on)
    @rule()
    def stop(self) -> None:
        """Kill it: what was not written is lost."""
        self.is_on = False
        self.waiting, self.heard = [], []

    @precondition(lambda self: not self.is_on)
    @rule()
    def start(self) -> None:
        self.is_on = True
        self.parlour.desk = self.parlour.make_desk()
        self.wait(self._make_up())
        self.is_written = True

    async def _make_up(self) -> None:
        world, parlour = self.world, self.parlour
        reconciler = Reconciler(
            parlour.desk,
            parlour.votes,
            world.questions,
            parlour.removals,
            FollowingStore(world.database, world.clock),
            self.discord,
            world.clock,
        )
        reading = asyncio.create_task(reconciler.everything())
        for _ in MESSAGES:
            await world.clock.until_asleep()
            world.clock.advance(seconds=1)
        await reading

    @invariant()
    def the_count_is_what_stands_there(self) -> None:
        if not self.is_written:
            return
        self.is_written = False
        piles = self.discord.piles_of.values()
        against = {one for pile in piles for one in pile.get(Emoji("👎"), ())} - {REQUESTER}
        self.reached |= len(self.favouring) >= NEEDED

        assert self.wait(members(self.world, self.job)) == len(self.favouring)
        count = self.wait(members(self.world, self.job, VoteKind.DISFAVOUR))
        assert count == len(against)

    @invariant()
    def there_is_one_copy_at_most_and_one_that_was_earned(self) -> None:
        if hasattr(self, "job"):
            count = self.wait(copies(self.world, self.job))
            assert self.reached <= count <= self.is_possible

    def teardown(self) -> None:
        self.wait(self.open.aclose())
        self.loop.close()


def test_whatever_happens_each_member_counts_once(engine: Engine) -> None:
    VotesUnderStress.engine = engine

    run_state_machine_as_test(
        VotesUnderStress,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
