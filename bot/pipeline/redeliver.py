"""A finished video once more: who may ask for it, and what happens then."""

from collections.abc import Callable

from bot.domain import Job, Redelivery, Viewer
from bot.errors import NotAllowedError
from bot.language import _
from bot.pipeline.access import JobAccess, check_not_removed
from bot.store.deliveries import DeliveryStore


class Redeliverer:
    """Owes a video to a channel again, and wakes the runner."""

    def __init__(
        self,
        access: JobAccess,
        deliveries: DeliveryStore,
        wake: Callable[[], None],
    ) -> None:
        self._access = access
        self._deliveries = deliveries
        self._wake = wake

    async def job(self, job_id: str, viewer: Viewer) -> Job:
        """Find a job whose video `viewer` may have posted again.

        Raises:
            NotAllowedError: There is none, it is not theirs and they are no moderator, or it
                was removed.
        """
        job = await self._access.visible(job_id, viewer)
        if job.origin.requester_id != viewer.member_id and not viewer.is_moderator:
            raise NotAllowedError(
                _("Only its requester or a moderator may have this video posted.")
            )
        check_not_removed(job)
        return job

    async def ask(
        self, job: Job, channel_id: int, *, by_id: int, for_moderator: bool = False
    ) -> Redelivery:
        """Owe the video of `job` to a channel that was seen to be open."""
        outcome = await self._deliveries.ask(
            job.id, channel_id, by_id=by_id, for_moderator=for_moderator
        )
        self._wake()
        return outcome
