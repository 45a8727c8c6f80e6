"""Private videos: shown to their requester, and published by them alone."""

from collections.abc import Callable
from typing import Final, Protocol

from bot.domain import Job, Origin, Redelivery
from bot.errors import FetchError, InvalidRequestError, NotAllowedError
from bot.pipeline.access import JOB_ID, check_not_hidden, check_not_removed
from bot.pipeline.video_forms import VideoForms
from bot.posting import words_private as words
from bot.posting.forms import VideoForm
from bot.store.deliveries import DeliveryStore
from bot.store.questions import JobQuestions

_ROOM: Final = 0.95
"""Share of a limit that is used; what Discord counts is not only the file."""


class Membership(Protocol):
    """What Discord says about who may post where."""

    async def check(self, origin: Origin) -> None:
        """Check that the requester and the bot may still post where a job was asked for.

        Raises:
            NotAllowedError: One of them may not, or Discord does not say.
        """
        ...


class PrivateVideos:
    """Serves requesters, wherever they press: also in direct messages, which have no server."""

    def __init__(
        self,
        questions: JobQuestions,
        deliveries: DeliveryStore,
        membership: Membership,
        forms: VideoForms,
        wake: Callable[[], None],
    ) -> None:
        self._questions = questions
        self._deliveries = deliveries
        self._membership = membership
        self._forms = forms
        self._wake = wake

    async def publish(self, job_id: str, member_id: int) -> Job:
        """Have a private video posted where it was asked for; from then on it is like any other.

        Raises:
            NotAllowedError: It is not theirs, was removed, or they may not write there.
            InvalidRequestError: There is no file of it, or it is not private any more.
        """
        job = await self._own(job_id, member_id)
        if not job.is_private:
            raise InvalidRequestError(words.NOT_PRIVATE(job_id=job.id))
        await self._membership.check(job.origin)
        outcome = await self._deliveries.publish(job.id)
        if outcome is None:
            raise InvalidRequestError(words.NOT_PRIVATE(job_id=job.id))
        if outcome is Redelivery.UNDER_WAY:
            raise InvalidRequestError(words.STORY_RUNS())
        if outcome is not Redelivery.OWED:
            raise InvalidRequestError(words.NO_FILE())
        self._wake()
        return job

    async def reveal(
        self, job_id: str, member_id: int, message_id: int, *, most_bytes: int
    ) -> tuple[Job, VideoForm | None]:
        """Return a job with its video in a form of at most `most_bytes`, or without one.

        It is shown as the message would show it where somebody has pressed.

        Raises:
            NotAllowedError: It is not theirs, or was removed.
            InvalidRequestError: Its file can't be had, or does not fit and can't be linked.
        """
        job = await self._questions.shown_as(await self._own(job_id, member_id), message_id)
        if job.video is None:
            return job, None
        try:
            video = await self._forms.attached(job, int(most_bytes * _ROOM))
        except FetchError as error:
            told = words.NO_FILE if error.is_final else words.FILE_AWAY
            raise InvalidRequestError(told()) from None
        if video is not None:
            return job, video
        async for link in self._forms.links(job):
            return job, link
        raise InvalidRequestError(words.TOO_LARGE())

    async def _own(self, job_id: str, member_id: int) -> Job:
        job = await self._questions.job(job_id) if JOB_ID.fullmatch(job_id) else None
        if job is None or job.origin.requester_id != member_id:
            raise NotAllowedError(words.NOT_YOURS())
        check_not_removed(job)
        check_not_hidden(job)
        return job
