"""What reactions ask for that are no votes: done, or refused with a reason."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import (
    Act,
    Cancelled,
    Emoji,
    JobState,
    MessageKind,
    PostedVideo,
    Reacted,
    Removed,
    Reported,
    Veiled,
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
from bot.pipeline.access import JobAccess
from bot.pipeline.reacting.again import AgainMaker
from bot.pipeline.reacting.courier import Courier
from bot.pipeline.reacting.teller import Recently, Teller
from bot.pipeline.reacting.wish import Wish, check_there
from bot.pipeline.removals import Removals
from bot.posting import words_reactions as words
from bot.posting.words import CANCEL_ANSWERS
from bot.posting.words_removal import REMOVALS, REPORTS
from bot.store.community.preferences import PreferenceStore
from bot.store.moderation.policies import PolicyStore
from bot.store.moderation.veils import VeilStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_WITHOUT_VIDEO: Final = frozenset({Act.COVER, Act.REMOVE})
"""What can be asked for under a card as well."""
_TOLD_AGAIN_AFTER: Final = timedelta(minutes=10)
"""Whoever reacts to many videos in a crowd is told once that it was too much."""


class TakeOff(Protocol):
    """The door to Discord, for reactions that can't be honoured."""

    async def take_off(self, message: PostedVideo, emoji: Emoji, member_id: int) -> bool:
        """Take somebody's reaction off, if the bot may manage messages there.

        Raises:
            PostingError: Discord would not, or was out of reach.
        """
        ...


@dataclass(frozen=True, slots=True)
class ActTools:
    """What the acts are done with."""

    access: JobAccess
    questions: JobQuestions
    removals: Removals
    again: AgainMaker
    veils: VeilStore
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
        self._turned_down = Recently(tools.clock)

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

    async def turn_down(self, wish: Wish) -> None:
        """Take the reaction off, and say once to each member that there were too many."""
        try:
            is_told = self._turned_down.is_new(wish.event.member_id, _TOLD_AGAIN_AFTER)
            with speaking(await self._language(wish.event)):
                await self._refuse(wish, words.TOO_MANY() if is_told else "")
        except Exception:
            log.exception("A reaction under job %s stays", wish.job.id)

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
            is_over = not wish.job.is_open or wish.job.state is JobState.FAILED
            raise InvalidRequestError((words.UNDER_CARD if is_over else words.NOT_POSTED)())
        match wish.act:
            case Act.SEND:
                await self._send(wish)
            case Act.AGAIN:
                await self._tools.again.make(wish)
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
        check_there(shown)
        await self._tools.courier.send(shown, wish.event.member_id, message)

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
        if text:
            await self._tools.teller.tell(event.member_id, event.message.channel_id, text)
