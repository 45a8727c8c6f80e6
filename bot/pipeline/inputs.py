"""What a provider needs beside the words: images as bytes or as addresses, and a video."""

from collections.abc import Callable
from typing import Protocol

from bot.domain import Inputs, Job, MessageKind, MessageState, OwedMessage, VideoSpec
from bot.errors import BotError, MediaError, MessageGoneError, PostingError, PostLaterError
from bot.pipeline.references import ReferenceFiles, read_references
from bot.providers.entries import Transport
from bot.store.outbox import OutboxStore


class InputsNotReadyError(BotError):
    """Something is not there yet, or out of reach: try again later."""


class InputsGoneError(BotError):
    """Something can't be had any more: the job can't be made."""


class PostedFiles(Protocol):
    """Where the files of posted messages can be reached by anybody."""

    async def urls(self, channel_id: int, message_id: int) -> tuple[str, ...]:
        """Return an address for each file of a message, good for a while from now.

        Raises:
            PostLaterError: Discord is out of reach.
            MessageGoneError: Somebody removed the message.
            PostRefusedError: The channel is closed to us.
        """
        ...


class InputReader:
    """Puts together what goes to the provider with a job.

    An address that a member typed is never among it: images were downloaded and cleaned, and
    what must be public is a file of a message of ours.
    """

    def __init__(
        self,
        files: ReferenceFiles,
        outbox: OutboxStore,
        posted: PostedFiles,
        transport_of: Callable[[VideoSpec], Transport],
    ) -> None:
        self._files = files
        self._outbox = outbox
        self._posted = posted
        self._transport_of = transport_of

    async def read(self, job: Job) -> Inputs:
        """Return what `job` needs, for the model that it is to go to now.

        Raises:
            InputsNotReadyError: Try again later.
            InputsGoneError: The job can't be made.
        """
        video_url = None if job.source_id is None else await self._video_url(job.source_id)
        if not job.references:
            return Inputs(video_url=video_url)
        if self._transport_of(job.spec) is Transport.PUBLIC_URL:
            urls = await self._image_urls(job)
            return Inputs(image_urls=urls, video_url=video_url)
        try:
            images = await read_references(self._files, job)
        except MediaError as error:
            is_final = getattr(error, "is_final", True)
            kind = InputsGoneError if is_final else InputsNotReadyError
            raise kind(f"reference images: {error}") from error
        return Inputs(images=images, video_url=video_url)

    async def _image_urls(self, job: Job) -> tuple[str, ...]:
        card = await self._outbox.message(job.id, MessageKind.CARD)
        if card is None or card.state is MessageState.DROPPED:
            raise InputsGoneError("the card that would show the images can't be posted")
        if card.state is not MessageState.SENT:
            raise InputsNotReadyError("the card that shows the images is not posted yet")
        urls = await self._urls(card, "the card that shows the images")
        if len(urls) != len(job.references):
            raise InputsGoneError("the card no longer shows every image")
        return urls

    async def _video_url(self, source_id: str) -> str:
        sent = await self._outbox.sent(source_id)
        result, delivery = sent.get(MessageKind.RESULT), sent.get(MessageKind.DELIVERY)
        if result is None:
            raise InputsGoneError(f"the video of job {source_id} is not posted")
        urls = await self._urls(result, "the video")
        if not urls and delivery is not None:
            # Of a private one a bare line may have been posted first.
            urls = await self._urls(delivery, "the video")
        if not urls:
            raise InputsGoneError(f"the message of job {source_id} has no video any more")
        return urls[0]

    async def _urls(self, message: OwedMessage, what: str) -> tuple[str, ...]:
        assert message.message_id is not None  # noqa: S101 - a check of the table holds it
        try:
            return await self._posted.urls(message.channel_id, message.message_id)
        except PostLaterError as error:
            raise InputsNotReadyError(f"{what} is out of reach: {error}") from error
        except MessageGoneError as error:
            raise InputsGoneError(f"{what} was removed") from error
        except PostingError as error:
            raise InputsGoneError(f"{what} can't be read: {error}") from error
