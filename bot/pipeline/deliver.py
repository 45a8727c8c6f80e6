"""Step 5: what is owed to Discord gets there, and the row says so."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import (
    WITH_VIDEO,
    CleanImage,
    FailureKind,
    Job,
    MessageKind,
    OwedMessage,
    Place,
)
from bot.errors import (
    BotError,
    FetchError,
    MessageGoneError,
    PostingError,
    PostLaterError,
    PostRefusedError,
    PostTooLargeError,
    ShrinkerBusyError,
)
from bot.pipeline.backoff import backoff
from bot.pipeline.errand import Errand, Poster, TooSoonError
from bot.pipeline.gallery import GalleryGate
from bot.pipeline.ladder import VideoLadder, places_of
from bot.pipeline.persist import persist
from bot.pipeline.references import ReferenceFiles, read_references
from bot.posting.curtain import is_behind_curtain
from bot.posting.facts import is_folded
from bot.posting.places import Posted
from bot.store.outbox import OutboxStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_FLOOR: Final = timedelta(seconds=2)
_CAP: Final = timedelta(minutes=5)
_TURN: Final = timedelta(seconds=2)
"""Until a video asks again whether it can be made smaller now."""
_TO_GALLERIES: Final = frozenset({MessageKind.GALLERY, MessageKind.WEEKLY})


class Deliverer:
    """Takes an owed message to Discord.

    `publishes_images` tells whether a provider is to fetch the images of a job from its card.
    """

    def __init__(
        self,
        outbox: OutboxStore,
        questions: JobQuestions,
        files: ReferenceFiles,
        poster: Poster,
        ladder: VideoLadder,
        gate: GalleryGate,
        clock: Clock,
        *,
        publishes_images: Callable[[Job], bool],
    ) -> None:
        self._outbox = outbox
        self._questions = questions
        self._files = files
        self._poster = poster
        self._ladder = ladder
        self._gate = gate
        self._clock = clock
        self._publishes_images = publishes_images

    async def deliver(self, owed: OwedMessage) -> None:
        """Send one message and record that it arrived, or when to try again."""
        job = await self._questions.job_of(owed)
        assert job is not None  # noqa: S101 - a foreign key holds it
        errand = Errand(self._outbox, self._poster, self._clock, job, owed)
        try:
            posted = await self._earlier(errand) or await self._post(errand)
        except TooSoonError as error:
            await self._outbox.wait(errand.message, error.until, reason=str(error))
            return
        except ShrinkerBusyError as error:
            await self._outbox.wait(errand.message, self._clock.now() + _TURN, reason=str(error))
            return
        except MessageGoneError:
            await self._outbox.settle_removed(errand.message)
        except (PostingError, FetchError) as error:
            if await self._is_retried(errand, error):
                return
            await self._give_up(errand.message, error)
        else:
            await self._settle(errand.message, posted)
        if errand.message.kind in WITH_VIDEO:
            await self._ladder.forget(job)

    async def _earlier(self, errand: Errand) -> Posted | None:
        try:
            return await errand.earlier()
        except PostLaterError:
            if not self._is_overdue(errand.message):
                raise
            return None

    async def _settle(self, message: OwedMessage, posted: Posted) -> None:
        await persist(
            lambda: self._outbox.mark_sent(
                message,
                channel_id=posted.channel_id,
                message_id=posted.message_id,
                shown=posted.shown,
            ),
            self._clock,
        )
        log.info("The %s of job %s is posted", message.kind, message.job_id)

    async def _is_retried(self, errand: Errand, error: PostingError | FetchError) -> bool:
        """Leave the message owed when it may go better later; False when it is the end."""
        message = errand.message
        is_final = error.is_final if isinstance(error, FetchError) else False
        is_for_later = isinstance(error, PostLaterError | FetchError) and not is_final
        if not is_for_later or self._is_overdue(message):
            return False
        pause = backoff(message.attempts, floor=_FLOOR, cap=_CAP)
        await self._outbox.retry(
            message, self._clock.now() + pause, problem=str(error), has_ended=errand.has_ended
        )
        return True

    async def _give_up(self, message: OwedMessage, error: BotError) -> None:
        if isinstance(error, FetchError) and error.is_final:
            log.error("The file of job %s is not what was stored: %s", message.job_id, error)
            failure = FailureKind.LOST
        else:
            log.warning("The %s of job %s can't be posted: %s", message.kind, message.job_id, error)
            failure = FailureKind.UNDELIVERABLE
        await self._outbox.give_up(message, problem=str(error), failure=failure)

    async def _post(self, errand: Errand) -> Posted:
        """Post the message at the first place that takes it.

        Raises:
            PostRefusedError: None does.
            PostTooLargeError: The last one would, but for the size.
        """
        if errand.job.removed_at is not None and errand.message.kind in WITH_VIDEO:
            raise PostRefusedError("its video was removed")
        if errand.message.kind in _TO_GALLERIES:
            await self._gate.check(errand.job, errand.message)
        problem: PostingError = PostRefusedError("there is no place for it")
        for place in places_of(errand):
            try:
                return await self._post_at(errand, place)
            except (PostRefusedError, PostTooLargeError) as error:
                problem = error
            except PostLaterError as error:
                if not self._is_overdue(errand.message):
                    raise
                problem = PostRefusedError(str(error))
            what = (errand.job.id, errand.message.kind, place)
            log.info("Job %s: its %s does not go to the %s: %s", *what, problem)
        raise problem

    async def _post_at(self, errand: Errand, place: Place) -> Posted:
        card_id = await self._card_id(errand) if place is Place.CHANNEL else None
        match errand.message.kind:
            case MessageKind.CARD:
                return await self._post_with_images(errand, await self._images_of(errand.job))
            case MessageKind.CASE:
                return await self._post_with_images(errand, await self._kept_images(errand.job))
            case MessageKind.FAILURE | MessageKind.ANSWER | MessageKind.WEEKLY:
                return await errand.send(place, card_id=card_id)
            case _ if is_behind_curtain(errand.job, errand.message, place):
                return await errand.send(place)
            case MessageKind.JOINED if errand.job.video is None:
                return await errand.send(place, card_id=card_id)
            case (
                MessageKind.RESULT | MessageKind.DELIVERY | MessageKind.JOINED | MessageKind.GALLERY
            ):
                return await self._ladder.post(errand, place, card_id=card_id)

    async def _post_with_images(self, errand: Errand, images: Sequence[CleanImage]) -> Posted:
        """Post a card in its channel, where it belongs; without its images when need be.

        The step that would have sent the addresses of a job's own card on then ends the job.
        """
        try:
            return await errand.send(Place.CHANNEL, images=images)
        except PostTooLargeError as error:
            if not images:
                raise
            log.warning(
                "The images of job %s can't be shown with its card: %s", errand.job.id, error
            )
            return await errand.send(Place.CHANNEL)

    async def _card_id(self, errand: Errand) -> int | None:
        """Return the card to reply to, where there is one in the channel of the message."""
        job, message = errand.job, errand.message
        is_own = message.kind in {MessageKind.CARD, MessageKind.CASE, *_TO_GALLERIES}
        if is_own or message.channel_id != job.origin.channel_id:
            return None
        card = (await self._outbox.sent(job.id)).get(MessageKind.CARD)
        return None if card is None else card.message_id

    async def _images_of(self, job: Job) -> Sequence[CleanImage]:
        if is_folded(job) or not self._publishes_images(job):
            return ()
        return await self._kept_images(job)

    async def _kept_images(self, job: Job) -> Sequence[CleanImage]:
        try:
            return await read_references(self._files, job)
        except FetchError as error:
            if not error.is_final:
                raise
            log.warning("The images of job %s are gone, so its card lacks them: %s", job.id, error)
            return ()

    def _is_overdue(self, message: OwedMessage) -> bool:
        return message.is_overdue(self._clock.now())
