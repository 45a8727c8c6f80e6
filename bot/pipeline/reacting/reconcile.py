"""Makes up for reactions that nobody heard: reads them from the messages of the last days."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import Act, PostedVideo, ReactionRules, Standing, VoteKind
from bot.errors import BotError, MessageGoneError, PostingError, StoreUnavailableError
from bot.pipeline.reacting.desk import LONGEST_EMOJI, VOTES, ReactionDesk
from bot.pipeline.removals import Removals
from bot.posting.reactions import Pile
from bot.store.community.votes import VoteStore
from bot.store.moderation.followed import FollowingStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

SINCE: Final = timedelta(days=14)
MOST_MESSAGES: Final = 300
"""Of those days, the newest."""
MOST_PEOPLE: Final = 1000
"""Who are asked for with one emoji; of more nobody is taken away."""
PACE_SECONDS: Final = 0.5
"""Between two messages, so that there is room for everything else that is said to Discord."""
_TROUBLE_SECONDS: Final = 10.0
_KINDS: Final = {**VOTES, Act.AGAIN: VoteKind.AGAIN}


class ReactionReader(Protocol):
    """The door to Discord, for what stands under a message."""

    async def piles(self, message: PostedVideo) -> list[Pile]:
        """List the reactions of a message by their emojis.

        Raises:
            MessageGoneError: The message is gone.
            PostingError: Discord would not, or was out of reach.
        """
        ...

    async def people(
        self, message: PostedVideo, pile: Pile, *, most: int
    ) -> tuple[frozenset[int], bool]:
        """List who reacts with an emoji, without bots, and say whether that is everybody.

        Raises:
            PostingError: As `piles`.
        """
        ...


class Reconciler:
    """Reads one message after another, at its own pace; what is heard meanwhile waits its turn.

    Votes and reports are made up for. What somebody wished while nobody listened is not done
    late: they may not want it any more.
    """

    def __init__(
        self,
        desk: ReactionDesk,
        votes: VoteStore,
        questions: JobQuestions,
        removals: Removals,
        following: FollowingStore,
        reader: ReactionReader,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._votes = votes
        self._questions = questions
        self._removals = removals
        self._following = following
        self._reader = reader
        self._clock = clock
        self._asked = asyncio.Event()

    def soon(self) -> None:
        """Read the messages of the last days as soon as possible: events may have been missed."""
        self._asked.set()

    async def run(self) -> None:
        """Work for ever: when asked, and after more events than could be taken in."""
        while True:
            if self._asked.is_set():
                self._asked.clear()
                await self._guarded()
            missed = self._desk.inbox.missed()
            for message in missed:
                await self._read(message)
            if not missed and not self._asked.is_set():
                await self._rest()

    async def everything(self) -> None:
        """Read the messages of the last days once.

        Raises:
            StoreUnavailableError: The database did not answer.
        """
        recent = await self._votes.recent(SINCE, limit=MOST_MESSAGES)
        for job_id, message in recent:
            await self._one(job_id, message)
            await self._clock.sleep(PACE_SECONDS)
        if recent:
            log.info("Read the reactions of the last %d videos", len(recent))

    async def _guarded(self) -> None:
        try:
            await self.everything()
        except StoreUnavailableError as error:
            log.info("Reactions that were missed are read later: %s", error)
            await self._clock.sleep(_TROUBLE_SECONDS)
            self._asked.set()

    async def _read(self, message: PostedVideo) -> None:
        try:
            found = await self._questions.pointed_at([message.message_id])
            for job, _ in found.values():
                await self._one(job.id, message)
        except StoreUnavailableError as error:
            log.info("The reactions of a message are read later: %s", error)
            self._desk.inbox.miss(message)
            await self._clock.sleep(_TROUBLE_SECONDS)
        await self._clock.sleep(PACE_SECONDS)

    async def _one(self, job_id: str, message: PostedVideo) -> None:
        try:
            async with self._desk.inbox.holding(message.message_id) as is_ours:
                if is_ours:
                    await self._make_up_for(job_id, message)
        except StoreUnavailableError:
            raise
        except MessageGoneError:
            await self._votes.drop(message.message_id)
            if await self._following.original_gone(job_id, message):
                log.info("Job %s: its message was deleted, so its copy goes", job_id)
        except PostingError as error:
            log.info("The reactions of job %s can't be read: %s", job_id, error)
        except BotError as error:
            log.error("The reactions of job %s are left as they are: %s", job_id, error)
        except Exception:
            log.exception("The reactions of job %s are left as they are", job_id)

    async def _make_up_for(self, job_id: str, message: PostedVideo) -> None:
        job = await self._questions.job(job_id)
        if job is None or job.is_private:
            return  # what stands in public for a private video is no video to others
        rules = await self._desk.rules(job.origin.guild_id)
        piles = await self._reader.piles(message)
        standing = await self._standing(message, piles, rules)
        await self._desk.reconcile(job_id, message, standing)
        for pile in piles:
            if rules.act(pile.emoji) is Act.REPORT:
                people, _ = await self._people(message, pile)
                for member_id in sorted(people):
                    await self._removals.report_found(job, member_id)

    async def _standing(
        self, message: PostedVideo, piles: Sequence[Pile], rules: ReactionRules
    ) -> list[Standing]:
        found: list[Standing] = []
        for pile in piles:
            act = rules.act(pile.emoji)
            if act in _KINDS and len(pile.emoji.exact) <= LONGEST_EMOJI:
                people, is_whole = await self._people(message, pile)
                found.append(Standing(pile.emoji.exact, _KINDS[act], people, is_whole))
        return found

    async def _people(self, message: PostedVideo, pile: Pile) -> tuple[frozenset[int], bool]:
        if pile.is_own and pile.count == 1:
            return frozenset(), True
        return await self._reader.people(message, pile, most=MOST_PEOPLE)

    async def _rest(self) -> None:
        """Wait until asked; what the inbox had no room for is looked after now and then."""
        ends = [
            asyncio.create_task(self._asked.wait()),
            asyncio.create_task(self._clock.sleep(_TROUBLE_SECONDS)),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
