"""A finished video once more: who may ask for it, and what happens then."""

from collections.abc import Callable

from bot.domain import Job, Redelivery, Viewer
from bot.errors import NotAllowedError
from bot.pipeline.access import JobAccess
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
            NotAllowedError: There is none, or it is not theirs and they are no moderator.
        """
        job = await self._access.visible(job_id, viewer)
        if job.origin.requester_id != viewer.member_id and not viewer.is_moderator:
            raise NotAllowedError("Only its requester or a moderator may have this video posted.")
        return job

    async def ask(self, job: Job, channel_id: int, by_id: int) -> Redelivery:
        """Owe the video of `job` to a channel that was seen to be open."""
        outcome = await self._deliveries.ask(job.id, channel_id, by_id=by_id)
        self._wake()
        return outcome
