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
        self._denials: dict[str, int] = {}
        """How often in a row each provider refused the key; none before its first answer."""
        self._noted: set[tuple[str, str]] = set()

    async def poll(self, job: Job) -> None:
        """Ask once, and record the answer or when to ask again."""
        now = self._clock.now()
        lane = self._lanes.get(job.spec.provider)
        age = now - (job.submitted_at or job.created_at)
        is_forgotten = lane is not None and age > lane.schedule.hard_deadline
        if lane is None or lane.provider is None:
            await self._wait_for_key(job, age, is_forgotten=is_forgotten)
            return
        wait = await lane.gate.question(job.id)
        if wait is not None:
            await self._jobs.postpone(job, now + wait, attempts=job.attempts, misses=job.misses)
            return
        if is_forgotten:
            await self._ask_a_last_time(lane.provider, job, age)
            return
        await self._ask(lane.provider, job, await self._interval(lane, job, age))

    async def _wait_for_key(self, job: Job, age: timedelta, *, is_forgotten: bool) -> None:
        if is_forgotten:
            await self._jobs.fail(job, _timed_out(age))
            return
        # A key that is missing today may be back tomorrow; the video is paid for.
        log.warning("Job %s waits for a key of %s", job.id, job.spec.provider)
        await self._jobs.postpone(job, self._clock.now() + _NO_KEY)

    async def _interval(self, lane: Lane, job: Job, age: timedelta) -> timedelta:
        schedule = lane.schedule
        floor = schedule.interval if age < schedule.soft_deadline else schedule.late_interval
        return lane.gate.interval(floor, await self._questions.in_flight(job.spec.provider))

    async def _ask_a_last_time(self, provider: Provider, job: Job, age: timedelta) -> None:
        """Ask past the deadline: after a long outage here the video may be waiting there."""
        try:
            answer = await provider.poll(job.provider_ref or "")
        except (UnreachableError, UnknownJobError, ProviderAccessError):
            answer = Pending()
        match answer:
            case Pending():
                await self._jobs.fail(job, _timed_out(age))
            case Finished() | Failed():
                await self._end(job, answer)

    async def _ask(self, provider: Provider, job: Job, interval: timedelta) -> None:
        try:
            answer = await provider.poll(job.provider_ref or "")
        except UnreachableError as error:
            await self._ask_later(provider, job, interval, error)
        except ProviderAccessError as error:
            await self._doubt_key(provider, error)
            await self._ask_later(provider, job, interval, error)
        except UnknownJobError as error:
            await self._miss(job, interval, str(error))
        else:
            await self._trust_key(provider)
            match answer:
                case Pending(progress, unknown_status):
                    self._note(provider, unknown_status)
                    await self._jobs.postpone(job, self._clock.now() + interval, progress=progress)
                case Finished() | Failed():
                    await self._end(job, answer)

    def _note(self, provider: Provider, status: str | None) -> None:
        """Log a status that nobody knows, once a run: its jobs are asked about all the same."""
        if status is None or (provider.name, status) in self._noted:
            return
        self._noted.add((provider.name, status))
        log.warning("%s says %s of a job, which nobody here knows", provider.title, status)

    async def _end(self, job: Job, answer: Finished | Failed) -> None:
        match answer:
            case Finished(url, _, cost_micros):
                await self._jobs.mark_rendered(job, url, cost_micros=cost_micros)
            case Failed(failure, cost_micros):
                await self._jobs.fail(job, failure, cost_micros=cost_micros)

    async def _doubt_key(self, provider: Provider, error: ProviderAccessError) -> None:
        """Pause the provider once it refused the key often enough, whichever job it was about."""
        denials = self._denials.get(provider.name, 0) + 1
        self._denials[provider.name] = denials
        if denials == _DENIALS:
            await self._pauses.pause(provider.name, error.reason, str(error))
            log.error("%s is paused (%s): %s", provider.title, error.reason, error)

    async def _trust_key(self, provider: Provider) -> None:
        """End a pause that questions began: with an answer the key is proven."""
        if self._denials.get(provider.name) == 0:
            return
        # Also at the first answer of a run, for what an earlier run left behind.
        self._denials[provider.name] = 0
        await self._pauses.resume(provider.name, _SHOWN_BY_A_QUESTION)

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


def _timed_out(age: timedelta) -> Failure:
    return Failure(FailureKind.TIMED_OUT, Charge.POSSIBLE, f"no result after {age}")
