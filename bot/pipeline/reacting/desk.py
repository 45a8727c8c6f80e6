"""Takes reactions in small batches: votes are written, wishes are handed to a few workers."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol

from bot.clock import Clock
from bot.domain import (
    Act,
    Cleared,
    Job,
    MessageKind,
    OwedMessage,
    PolicyName,
    PostedVideo,
    Reacted,
    ReactionEvent,
    ReactionRules,
    Scope,
    Standing,
    Unreacted,
    Vote,
    VoteChange,
    VoteKind,
    Wiped,
    Withdrawn,
)
from bot.limits.reactions import rules_of
from bot.pipeline.reacting.inbox import ReactionInbox
from bot.pipeline.reacting.overflow import Overflow
from bot.pipeline.reacting.wish import Wish
from bot.store.community.copies import MayCopy
from bot.store.community.votes import VoteStore
from bot.store.moderation.policies import PolicyStore
from bot.store.questions import JobQuestions

VOTES: Final = {Act.FAVOUR: VoteKind.FAVOUR, Act.DISFAVOUR: VoteKind.DISFAVOUR}
LONGEST_EMOJI: Final = 64
"""Characters of the column; no emoji of Discord's is nearly so long."""
_SETTLING_SECONDS: Final = 2.0
"""A reaction may be faster than the row that says where the video was posted."""
_AT_ONCE: Final = 4
_MOST_WISHES: Final = 100
"""Wishes that are done or wait for it; more than that are turned down."""


@dataclass(slots=True)
class _Sorted:
    """A batch, by what becomes of it."""

    changes: list[VoteChange] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    held: set[int] = field(default_factory=set)


class Doer(Protocol):
    """Does what reactions ask for, and keeps to itself what goes wrong."""

    async def do(self, wish: Wish) -> None:
        """Do it, or say why not."""
        ...

    async def turn_down(self, wish: Wish) -> None:
        """Take the reaction off: there is no time for what it asks for."""
        ...

    def close(self) -> None:
        """Leave what was meant for later."""
        ...


class ReactionDesk:
    """The one way from an event to a row; see `ReactionInbox` for the order."""

    def __init__(
        self,
        questions: JobQuestions,
        policies: PolicyStore,
        votes: VoteStore,
        acts: Doer,
        may_copy: MayCopy,
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._questions = questions
        self._policies = policies
        self._votes = votes
        self._acts = acts
        self._may_copy = may_copy
        self._wake = wake
        self._clock = clock
        self.inbox = ReactionInbox(self.take, clock)
        self._settled: set[int] = set()
        self._wishing: set[asyncio.Task[None]] = set()
        self._settling: set[asyncio.Task[None]] = set()
        self._overflow = Overflow(acts.turn_down)
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def take(self, batch: Sequence[ReactionEvent]) -> None:
        """Write the votes of a batch in one commit, then begin what it asks for.

        Raises:
            StoreUnavailableError: Nothing was written or begun; the same batch is taken again.
        """
        known = await self._questions.pointed_at({one.message.message_id for one in batch})
        rules = await self._rules(job for job, _ in known.values())
        sorted_ = _Sorted()
        for event in batch:
            self._sort(event, known, rules, sorted_)
        if sorted_.changes and await self._votes.apply(sorted_.changes, self._may_copy):
            self._wake()
        for event in batch:
            if event.message.message_id in sorted_.held:
                self.inbox.hold(event.message.message_id, event)
        for message_id in sorted_.held:
            self._later(self._settle(message_id))
        for wish in sorted_.wishes:
            self._begin(wish)

    async def reconcile(
        self, job_id: str, message: PostedVideo, standing: Sequence[Standing]
    ) -> None:
        """Make the votes of a message what its reactions are; the inbox has to hold it.

        Raises:
            StoreUnavailableError: The database did not answer.
        """
        if await self._votes.reconcile(job_id, message, standing, self._may_copy):
            self._wake()

    async def rules(self, guild_id: int) -> ReactionRules:
        """Read what the emojis do in a server."""
        book = await self._policies.book(guild_id)
        return rules_of(book.value(Scope.SERVER, guild_id, PolicyName.REACTIONS))

    async def close(self, grace: timedelta) -> None:
        """Let what was begun finish for `grace`."""
        self.inbox.close()
        for task in self._settling:
            task.cancel()
        if self._wishing:
            await asyncio.wait(self._wishing, timeout=grace.total_seconds())
        for task in self._wishing:
            task.cancel()
        await asyncio.gather(*self._wishing, *self._settling, return_exceptions=True)
        await self._overflow.close()
        self._acts.close()

    async def _rules(self, jobs: Iterable[Job]) -> Mapping[int, ReactionRules]:
        guild_ids = {job.origin.guild_id for job in jobs}
        return {guild_id: await self.rules(guild_id) for guild_id in guild_ids}

    def _sort(
        self,
        event: ReactionEvent,
        known: Mapping[int, tuple[Job, OwedMessage]],
        rules: Mapping[int, ReactionRules],
        into: _Sorted,
    ) -> None:
        message_id = event.message.message_id
        if message_id in into.held:
            return
        if message_id not in known:
            if isinstance(event, Reacted) and message_id not in self._settled:
                into.held.add(message_id)
            return
        job, message = known[message_id]
        match event:
            case Unreacted():
                gone = Withdrawn(message_id, event.member_id, event.emoji.exact)
                into.changes.append(gone)
            case Wiped():
                emoji = None if event.emoji is None else event.emoji.exact
                into.changes.append(Cleared(message_id, emoji))
            case Reacted():
                act = rules[job.origin.guild_id].act(event.emoji)
                if act in VOTES and message.kind is not MessageKind.CARD:
                    into.changes += _votes(event, VOTES[act], job, self._clock)
                elif act is not None and _is_theirs(event, job):
                    into.wishes.append(Wish(event, act, job, message.kind))

    async def _settle(self, message_id: int) -> None:
        await self._clock.sleep(_SETTLING_SECONDS)
        self._settled.add(message_id)
        self.inbox.release(message_id)
        await self._clock.sleep(_SETTLING_SECONDS)
        self._settled.discard(message_id)

    def _begin(self, wish: Wish) -> None:
        if len(self._wishing) >= _MOST_WISHES:
            self._overflow.add(wish)
            return
        task = asyncio.create_task(self._in_turn(wish))
        self._wishing.add(task)
        task.add_done_callback(self._wishing.discard)

    async def _in_turn(self, wish: Wish) -> None:
        async with self._room:
            await self._acts.do(wish)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)


def _votes(event: Reacted, kind: VoteKind, job: Job, clock: Clock) -> list[VoteChange]:
    if len(event.emoji.exact) > LONGEST_EMOJI or not _is_theirs(event, job):
        return []
    return [
        Vote(
            message_id=event.message.message_id,
            member_id=event.member_id,
            emoji=event.emoji.exact,
            job_id=job.id,
            guild_id=job.origin.guild_id,
            kind=kind,
            at=clock.now(),
        )
    ]


def _is_theirs(event: Reacted, job: Job) -> bool:
    """Tell whether a job is of the server that the reaction comes from, and not another's secret.

    What stands in public for a private video is no video to others.
    """
    is_open = not job.is_private or job.origin.requester_id == event.member_id
    return is_open and event.reactor.viewer.guild_id == job.origin.guild_id
