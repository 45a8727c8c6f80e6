"""Whose job it is: who may look at it, and who may give it up."""

import re
from collections.abc import Callable
from typing import Final

from bot.domain import (
    Cancelled,
    Hold,
    Job,
    JobState,
    SourceVideo,
    Viewer,
    is_requesters_alone,
)
from bot.errors import InvalidRequestError, NotAllowedError
from bot.language import Phrase, _
from bot.posting.words_controls import NOT_FINISHED, NOT_LOOKED_AT, NOT_TO_USE
from bot.store.jobs import JobStore
from bot.store.questions import JobQuestions

JOB_ID: Final = re.compile(r"[0-9a-z]{10}")
_UNKNOWN: Final = Phrase(
    "There is no such job here. The id is on the job's card; `/grok jobs` lists yours."
)


class JobAccess:
    """Looks jobs up for members, never across servers."""

    def __init__(self, questions: JobQuestions, jobs: JobStore, wake: Callable[[], None]) -> None:
        self._questions = questions
        self._jobs = jobs
        self._wake = wake

    async def visible(self, job_id: str, viewer: Viewer) -> Job:
        """Find a job that `viewer` may see: their own, or one of the channel they ask in.

        A moderator of one channel may not even see another, so that makes no difference; what is
        private is seen by its requester alone.

        Raises:
            NotAllowedError: There is none; a job elsewhere is not admitted to exist. Or a
                moderator has to look at it first.
        """
        wanted = job_id.strip().lower()
        job = await self._questions.job(wanted) if JOB_ID.fullmatch(wanted) else None
        if job is None or not await self.may_see(job, viewer):
            raise NotAllowedError(_UNKNOWN())
        is_theirs = job.origin.requester_id == viewer.member_id
        if job.held_for is Hold.REVIEW and not (is_theirs or viewer.is_moderator):
            raise NotAllowedError(NOT_LOOKED_AT())
        return job

    async def usable(self, job_id: str, viewer: Viewer) -> Job:
        """Find a job whose prompt `viewer` may use for something of their own.

        Raises:
            NotAllowedError: There is none for them, or its prompt is its requester's alone.
        """
        job = await self.visible(job_id, viewer)
        check_not_withheld(job, viewer)
        return job

    async def may_see(self, job: Job, viewer: Viewer) -> bool:
        """Tell whether a job exists for `viewer`: theirs, or asked for or posted where they are."""
        if job.origin.guild_id != viewer.guild_id:
            return False
        if job.origin.requester_id == viewer.member_id:
            return True
        if job.is_private:
            return False
        is_here = job.origin.channel_id == viewer.channel_id
        return is_here or await self._questions.is_shown_in(job.id, viewer.channel_id)

    async def source(self, job_id: str, viewer: Viewer) -> tuple[Job, SourceVideo]:
        """Find a posted video that `viewer` may see, to make another from it.

        Raises:
            NotAllowedError: There is no such job for them, or its video was removed.
            InvalidRequestError: It has no posted video.
        """
        job = await self.visible(job_id, viewer)
        check_not_removed(job)
        check_not_hidden(job)
        if job.is_open and job.state is not JobState.FAILED:
            raise InvalidRequestError(NOT_FINISHED())
        seen = await self.videos(viewer, job_id=job.id, limit=1)
        if job.video is None or not seen:
            raise InvalidRequestError(_("That job has no video here. Choose one that was posted."))
        return job, SourceVideo(job.id, job.video.seconds)

    async def videos(self, viewer: Viewer, *, limit: int, job_id: str | None = None) -> list[Job]:
        """List the posted videos that `viewer` may make others from, the newest first."""
        found = await self._questions.videos(viewer, limit=limit, job_id=job_id)
        return [job for job in found if job.hidden_at is None]

    async def cancel(self, job_id: str, viewer: Viewer) -> Cancelled:
        """Give a job up.

        Raises:
            NotAllowedError: It is not theirs, and they are no moderator.
        """
        job = await self.visible(job_id, viewer)
        if job.origin.requester_id != viewer.member_id and not viewer.is_moderator:
            raise NotAllowedError(_("Only its requester or a moderator may cancel this job."))
        outcome = await self._jobs.cancel(job.id, by_id=viewer.member_id)
        self._wake()
        return outcome


def check_not_removed(job: Job) -> None:
    """Check that the video of a job may still be used.

    Raises:
        NotAllowedError: Somebody had it removed; the text says who.
    """
    if job.removed_at is not None:
        by = _("somebody") if job.removed_by_id is None else f"<@{job.removed_by_id}>"
        raise NotAllowedError(_("That video was removed by {by}, so it is not used again.", by=by))


def check_not_withheld(job: Job, viewer: Viewer) -> None:
    """Check that `viewer` may use the prompt of a job for something of their own.

    Raises:
        NotAllowedError: It is its requester's alone.
    """
    if is_requesters_alone(job) and job.origin.requester_id != viewer.member_id:
        raise NotAllowedError(NOT_TO_USE())


def check_not_hidden(job: Job) -> None:
    """Check that the video of a job is not the moderators' to look at first.

    Raises:
        InvalidRequestError: It is, because members reported it.
    """
    if job.hidden_at is not None:
        raise InvalidRequestError(
            _("That video is hidden while moderators look at it. Try again once they have.")
        )
