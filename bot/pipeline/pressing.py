"""Whose are the buttons under a video: everybody's who sees it, or its requester's alone."""

from bot.domain import Job, PolicyName, Scope, Viewer
from bot.errors import NotAllowedError
from bot.pipeline.access import JobAccess
from bot.posting.words_controls import OTHERS_CONTROLS
from bot.store.moderation.policies import PolicyStore


class Pressing:
    """Finds the job of a button for whoever may press it."""

    def __init__(self, access: JobAccess, policies: PolicyStore) -> None:
        self._access = access
        self._policies = policies

    async def job(self, job_id: str, viewer: Viewer) -> Job:
        """Find a job under whose video somebody has pressed, or sent the form of a button.

        Raises:
            NotAllowedError: There is none for them, or the server leaves the buttons to
                requesters.
        """
        job = await self._access.visible(job_id, viewer)
        if job.origin.requester_id == viewer.member_id:
            return job
        guild_id = job.origin.guild_id
        book = await self._policies.book(guild_id)
        if book.value(Scope.SERVER, guild_id, PolicyName.OWN_CONTROLS):
            raise NotAllowedError(OTHERS_CONTROLS())
        return job
