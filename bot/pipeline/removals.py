"""Who may have a posted video removed, and who may report one."""

from dataclasses import dataclass

from bot.domain import Job, PostedVideo, Removed, Reported, Viewer
from bot.errors import NotAllowedError
from bot.pipeline.access import JobAccess
from bot.posting.words_removal import NOT_A_VIDEO, NOT_YOURS
from bot.store.moderation.reports import ReportStore
from bot.store.moderation.takedowns import TakedownStore
from bot.store.questions import JobQuestions


@dataclass(frozen=True, slots=True)
class Pointed:
    """A message that somebody points at, and the job that our own mark on it names."""

    message: PostedVideo
    marked: str | None = None


class Removals:
    """Looks at the members' rights first; the store decides the rest."""

    def __init__(
        self,
        access: JobAccess,
        questions: JobQuestions,
        takedowns: TakedownStore,
        reports: ReportStore,
    ) -> None:
        self._access = access
        self._questions = questions
        self._takedowns = takedowns
        self._reports = reports

    async def remove(self, job_id: str, viewer: Viewer) -> tuple[Removed, Job]:
        """Have the video of a job removed.

        Raises:
            NotAllowedError: There is no such job for them, or it is not theirs.
        """
        return await self._remove(await self._access.visible(job_id, viewer), viewer)

    async def remove_pointed(self, pointed: Pointed, viewer: Viewer) -> tuple[Removed, Job]:
        """Have the video removed that a message has, wherever else it was posted.

        Raises:
            NotAllowedError: It is no video of the bot, or not theirs.
        """
        return await self._remove(await self.find(pointed, viewer), viewer, pointed.message)

    async def remove_found(
        self, job: Job, viewer: Viewer, seen: PostedVideo | None = None
    ) -> tuple[Removed, Job]:
        """Have the video of a job removed that was found by a message in front of them.

        Raises:
            NotAllowedError: It is not theirs.
        """
        return await self._remove(job, viewer, seen)

    async def report_found(self, job: Job, member_id: int) -> Reported:
        """Report the video of a job that was found by a message in front of a member."""
        return await self._reports.report(job.id, member_id)

    async def removable(self, viewer: Viewer, *, limit: int) -> list[Job]:
        """List the posted videos that `viewer` may have removed, the newest first."""
        found = await self._questions.videos(viewer, limit=limit)
        return [job for job in found if _may_remove(job, viewer)]

    async def find(self, pointed: Pointed, viewer: Viewer) -> Job:
        """Find the job whose video a message has.

        Raises:
            NotAllowedError: It is no video of the bot here.
        """
        message = pointed.message
        job = await self._questions.shown_by(
            viewer.guild_id, message.channel_id, message.message_id, member_id=viewer.member_id
        )
        if job is None and pointed.marked is not None:
            # No row knows the message, as after a restore; a forged mark opens no other channel.
            job = await self._questions.job(pointed.marked)
            is_here = job is not None and job.origin.channel_id == message.channel_id
            job = job if is_here else None
        if job is None or not _is_known(job, viewer):
            raise NotAllowedError(NOT_A_VIDEO())
        return job

    async def report(self, pointed: Pointed, viewer: Viewer, reason: str = "") -> Reported:
        """Report the video that a message has.

        Raises:
            NotAllowedError: It is no video of the bot here.
        """
        job = await self.find(pointed, viewer)
        return await self._reports.report(job.id, viewer.member_id, reason)

    async def _remove(
        self, job: Job, viewer: Viewer, seen: PostedVideo | None = None
    ) -> tuple[Removed, Job]:
        if not _may_remove(job, viewer):
            raise NotAllowedError(NOT_YOURS())
        return await self._takedowns.remove(job.id, viewer.member_id, seen), job


def _is_known(job: Job, viewer: Viewer) -> bool:
    is_open = not job.is_private or job.origin.requester_id == viewer.member_id
    return is_open and job.origin.guild_id == viewer.guild_id


def _may_remove(job: Job, viewer: Viewer) -> bool:
    return viewer.is_moderator or job.origin.requester_id == viewer.member_id
