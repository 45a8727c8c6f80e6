"""Makes a video again for whoever reacts to it: once for each reaction, at their own cost."""

import hashlib
from typing import Protocol

from bot.clock import Clock
from bot.domain import (
    Denial,
    Hold,
    Job,
    MessageKind,
    Origin,
    Reactor,
    Vote,
    VoteKind,
)
from bot.errors import InvalidRequestError, NotAllowedError
from bot.pipeline.access import check_not_removed
from bot.pipeline.confirm import Confirmer
from bot.pipeline.pressing import Pressing
from bot.pipeline.reacting.wish import Wish, check_there
from bot.pipeline.sequels import Sequels
from bot.pipeline.sequels import Wish as SequelWish
from bot.posting import words_reactions as words
from bot.posting.denials import denial_text
from bot.posting.text import dollars
from bot.store.community.votes import VoteStore
from bot.store.questions import JobQuestions


class Reactors(Protocol):
    """What Discord says about somebody in another channel than the one they react in."""

    async def reactor_in(self, guild_id: int, channel_id: int, member_id: int) -> Reactor | None:
        """Say what a member may do in a channel; None when one of them is not known there.

        Raises:
            PostingError: Discord was out of reach.
        """
        ...


class AgainMaker:
    """Asks for what a button would ask for, with what Discord tells of a reaction."""

    def __init__(
        self,
        questions: JobQuestions,
        pressing: Pressing,
        sequels: Sequels,
        confirmer: Confirmer,
        votes: VoteStore,
        reactors: Reactors,
        clock: Clock,
    ) -> None:
        self._questions = questions
        self._pressing = pressing
        self._sequels = sequels
        self._confirmer = confirmer
        self._votes = votes
        self._reactors = reactors
        self._clock = clock

    async def make(self, wish: Wish) -> None:
        """Make it, where the reaction is; however often its event is heard.

        Raises:
            UserError: It can't be made, or not for them; the text says why.
            BotError: Something is out of order.
        """
        shown = await self._questions.shown_as(wish.job, wish.event.message.message_id)
        if wish.kind is MessageKind.JOINED or shown.is_joined:
            raise InvalidRequestError(words.JOINED_AGAIN())
        check_there(wish.job)
        reactor = await self._where(wish)
        if reactor.why_not:
            raise NotAllowedError(reactor.why_not)
        job = await self._pressing.job(wish.job.id, wish.viewer)
        await self._check_source(job)
        kept = await self._votes.keep(_kept(wish, self._clock))
        origin = Origin(
            interaction_id=interaction_id_of(kept),
            guild_id=reactor.viewer.guild_id,
            channel_id=reactor.viewer.channel_id,
            requester_id=reactor.viewer.member_id,
            parent_id=reactor.parent_id,
            language=reactor.language,
        )
        asked = SequelWish(wish.viewer, origin, reactor.asker)
        made = await self._sequels.again(job.id, asked)
        if isinstance(made, Denial):
            raise NotAllowedError(denial_text(made))
        is_theirs = made.origin.interaction_id == origin.interaction_id
        if made.held_for is Hold.CONFIRMATION and is_theirs:
            # Nobody but them may see the question, and a reaction can't be answered like that.
            await self._confirmer.decline(made.id, wish.viewer)
            raise InvalidRequestError(words.PRICE_FIRST(price=_price(made)))

    async def _where(self, wish: Wish) -> Reactor:
        """Say from where it is asked for: of a copy in a gallery that is where its original was.

        Galleries are there to look at.
        """
        if wish.kind is not MessageKind.GALLERY:
            reactor = wish.event.reactor
            if not reactor.may_ask:
                raise NotAllowedError(words.NOT_COMMANDS())
            if not reactor.may_write:
                raise NotAllowedError(words.NOT_WRITING())
            return reactor
        home = wish.job.origin.channel_id
        found = await self._reactors.reactor_in(wish.viewer.guild_id, home, wish.event.member_id)
        if found is None or not (found.may_ask and found.may_write):
            raise NotAllowedError(words.NOT_THERE(channel=f"<#{home}>"))
        return found

    async def _check_source(self, job: Job) -> None:
        source = None if job.source_id is None else await self._questions.job(job.source_id)
        if source is not None:
            check_not_removed(source)
            check_there(source)


def interaction_id_of(vote: Vote) -> int:
    """Make the number that a job is known by which a reaction asked for.

    Ours are negative. It is the same for one reaction as long as that stands, and another one
    when the member puts it there anew.
    """
    text = f"{vote.message_id}:{vote.member_id}:{vote.emoji}:{vote.at.isoformat()}"
    return -1 - int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])


def _kept(wish: Wish, clock: Clock) -> Vote:
    return Vote(
        message_id=wish.event.message.message_id,
        member_id=wish.event.member_id,
        emoji=wish.event.emoji.exact,
        job_id=wish.job.id,
        guild_id=wish.viewer.guild_id,
        kind=VoteKind.AGAIN,
        at=clock.now(),
    )


def _price(job: Job) -> str:
    if job.estimate_micros is None:
        return words.PRICE_UNKNOWN()
    return words.PRICE_AT_MOST(price=dollars(job.estimate_micros))
