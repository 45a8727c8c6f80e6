"""One owed message on its way to Discord: each send is committed before it begins."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import CleanImage, Job, MessageState, OwedMessage, Place
from bot.errors import BotError, PostFilteredError, PostRefusedError
from bot.posting.forms import VideoForm
from bot.posting.places import Posted
from bot.posting.undisturbed import LANDED_WITHIN
from bot.store.outbox import OutboxStore

log = logging.getLogger(__name__)

NONCE_LIFE: Final = timedelta(seconds=60)
"""Discord keeps a nonce for "the past few minutes" (Create Message) and says no number."""


class TooSoonError(BotError):
    """An earlier try may still be landing: look for it at `until`, not before."""

    def __init__(self, until: datetime) -> None:
        super().__init__("an earlier try may still be landing")
        self.until = until


class Poster(Protocol):
    """The door to Discord, as delivery needs it."""

    async def post(
        self,
        job: Job,
        message: OwedMessage,
        place: Place,
        *,
        card_id: int | None,
        video: VideoForm | None = None,
        images: Sequence[CleanImage] = (),
        is_plain: bool = False,
    ) -> Posted:
        """Send one owed message, with its files, under its nonce.

        Plain is without anything that a member wrote, for a filter that stops that.

        Raises:
            PostLaterError: Out of reach or busy; the same call is safe later.
            PlaceClosedError: This place takes nothing from us.
            PostFilteredError: A filter there stopped it.
            PostRefusedError: This place will not take it.
            PostTooLargeError: A file is over the place's limit.
            MessageGoneError: It was posted before and somebody removed it.
        """
        ...

    async def find(self, job: Job, message: OwedMessage, place: Place) -> Posted | None:
        """Look for what an earlier try may have posted there; None when it is not to be found.

        Raises:
            PostLaterError: Out of reach or busy.
            PostRefusedError: The history of this place can't be read.
        """
        ...


class Errand:
    """Takes one message to its places and knows what earlier tries may have left behind."""

    def __init__(
        self, outbox: OutboxStore, poster: Poster, clock: Clock, job: Job, message: OwedMessage
    ) -> None:
        self.job = job
        self.message = message
        self._outbox = outbox
        self._poster = poster
        self._clock = clock
        self.resumes: Place | None = None
        """The place where Discord may know the nonce of an earlier try."""
        self.has_ended = False
        """Whether the last send of this errand came to an end, good or bad."""

    async def earlier(self) -> Posted | None:
        """Return what an earlier try posted, as far as that has to be looked for.

        A young try needs no look: Discord knows its nonce, so that it is simply repeated.

        Raises:
            TooSoonError: Look later.
            PostLaterError: Discord is out of reach.
        """
        message, now = self.message, self._clock.now()
        self.resumes = None
        if message.state is not MessageState.SENDING or message.first_at is None:
            return None
        place = message.place or Place.CHANNEL
        # A clock that was set back says nothing about the age of a try.
        is_young = timedelta(0) <= now - message.first_at < NONCE_LIFE
        if is_young and self.job.removed_at is None:
            self.resumes = place
            return None
        tried_at = message.tried_at
        if tried_at is not None and timedelta(0) <= now - tried_at < LANDED_WITHIN:
            raise TooSoonError(tried_at + LANDED_WITHIN)
        try:
            found = await self._poster.find(self.job, message, place)
        except PostRefusedError as error:
            # Twice is better than never: it is paid for.
            log.warning(
                "The %s of job %s is sent again unseen, because the history can't be read: %s",
                message.kind,
                self.job.id,
                error,
            )
            return None
        if found is None:
            log.info("The %s of job %s is not to be found: sent again", message.kind, self.job.id)
        return found

    async def send(
        self,
        place: Place,
        *,
        video: VideoForm | None = None,
        images: Sequence[CleanImage] = (),
        card_id: int | None = None,
    ) -> Posted:
        """Send the message to a place; a second time plainly if a filter stops it.

        Raises:
            TooSoonError: An earlier try was repeated too late; look for it later.
            PostingError: As of `Poster.post`.
        """
        # The video may have taken minutes to prepare, and Discord forgets a nonce meanwhile.
        if self.resumes is place and (found := await self.earlier()) is not None:
            return found
        is_repeat, self.resumes = self.resumes is place, None
        try:
            return await self._send(
                place, video, images, card_id=card_id, is_repeat=is_repeat, is_plain=False
            )
        except PostFilteredError as error:
            log.info("Job %s: a filter stopped the %s: %s", self.job.id, self.message.kind, error)
        return await self._send(
            place, video, images, card_id=card_id, is_repeat=False, is_plain=True
        )

    async def _send(
        self,
        place: Place,
        video: VideoForm | None,
        images: Sequence[CleanImage],
        *,
        card_id: int | None,
        is_repeat: bool,
        is_plain: bool,
    ) -> Posted:
        self.has_ended = False
        self.message = await self._outbox.start_sending(self.message, place, again=is_repeat)
        try:
            posted = await self._poster.post(
                self.job,
                self.message,
                place,
                card_id=card_id,
                video=video,
                images=images,
                is_plain=is_plain,
            )
        except BotError:
            self.has_ended = True
            raise
        # Discord may have answered with what an earlier try posted, which shows what was so then.
        return replace(posted, shown="") if is_repeat else posted
