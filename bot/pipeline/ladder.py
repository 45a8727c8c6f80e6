"""The ladder of a video: one place after another, and in each the best form that it takes."""

import logging
from collections.abc import Iterator
from typing import Final

from bot.domain import Job, MessageKind, Place
from bot.errors import (
    PostFilteredError,
    PostingError,
    PostLaterError,
    PostTooLargeError,
    ShrinkError,
)
from bot.pipeline.errand import Errand
from bot.pipeline.upload_limits import UploadLimits
from bot.pipeline.video_forms import VideoForms
from bot.posting.places import Posted

log = logging.getLogger(__name__)

_IN_THE_CHANNEL_ONLY: Final = frozenset(
    {MessageKind.CARD, MessageKind.CASE, MessageKind.GALLERY, MessageKind.WEEKLY}
)
_UPLOADS: Final = 3
"""Of one video to one place in one go: each refusal teaches a lower limit."""


def places_of(errand: Errand) -> Iterator[Place]:
    """List where a message may go, in order; it goes on where an earlier try may have arrived."""
    job, message = errand.job, errand.message
    places = [Place.CHANNEL]
    if message.kind not in _IN_THE_CHANNEL_ONLY:
        is_in_thread = job.origin.parent_id is not None
        if is_in_thread and message.channel_id == job.origin.channel_id:
            places.append(Place.PARENT)
        # What is private is told elsewhere only where direct messages are closed, as a bare line.
        places.insert(0 if job.is_private else len(places), Place.REQUESTER)
    first = 0 if errand.resumes is None else places.index(errand.resumes)
    yield from places[first:]


class VideoLadder:
    """Posts a video at a place: attached, attached smaller, linked."""

    def __init__(self, forms: VideoForms, limits: UploadLimits) -> None:
        self._forms = forms
        self._limits = limits

    async def post(self, errand: Errand, place: Place, *, card_id: int | None) -> Posted:
        """Post the video of a job at a place in the first form that is taken there.

        Raises:
            PostTooLargeError: There is no form that the place takes.
            ShrinkerBusyError: Ask again in a moment.
            TooSoonError: As of `Errand.send`.
            FetchError: The stored file can't be had.
            PostingError: As of `Errand.send`.
        """
        job = errand.job
        trouble: ShrinkError | None = None
        try:
            posted = await self._attach(errand, place, card_id)
        except ShrinkError as error:
            log.warning("The video of job %s can't be made smaller: %s", job.id, error)
            posted, trouble = None, error
        problem: PostingError = PostTooLargeError("no form of the video fits")
        if posted is not None:
            return posted
        async for link in self._forms.links(job):
            try:
                return await errand.send(place, video=link, card_id=card_id)
            except PostFilteredError as error:
                problem = error
        if trouble is not None and not trouble.is_final:
            raise PostLaterError(str(trouble))
        raise problem

    async def forget(self, job: Job) -> None:
        """Let go of what was prepared for a job."""
        await self._forms.forget(job)

    async def _attach(self, errand: Errand, place: Place, card_id: int | None) -> Posted | None:
        job = errand.job
        size_bytes = 0 if job.video is None else job.video.size_bytes
        guild_id = None if place is Place.REQUESTER else job.origin.guild_id
        room = await self._limits.room(guild_id, size_bytes)
        for _ in range(_UPLOADS):
            video = await self._forms.attached(job, room)
            if video is None:
                break
            try:
                return await errand.send(place, video=video, card_id=card_id)
            except PostTooLargeError as error:
                log.info("Job %s: %s takes no file of that size: %s", job.id, place, error)
                room = min(room - 1, await self._limits.lower(guild_id, video.size_bytes))
        return None
