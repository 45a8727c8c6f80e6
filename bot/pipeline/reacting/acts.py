"""What reactions ask for that are no votes: done, or refused with a reason."""

import hashlib
import logging
from dataclasses import dataclass
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import (
    Act,
    Cancelled,
    Denial,
    Emoji,
    Hold,
    Job,
    JobState,
    MessageKind,
    Origin,
    PostedVideo,
    Reacted,
    Removed,
    Reported,
    Veiled,
    Viewer,
    Vote,
    VoteKind,
)
from bot.errors import (
    BotError,
    InvalidRequestError,
    NotAllowedError,
    PostingError,
    StoreUnavailableError,
    UserError,
)
from bot.language import speaking
from bot.pipeline.access import JobAccess, check_not_removed
from bot.pipeline.confirm import Confirmer
from bot.pipeline.pressing import Pressing
from bot.pipeline.reacting.courier import Courier
from bot.pipeline.reacting.teller import Teller
from bot.pipeline.removals import Removals
from bot.pipeline.sequels import Sequels
from bot.pipeline.sequels import Wish as SequelWish
from bot.posting import words_reactions as words
from bot.posting.denials import denial_text
from bot.posting.text import dollars
from bot.posting.words import CANCEL_ANSWERS
from bot.posting.words_removal import REMOVALS, REPORTS
from bot.store.community.preferences import PreferenceStore
from bot.store.community.votes import VoteStore
from bot.store.moderation.policies import PolicyStore
from bot.store.moderation.veils import VeilStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_WITHOUT_VIDEO: Final = frozenset({Act.COVER, Act.REMOVE})
"""What can be asked for under a card as well."""


class TakeOff(Protocol):
    """The door to Discord, for reactions that can't be honoured."""

    async def take_off(self, message: PostedVideo, emoji: Emoji, member_id: int) -> bool:
        """Take somebody's reaction off, if the bot may manage messages there.

        Raises:
            PostingError: Discord would not, or was out of reach.
        """
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """A reaction that asks for something, with the job whose message it is under."""

    event: Reacted
    act: Act
    job: Job
    kind: MessageKind

    @property
    def viewer(self) -> Viewer:
        """Return who asks."""
        return self.event.reactor.viewer

    @property
    def is_own(self) -> bool:
        """Whether it is their own job."""
        return self.job.origin.requester_id == self.event.member_id


@dataclass(frozen=True, slots=True)
class ActTools:
    """What the acts are done with."""

    access: JobAccess
    questions: JobQuestions
    removals: Removals
    pressing: Pressing
    sequels: Sequels
    confirmer: Confirmer
    veils: VeilStore
    votes: VoteStore
    policies: PolicyStore
    preferences: PreferenceStore
    courier: Courier
    teller: Teller
    reactions: TakeOff
    clock: Clock


