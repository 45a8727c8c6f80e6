"""Step 3: asking how a job is, until the provider is done with it or forgets it."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import Charge, Failure, FailureKind, Job, PauseReason
from bot.errors import ProviderAccessError, ProviderError, UnknownJobError, UnreachableError
from bot.pipeline.backoff import backoff
from bot.pipeline.lanes import Lane
from bot.providers.base import Failed, Finished, Pending, Provider
from bot.store.jobs import JobStore
from bot.store.pauses import PauseStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_MISSES: Final = 3
"""How often in a row a provider must deny a job before it is believed."""
_DENIALS: Final = 3
"""How often in a row it must refuse the key before that is more than a mood of its front."""
_CAP: Final = timedelta(minutes=2)
_NO_KEY: Final = timedelta(minutes=5)
_SHOWN_BY_A_QUESTION: Final = frozenset({PauseReason.KEY, PauseReason.ADDRESS})
"""What a question that was answered proves to be mended; it says nothing about credit."""


class Poller:
    """Takes a rendering job to its end with the provider that took it."""

    def __init__(
        self,
        jobs: JobStore,
        pauses: PauseStore,
        questions: JobQuestions,
        lanes: Mapping[str, Lane],
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._pauses = pauses
        self._questions = questions
        self._lanes = lanes
        self._clock = clock

    async def poll(self, job: Job) -> None:
        """Ask once, and record the answer or when to ask again."""
        now = self._clock.now()
        lane = self._lanes.get(job.spec.provider)
        age = now - (job.submitted_at or job.created_at)
        is_forgotten = lane is not None and age > lane.schedule.hard_deadline
        if is_forgotten and not await self._is_finished(lane, job):
            failure = Failure(FailureKind.TIMED_OUT, Charge.POSSIBLE, f"no result after {age}")
            await self._jobs.fail(job, failure)
            return
        if lane is None or lane.provider is None:
            # A key that is missing today may be back tomorrow; the video is paid for.
            log.warning("Job %s waits for a key of %s", job.id, job.spec.provider)
            await self._jobs.postpone(job, now + _NO_KEY)
            return
        wait = await lane.gate.question()
        if wait is not None:
            await self._jobs.postpone(job, now + wait, attempts=job.attempts, misses=job.misses)
            return
        await self._ask(lane.provider, job, await self._interval(lane, job, age))

    async def _interval(self, lane: Lane, job: Job, age: timedelta) -> timedelta:
        schedule = lane.schedule
        floor = schedule.interval if age < schedule.soft_deadline else schedule.late_interval
        return lane.gate.interval(floor, await self._questions.in_flight(job.spec.provider))

    async def _is_finished(self, lane: Lane | None, job: Job) -> bool:
        """Ask a last time: after a long outage here the video may be waiting there."""
        if lane is None or lane.provider is None:
            return False
        try:
            answer = await lane.provider.poll(job.provider_ref or "")
        except (UnreachableError, UnknownJobError, ProviderAccessError):
            return False
        return isinstance(answer, Finished)

    async def _ask(self, provider: Provider, job: Job, interval: timedelta) -> None:
        try:
            answer = await provider.poll(job.provider_ref or "")
        except UnreachableError as error:
            await self._ask_later(provider, job, interval, error)
        except ProviderAccessError as error:
            if job.attempts + 1 == _DENIALS:
                await self._pauses.pause(provider.name, error.reason, str(error))
                log.error("%s is paused (%s): %s", provider.title, error.reason, error)
            await self._ask_later(provider, job, interval, error)
        except UnknownJobError as error:
            await self._miss(job, interval, str(error))
        else:
            if job.attempts >= _DENIALS:
                await self._pauses.resume(provider.name, _SHOWN_BY_A_QUESTION)
            match answer:
                case Pending(progress):
                    await self._jobs.postpone(job, self._clock.now() + interval, progress=progress)
                case Finished(url, _, cost_micros):
                    await self._jobs.mark_rendered(job, url, cost_micros=cost_micros)
                case Failed(failure, cost_micros):
                    await self._jobs.fail(job, failure, cost_micros=cost_micros)

    async def _ask_later(
        self, provider: Provider, job: Job, interval: timedelta, error: ProviderError
    ) -> None:
        log.info("Job %s: no usable answer from %s: %s", job.id, provider.title, error)
        pause = backoff(
            job.attempts, floor=interval, cap=max(interval, _CAP), retry_after=error.retry_after
        )
        due_at = self._clock.now() + pause
        await self._jobs.postpone(job, due_at, attempts=job.attempts + 1, misses=job.misses)

    async def _miss(self, job: Job, interval: timedelta, detail: str) -> None:
        misses = job.misses + 1
        if misses < _MISSES:
            pause = interval * (1 << misses)
            await self._jobs.postpone(job, self._clock.now() + pause, misses=misses)
            return
        await self._jobs.fail(job, Failure(FailureKind.LOST, Charge.POSSIBLE, detail))
