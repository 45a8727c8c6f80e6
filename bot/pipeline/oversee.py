"""The jobs of a whole server: what its moderators may look at, end, remove, or post again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain import Cancelled, Job, JobFilter, Redelivery, Removed, Viewer
from bot.errors import NotAllowedError
from bot.language import Phrase
from bot.pipeline.access import JOB_ID
from bot.store.deliveries import DeliveryStore
from bot.store.job_lists import JobLists
from bot.store.jobs import JobStore
from bot.store.moderation.takedowns import TakedownStore
from bot.store.questions import JobQuestions

PAGE: Final = 10
"""Jobs that are listed at once."""
NO_SUCH_JOB: Final = Phrase("There is no such job in this server.")


@dataclass(frozen=True, slots=True)
class JobPage:
    """A part of a list."""

    which: JobFilter
    number: int
    """From 0."""
    last: int
    """The number of the last page."""
    total: int
    jobs: Sequence[Job]


class Overseer:
    """Serves moderators, never across servers; whoever calls has seen that they are some."""

    def __init__(
        self,
        lists: JobLists,
        questions: JobQuestions,
        jobs: JobStore,
        deliveries: DeliveryStore,
        takedowns: TakedownStore,
        wake: Callable[[], None],
    ) -> None:
        self._lists = lists
        self._questions = questions
        self._jobs = jobs
        self._deliveries = deliveries
        self._takedowns = takedowns
        self._wake = wake

    async def page(self, which: JobFilter, number: int) -> JobPage:
        """List one page; one that is not there any more becomes the last one."""
        total = await self._lists.count(which)
        last = max((total - 1) // PAGE, 0)
        at = min(number, last)
        found = await self._lists.page(which, limit=PAGE, offset=at * PAGE)
        return JobPage(which, at, last, total, found)

    async def job(self, job_id: str, viewer: Viewer) -> Job:
        """Find a job of the server.

        Raises:
            NotAllowedError: There is none; a job elsewhere is not admitted to exist.
        """
        job = await self._questions.job(job_id) if JOB_ID.fullmatch(job_id) else None
        if job is None or job.origin.guild_id != viewer.guild_id:
            raise NotAllowedError(NO_SUCH_JOB())
        return job

    async def cancel(self, job_id: str, viewer: Viewer) -> Cancelled:
        """Give a job of the server up.

        Raises:
            NotAllowedError: There is none.
        """
        job = await self.job(job_id, viewer)
        outcome = await self._jobs.cancel(job.id, by_id=viewer.member_id)
        self._wake()
        return outcome

    async def deliver(self, job_id: str, viewer: Viewer) -> Redelivery:
        """Have the video of a job of the server posted again where it was asked for.

        Raises:
            NotAllowedError: There is none.
        """
        job = await self.job(job_id, viewer)
        outcome = await self._deliveries.ask(job.id, by_id=viewer.member_id)
        self._wake()
        return outcome

    async def remove(self, job_id: str, viewer: Viewer) -> Removed:
        """Have the video of a job of the server removed, in whichever channel it was posted.

        Raises:
            NotAllowedError: There is none.
        """
        job = await self.job(job_id, viewer)
        return await self._takedowns.remove(job.id, viewer.member_id)
