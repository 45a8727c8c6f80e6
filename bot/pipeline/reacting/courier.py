"""Sends a member the video that they asked for with a reaction, by direct message."""

import logging
from collections.abc import Hashable
from datetime import timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import Job, PostedVideo
from bot.errors import (
    FetchError,
    InvalidRequestError,
    PlaceClosedError,
    PostingError,
    PostTooLargeError,
)
from bot.pipeline.export import Storage
from bot.pipeline.reacting.teller import Recently
from bot.posting.forms import AttachedVideo, LinkedVideo, VideoForm
from bot.posting.guilds import DEFAULT_LIMIT
from bot.posting.marks import video_name
from bot.posting.words_reactions import DMS_CLOSED, NOT_SENT

log = logging.getLogger(__name__)

_ROOM: Final = int(DEFAULT_LIMIT * 0.95)
_LINK_LIVES: Final = timedelta(days=7)
_AGAIN_AFTER: Final = timedelta(minutes=1)


class ClipSender(Protocol):
    """The door to a member's direct messages, for a video."""

    async def send_clip(
        self, job: Job, member_id: int, form: VideoForm | None, message: PostedVideo
    ) -> None:
        """Send a video in a form, or without one only where it is.

        Raises:
            PlaceClosedError: The member takes none from the bot.
            PostTooLargeError: The file is over the limit.
            PostingError: Discord would not, or was out of reach.
        """
        ...


class KeptVideos(Protocol):
    """What is known of the files that are kept."""

    async def has_video(self, job_id: str) -> bool:
        """Tell whether the video of a job is kept, as far as its row says."""
        ...


class Courier:
    """The same video goes to the same person once a minute at most."""

    def __init__(
        self, storage: Storage, kept: KeptVideos, sender: ClipSender, clock: Clock
    ) -> None:
        self._storage = storage
        self._kept = kept
        self._sender = sender
        self._clock = clock
        self._recently = Recently(clock)

    async def send(self, job: Job, member_id: int, message: PostedVideo) -> None:
        """Send the video; one too large for a direct message as a link to where it is.

        Raises:
            InvalidRequestError: The member takes no direct messages, or Discord is in trouble.
        """
        errand = (video_name(job), member_id)
        # Noted before it is sent, so that of two reactions at once one sends it.
        if not self._recently.is_new(errand, _AGAIN_AFTER):
            return
        try:
            await self._send_or_forget(errand, job, member_id, message)
        except PlaceClosedError:
            raise InvalidRequestError(DMS_CLOSED()) from None
        except PostingError as error:
            log.info("The video of job %s could not be sent directly: %s", job.id, error)
            raise InvalidRequestError(NOT_SENT()) from None

    async def _send_or_forget(
        self, errand: Hashable, job: Job, member_id: int, message: PostedVideo
    ) -> None:
        try:
            await self._send(job, member_id, message)
        except BaseException:
            self._recently.forget(errand)
            raise

    async def _send(self, job: Job, member_id: int, message: PostedVideo) -> None:
        is_kept = await self._kept.has_video(job.id)
        attached = await self._attached(job) if is_kept else None
        if attached is not None:
            try:
                await self._sender.send_clip(job, member_id, attached, message)
            except PostTooLargeError as error:
                log.info("Job %s: too large for a direct message: %s", job.id, error)
            else:
                return
        linked = await self._linked(job) if is_kept else None
        await self._sender.send_clip(job, member_id, linked, message)

    async def _attached(self, job: Job) -> AttachedVideo | None:
        video = job.video
        if video is None or video.size_bytes > _ROOM:
            return None
        try:
            path = await self._storage.verify(
                video.key, sha256=video.sha256, size_bytes=video.size_bytes
            )
        except FetchError as error:
            log.info("The file of job %s can't be sent: %s", job.id, error)
            return None
        return AttachedVideo(path, video.size_bytes)

    async def _linked(self, job: Job) -> LinkedVideo | None:
        if job.video is None:
            return None
        try:
            url = await self._storage.link_for(job.video.key, _LINK_LIVES)
        except FetchError as error:
            log.info("Job %s: no link to the stored video: %s", job.id, error)
            return None
        if url is None:
            return None
        expires_at = self._clock.now() + _LINK_LIVES if "?" in url else None
        return LinkedVideo(url, is_ours=True, expires_at=expires_at)
