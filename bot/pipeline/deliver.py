"""Step 5: what is owed to Discord gets there, and the row says so."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import CleanImage, FailureKind, Job, MessageKind, OwedMessage
from bot.errors import (
    BotError,
    FetchError,
    MessageGoneError,
    PostingError,
    PostLaterError,
    PostRefusedError,
    PostTooLargeError,
)
from bot.media.storage import ResultStorage
from bot.pipeline.backoff import backoff
from bot.pipeline.persist import persist
from bot.pipeline.references import read_references
from bot.posting.facts import is_folded
from bot.posting.places import Place, Posted
from bot.store.outbox import OutboxStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_FLOOR: Final = timedelta(seconds=2)
_CAP: Final = timedelta(minutes=5)


class Poster(Protocol):
    """The door to Discord, as delivery needs it."""

    async def post(
        self,
        job: Job,
        message: OwedMessage,
        place: Place,
        *,
        card_id: int | None,
        video: Path | None,
        images: Sequence[CleanImage] = (),
    ) -> Posted:
        """Send one owed message, with its files, under its nonce.

        Raises:
            PostLaterError: Out of reach or busy; the same call is safe later.
            PostRefusedError: This place will not take it.
            PostTooLargeError: A file is over the place's limit.
            MessageGoneError: It was posted before and somebody removed it.
        """
        ...


class Deliverer:
    """Takes an owed message to Discord.

    `publishes_images` tells whether a provider is to fetch the images of a job from its card.
    """

    def __init__(
        self,
        outbox: OutboxStore,
        questions: JobQuestions,
        storage: ResultStorage,
        poster: Poster,
        clock: Clock,
        *,
        publishes_images: Callable[[Job], bool],
    ) -> None:
        self._outbox = outbox
        self._questions = questions
        self._storage = storage
        self._poster = poster
        self._clock = clock
        self._publishes_images = publishes_images

    async def deliver(self, owed: OwedMessage) -> None:
        """Send one message and record that it arrived, or when to try again."""
        job = await self._questions.job(owed.job_id)
        assert job is not None  # noqa: S101 - a foreign key holds it
        message = await self._outbox.start_sending(owed)
        try:
            posted = await self._post(job, message)
        except MessageGoneError:
            await self._outbox.settle_removed(message)
        except PostLaterError as error:
            await self._retry(message, error)
        except PostingError as error:
            log.warning("The %s of job %s can't be posted: %s", message.kind, job.id, error)
            await self._outbox.give_up(message, problem=str(error))
        except FetchError as error:
            if not error.is_final:
                await self._retry(message, error)
                return
            log.error("The file of job %s is not what was stored: %s", job.id, error)
            await self._outbox.give_up(message, problem=str(error), failure=FailureKind.LOST)
        else:
            await persist(
                lambda: self._outbox.mark_sent(
                    message,
                    channel_id=posted.channel_id,
                    message_id=posted.message_id,
                    shown=posted.shown,
                ),
                self._clock,
            )
            log.info("The %s of job %s is posted", message.kind, job.id)

    async def _retry(self, message: OwedMessage, error: BotError) -> None:
        pause = backoff(message.attempts, floor=_FLOOR, cap=_CAP)
        await self._outbox.retry(message, self._clock.now() + pause, problem=str(error))

    async def _post(self, job: Job, message: OwedMessage) -> Posted:
        if message.kind is MessageKind.CARD:
            return await self._post_card(job, message)
        video = await self._file_of(job) if message.kind is MessageKind.RESULT else None
        card = (await self._outbox.sent(job.id)).get(MessageKind.CARD)
        card_id = None if card is None else card.message_id
        try:
            return await self._poster.post(
                job, message, Place.CHANNEL, card_id=card_id, video=video
            )
        except PostRefusedError:
            return await self._poster.post(job, message, Place.REQUESTER, card_id=None, video=video)

    async def _post_card(self, job: Job, message: OwedMessage) -> Posted:
        """Post a card in its channel, where it belongs; without its images when need be.

        The step that would have sent their addresses on then ends the job.
        """
        images = await self._images_of(job)
        try:
            return await self._poster.post(
                job, message, Place.CHANNEL, card_id=None, video=None, images=images
            )
        except PostTooLargeError as error:
            if not images:
                raise
            log.warning("The images of job %s can't be shown with its card: %s", job.id, error)
            return await self._poster.post(job, message, Place.CHANNEL, card_id=None, video=None)

    async def _images_of(self, job: Job) -> Sequence[CleanImage]:
        if not job.references or is_folded(job) or not self._publishes_images(job):
            return ()
        try:
            return await read_references(self._storage, job)
        except FetchError as error:
            if not error.is_final:
                raise
            log.warning("The images of job %s are gone, so its card lacks them: %s", job.id, error)
            return ()

    async def _file_of(self, job: Job) -> Path:
        assert job.video is not None  # noqa: S101 - a check of the table holds it
        return await self._storage.verify(
            job.video.key, sha256=job.video.sha256, size_bytes=job.video.size_bytes
        )