class ReactionActs:
    """Does one wish at a time; nothing that goes wrong gets out of it."""

    def __init__(self, tools: ActTools) -> None:
        self._tools = tools

    async def do(self, wish: Wish) -> None:
        """Do what was asked for, or take the reaction off and say why not."""
        with speaking(await self._language(wish.event)):
            try:
                await self._do(wish)
            except UserError as error:
                await self._refuse(wish, str(error))
            except BotError as error:
                log.error("A reaction under job %s is lost: %s", wish.job.id, error)
                await self._refuse(wish, words.TROUBLE())
            except Exception:
                log.exception("A reaction under job %s broke", wish.job.id)
                await self._refuse(wish, words.TROUBLE())

    def close(self) -> None:
        """Take back no notes any more."""
        self._tools.teller.close()

    async def _language(self, event: Reacted) -> str:
        """Return what is spoken to whoever reacts: Discord does not tell their locale with it."""
        tools, reactor = self._tools, event.reactor
        try:
            chosen = await tools.preferences.language(event.member_id)
            return (
                chosen or await tools.policies.language(reactor.viewer.guild_id) or reactor.language
            )
        except StoreUnavailableError:
            return reactor.language

    async def _do(self, wish: Wish) -> None:
        if wish.kind is MessageKind.CARD and wish.act not in _WITHOUT_VIDEO:
            return
        match wish.act:
            case Act.SEND:
                await self._send(wish)
            case Act.AGAIN:
                await self._again(wish)
            case Act.COVER:
                await self._cover(wish)
            case Act.REMOVE:
                await self._remove(wish)
            case Act.REPORT:
                member_id = wish.event.member_id
                outcome = await self._tools.removals.report_found(wish.job, member_id)
                if outcome is Reported.OWN:
                    raise NotAllowedError(REPORTS[outcome]())
            case Act.FAVOUR | Act.DISFAVOUR:
                pass  # counted before it comes here

    async def _send(self, wish: Wish) -> None:
        message = wish.event.message
        shown = await self._tools.questions.shown_as(wish.job, message.message_id)
        _check_there(shown)
        await self._tools.courier.send(shown, wish.event.member_id, message)

    async def _again(self, wish: Wish) -> None:
        """Make it once for each reaction, however often its event is heard."""
        reactor = wish.event.reactor
        if wish.kind is MessageKind.JOINED:
            raise InvalidRequestError(words.JOINED_AGAIN())
        _check_there(wish.job)
        if not reactor.may_ask:
            raise NotAllowedError(words.NOT_COMMANDS())
        if reactor.why_not:
            raise NotAllowedError(reactor.why_not)
        job = await self._tools.pressing.job(wish.job.id, wish.viewer)
        await self._check_source(job)
        kept = await self._tools.votes.keep(_kept(wish, self._tools.clock))
        origin = Origin(
            interaction_id=interaction_id_of(kept),
            guild_id=wish.viewer.guild_id,
            channel_id=wish.viewer.channel_id,
            requester_id=wish.viewer.member_id,
            parent_id=reactor.parent_id,
            language=reactor.language,
        )
        asked = SequelWish(wish.viewer, origin, reactor.asker)
        made = await self._tools.sequels.again(job.id, asked)
        if isinstance(made, Denial):
            raise NotAllowedError(denial_text(made))
        is_theirs = made.origin.interaction_id == origin.interaction_id
        if made.held_for is Hold.CONFIRMATION and is_theirs:
            # Nobody but them may see the question, and a reaction can't be answered like that.
            await self._tools.confirmer.decline(made.id, wish.viewer)
            raise InvalidRequestError(words.PRICE_FIRST(price=_price(made)))

    async def _check_source(self, job: Job) -> None:
        source = None if job.source_id is None else await self._tools.questions.job(job.source_id)
        if source is not None:
            check_not_removed(source)
            _check_there(source)

    async def _cover(self, wish: Wish) -> None:
        if not (wish.is_own or wish.viewer.is_moderator):
            raise NotAllowedError(words.COVER_NOT_YOURS())
        outcome = await self._tools.veils.veil(wish.job.id, wish.viewer.member_id)
        if outcome is Veiled.WITHDRAWN:
            raise NotAllowedError(words.WITHDRAWN())

    async def _remove(self, wish: Wish) -> None:
        job = wish.job
        if job.is_open and job.state is not JobState.FAILED:
            outcome = await self._tools.access.cancel(job.id, wish.viewer)
            if outcome in {Cancelled.TOO_LATE, Cancelled.OVER}:
                raise InvalidRequestError(CANCEL_ANSWERS[outcome]())
            return
        seen = None if wish.kind is MessageKind.CARD else wish.event.message
        removed, _ = await self._tools.removals.remove_found(job, wish.viewer, seen)
        if removed is Removed.NO_VIDEO:
            raise InvalidRequestError(REMOVALS[removed](job_id=job.id))

    async def _refuse(self, wish: Wish, text: str) -> None:
        event = wish.event
        log.info("A reaction under job %s is not honoured: %s", wish.job.id, text)
        try:
            await self._tools.reactions.take_off(event.message, event.emoji, event.member_id)
        except PostingError as error:
            log.info("A reaction under job %s stays: %s", wish.job.id, error)
        await self._tools.teller.tell(event.member_id, event.message.channel_id, text)


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


def _check_there(job: Job) -> None:
    if job.removed_at is not None or job.hidden_at is not None:
        raise NotAllowedError(words.WITHDRAWN())


def _price(job: Job) -> str:
    if job.estimate_micros is None:
        return words.PRICE_UNKNOWN()
    return words.PRICE_AT_MOST(price=dollars(job.estimate_micros))
