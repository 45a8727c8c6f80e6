"""Carries out removals: posted videos leave Discord, and their files the storage."""

import logging
from datetime import timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import Job, PostedVideo, Removal, Takedown
from bot.errors import FetchError, MessageGoneError, PostingError, StoreUnavailableError
from bot.pipeline.backoff import backoff
from bot.store.community.votes import VoteStore
from bot.store.moderation.takedowns import TakedownStore
from bot.store.questions import JobQuestions
from bot.store.retention import RetentionStore, Whose

log = logging.getLogger(__name__)

PATIENCE: Final = timedelta(days=14)
"""A place that was closed for so long is given up."""
_FLOOR: Final = timedelta(seconds=2)
_CAP: Final = timedelta(hours=1)
_AT_A_TIME: Final = 20


class VideoRemover(Protocol):
    """The door to Discord, as removals need it."""

    async def delete(self, message: PostedVideo) -> None:
        """Delete a message.

        Raises:
            PostLaterError: Out of reach or busy.
            PostRefusedError: The channel is closed to us.
            MessageGoneError: It is gone already.
        """
        ...

    async def cover(self, job: Job, message: PostedVideo) -> None:
        """Take the video off a message, and say that moderators look at it.

        Raises:
            PostLaterError: Out of reach or busy.
            PostRefusedError: The channel is closed to us.
            MessageGoneError: It is gone already.
        """
        ...

    async def veil(self, job: Job, message: PostedVideo) -> None:
        """Put the video of a message, and what it says, behind a cover; twice does no harm.

        Raises:
            PostLaterError: Out of reach or busy.
            PostRefusedError: The channel is closed to us.
            MessageGoneError: It is gone already.
        """
        ...


class FileRemover(Protocol):
    """The storage, as removals need it."""

    async def remove(self, *keys: str) -> None:
        """Remove the files under `keys` that are there.

        Raises:
            StorageError: The storage would not let go of them; not final.
        """
        ...


class TakedownRound:
    """Does what is due, in one process; what could not be done comes back later."""

    def __init__(
        self,
        store: TakedownStore,
        votes: VoteStore,
        questions: JobQuestions,
        retention: RetentionStore,
        files: FileRemover,
        remover: VideoRemover,
        clock: Clock,
    ) -> None:
        self._store = store
        self._votes = votes
        self._questions = questions
        self._retention = retention
        self._files = files
        self._remover = remover
        self._clock = clock

    async def round(self) -> None:
        """Look once at what is due; one that breaks keeps no other one waiting."""
        for takedown in await self._store.due(limit=_AT_A_TIME):
            try:
                is_done = await self._carry_out(takedown)
            except StoreUnavailableError:
                raise
            except Exception:
                log.exception("The removal of job %s broke", takedown.job_id)
                is_done = False
            await self._settle(takedown, is_done=is_done)

    async def _carry_out(self, takedown: Takedown) -> bool:
        """Try everything that is left to do, and tell whether that was all."""
        job = await self._questions.job(takedown.job_id)
        assert job is not None  # noqa: S101 - a foreign key holds it
        is_done = not await self._store.is_awaited(takedown)
        for message in await self._store.messages(takedown):
            is_done &= await self._take(takedown.kind, job, message)
        for copy in await self._store.leaving(takedown):
            is_done &= await self._take(Removal.REMOVE, job, copy)
        if takedown.removes_file:
            is_done &= await self._forget_file(job.id)
        return is_done

    async def _take(self, kind: Removal, job: Job, message: PostedVideo) -> bool:
        try:
            match kind:
                case Removal.HIDE:
                    await self._remover.cover(job, message)
                case Removal.VEIL:
                    await self._remover.veil(job, message)
                case Removal.REMOVE | Removal.CLEAR:
                    await self._remover.delete(message)
                    await self._votes.drop(message.message_id)
        except MessageGoneError:
            await self._votes.drop(message.message_id)
            return True
        except PostingError as error:
            log.info("Job %s: its video stays in %d for now: %s", job.id, message.channel_id, error)
            return False
        if kind is Removal.HIDE:
            await self._store.mark_covered(message)
        return True

    async def _forget_file(self, job_id: str) -> bool:
        """Remove the file, then write it to the row: what breaks off in between is done again."""
        found = await self._retention.oldest_videos(None, of=Whose(job_id=job_id))
        try:
            await self._files.remove(*(key for one in found for key in one.keys))
        except FetchError as error:
            log.error("The file of job %s can't be removed now: %s", job_id, error)
            return False
        await self._retention.record_videos(found)
        return not await self._retention.has_video(job_id)

    async def _settle(self, takedown: Takedown, *, is_done: bool) -> None:
        now = self._clock.now()
        if is_done:
            await self._store.finish(takedown)
            log.info("Job %s: %s is done", takedown.job_id, takedown.kind)
        elif now - takedown.asked_at >= PATIENCE:
            log.warning("The removal of job %s is given up: see above", takedown.job_id)
            await self._store.finish(takedown)
        else:
            pause = backoff(takedown.attempts, floor=_FLOOR, cap=_CAP)
            await self._store.retry(takedown, now + pause)
