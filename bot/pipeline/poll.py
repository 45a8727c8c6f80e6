"""Step 3: asking how a job is, until the provider is done with it or forgets it."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import Charge, Failure, FailureKind, Job
from bot.errors import UnknownJobError, UnreachableError
from bot.pipeline.backoff import backoff
from bot.providers.base import Failed, Finished, Pending, PollSchedule, Provider
from bot.store.jobs import JobStore

log = logging.getLogger(__name__)

_MISSES: Final = 3
"""How often in a row a provider must deny a job before it is believed."""
_CAP: Final = timedelta(minutes=2)
_NO_KEY: Final = timedelta(minutes=5)


class Poller:
    """Takes a rendering job to its end with the provider that took it."""

    def __init__(
        self,
        jobs: JobStore,
        providers: Mapping[str, Provider],
        schedules: Mapping[str, PollSchedule],
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._providers = providers
        self._schedules = schedules
        self._clock = clock

    async def poll(self, job: Job) -> None:
        """Ask once, and record the answer or when to ask again."""
        now = self._clock.now()
        provider = self._providers.get(job.spec.provider)
        schedule = self._schedules.get(job.spec.provider)
        age = now - (job.submitted_at or job.created_at)
        is_forgotten = schedule is not None and age > schedule.hard_deadline
        if is_forgotten and not await self._is_finished(provider, job):
            failure = Failure(FailureKind.TIMED_OUT, Charge.POSSIBLE, f"no result after {age}")
            await self._jobs.fail(job, failure)
            return
        if provider is None or schedule is None:
            # A key that is missing today may be back tomorrow; the video is paid for.
            log.warning("Job %s waits for a key of %s", job.id, job.spec.provider)
            await self._jobs.postpone(job, now + _NO_KEY)
            return
        interval = schedule.interval if age < schedule.soft_deadline else schedule.late_interval
        await self._ask(provider, job, interval)

    async def _is_finished(self, provider: Provider | None, job: Job) -> bool:
        """Ask a last time: after a long outage here the video may be waiting there."""
        try:
            answer = provider and await provider.poll(job.provider_ref or "")
        except (UnreachableError, UnknownJobError):
            return False
        return isinstance(answer, Finished)

    async def _ask(self, provider: Provider, job: Job, interval: timedelta) -> None:
        try:
            answer = await provider.poll(job.provider_ref or "")
        except UnreachableError as error:
            log.info("Job %s: no usable answer from %s: %s", job.id, provider.title, error)
            pause = backoff(
                job.attempts,
                floor=interval,
                cap=max(interval, _CAP),
                retry_after=error.retry_after,
            )
            await self._jobs.postpone(job, self._clock.now() + pause, attempts=job.attempts + 1)
        except UnknownJobError as error:
            await self._miss(job, interval, str(error))
        else:
            match answer:
                case Pending(progress):
                    await self._jobs.postpone(job, self._clock.now() + interval, progress=progress)
                case Finished(url):
                    await self._jobs.mark_rendered(job, url)
                case Failed(failure):
                    await self._jobs.fail(job, failure)

    async def _miss(self, job: Job, interval: timedelta, detail: str) -> None:
        misses = job.misses + 1
        if misses < _MISSES:
            pause = interval * (1 << misses)
            await self._jobs.postpone(job, self._clock.now() + pause, misses=misses)
            return
        await self._jobs.fail(job, Failure(FailureKind.LOST, Charge.POSSIBLE, detail))
