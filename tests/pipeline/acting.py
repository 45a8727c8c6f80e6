"""A stage for what reactions ask for: real tables, and a maker that a test directs."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

from bot.domain import (
    Act,
    Cancelled,
    Denial,
    Emoji,
    Job,
    MessageKind,
    Origin,
    PostedVideo,
)
from bot.pipeline.reacting.acts import ActTools, ReactionActs
from bot.pipeline.reacting.again import AgainMaker
from bot.pipeline.reacting.teller import Teller
from bot.pipeline.reacting.wish import Wish
from bot.pipeline.sequels import Wish as SequelWish
from bot.store.community.preferences import PreferenceStore
from bot.store.community.votes import VoteStore
from bot.store.moderation.veils import VeilStore
from tests.pipeline.reacting import FakeDirect, FakeReactions, Parlour, reacted
from tests.store.world import World

MEMBER = 5
AGAIN, ENVELOPE, BIN, COVER, FLAG = (Emoji(one) for one in ("🔁", "✉️", "🗑️", "🙈", "🚩"))
EMOJIS = {
    Act.AGAIN: AGAIN,
    Act.SEND: ENVELOPE,
    Act.REMOVE: BIN,
    Act.COVER: COVER,
    Act.REPORT: FLAG,
    Act.FAVOUR: Emoji("⭐"),
}


@dataclass
class FakeMaker:
    """Stands for sequels, confirmation, courier and cancelling: says what a test wants."""

    wanted: Job | None = None
    made: Job | Denial | None = None
    trouble: Exception | None = None
    cancelled: Cancelled = Cancelled.FREE
    origins: list[Origin] = field(default_factory=list)
    declined: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    async def job(self, job_id: str, viewer: object) -> Job:
        assert self.wanted is not None
        return self.wanted

    async def again(self, job_id: str, wish: SequelWish) -> Job | Denial:
        self.origins.append(wish.origin)
        assert self.wanted is not None
        made = self.made or self.wanted
        return replace(made, origin=wish.origin) if isinstance(made, Job) else made

    async def decline(self, job_id: str, viewer: object) -> None:
        self.declined.append(job_id)

    async def send(self, job: Job, member_id: int, message: PostedVideo) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(job.id)

    async def cancel(self, job_id: str, viewer: object) -> Cancelled:
        return self.cancelled


@dataclass
class Stage:
    """Acts on real tables, with a maker that a test directs."""

    world: World
    maker: FakeMaker = field(default_factory=FakeMaker)
    direct: FakeDirect = field(default_factory=FakeDirect)
    discord: FakeReactions = field(default_factory=FakeReactions)

    @property
    def acts(self) -> ReactionActs:
        world, maker = self.world, cast("Any", self.maker)
        votes = VoteStore(world.database, world.clock)
        tools = ActTools(
            access=maker,
            questions=world.questions,
            removals=Parlour(world).removals,
            again=AgainMaker(
                world.questions, maker, maker, maker, votes, self.discord, world.clock
            ),
            veils=VeilStore(world.database, world.clock),
            policies=world.policies,
            preferences=PreferenceStore(world.database, world.clock),
            courier=maker,
            teller=Teller(self.direct, self.discord, world.clock),
            reactions=self.discord,
            clock=world.clock,
        )
        return ReactionActs(tools)

    async def do(
        self,
        act: Act,
        job: Job,
        *,
        member_id: int = MEMBER,
        kind: MessageKind = MessageKind.RESULT,
        why_not: str = "",
        may_ask: bool = True,
        may_write: bool = True,
    ) -> str:
        """React, and return what the member is told."""
        event = reacted(member_id, EMOJIS[act])
        reactor = replace(event.reactor, may_ask=may_ask, may_write=may_write, why_not=why_not)
        event = replace(event, reactor=reactor)
        before = len(self.direct.said)
        self.maker.wanted = job
        await self.acts.do(Wish(event, act, job, kind))
        return " ".join(text for _, text in self.direct.said[before:])
