"""Step 2: the paid call. The row says so before its first byte leaves."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import Charge, Failure, FailureKind, Inputs, Job, Offer, Pause
from bot.errors import (
    NotAcceptedError,
    OutcomeUnknownError,
    ProviderAccessError,
    StaleJobError,
    StoreUnavailableError,
)
from bot.pipeline.backoff import backoff
from bot.pipeline.inputs import InputReader, InputsGoneError, InputsNotReadyError
from bot.pipeline.lanes import Lane
from bot.pipeline.persist import persist
from bot.providers.base import Accepted, Failed, Provider
from bot.store.jobs import JobStore
from bot.store.pauses import PauseStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_LONGEST_WAIT: Final = timedelta(hours=24)
"""How long a job may wait for a provider to be mended, or for Discord to show its images."""
_TRIES: Final = 20
"""How often in a row a provider may take nothing: about half an hour."""
_FLOOR: Final = timedelta(seconds=5)
_CAP: Final = timedelta(minutes=2)
_NOT_READY_FLOOR: Final = timedelta(seconds=1)
_INPUTS: Final = timedelta(seconds=30)
"""How long the images and addresses that go along may take; then the job looks again later."""
_BEHIND: Final = timedelta(seconds=2)
_FARTHEST_BEHIND: Final = timedelta(minutes=30)


class Submitter:
    """Takes a reserved job to its provider, once.

    As long as surely nothing was accepted, a job may turn to the next of its alternatives; after
    a refusal, or when anything may have been started, it never does.
    """

    def __init__(
        self,
        jobs: JobStore,
        pauses: PauseStore,
        questions: JobQuestions,
        lanes: Mapping[str, Lane],
        inputs: InputReader,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._pauses = pauses
        self._questions = questions
        self._lanes = lanes
        self._inputs = inputs
        self._clock = clock

    async def submit(self, job: Job) -> None:
        """Make the paid call for a reserved job and record what became of it."""
        if job.held_for is not None:
            # It came up because nobody has decided for so long.
            await self._jobs.expire(job)
            return
        lane = self._lanes.get(job.spec.provider)
        if lane is None or lane.provider is None:
            if not await self._turned(job, "no key"):
                await self._jobs.fail(job, _unusable(f"no key for {job.spec.provider}"))
            return
        if self._clock.now() - job.waiting_since > _LONGEST_WAIT:
            await self._jobs.fail(job, _unusable("the provider could not be used for too long"))
            return
        pause = (await self._pauses.current()).get(job.spec.provider)
        if pause is not None and await self._turned(job, f"paused: {pause.reason}"):
            return
        if pause is not None and self._clock.now() < pause.retry_at:
            due_at = pause.retry_at + _place_behind(job.misses)
            await self._jobs.postpone(job, due_at, misses=job.misses)
            return
        wait = await lane.gate.submission(job.id)
        if wait is not None:
            due_at = self._clock.now() + wait
            await self._jobs.postpone(job, due_at, attempts=job.attempts, misses=job.misses)
            return
        inputs = await self._read_inputs(job)
        if inputs is not None:
            await self._begin(lane.provider, job, inputs, pause)

    async def settle_interrupted(self, job: Job) -> None:
        """End a job whose submission nobody finished: it may have been paid, so it stays."""
        failure = Failure(
            FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, "interrupted while submitting"
        )
        await self._jobs.fail(job, failure)

    async def _read_inputs(self, job: Job) -> Inputs | None:
        """Return what goes with the job; None when it has to wait or can't be made."""
        try:
            async with asyncio.timeout(_INPUTS.total_seconds()):
                return await self._inputs.read(job)
        except InputsGoneError as error:
            if not await self._turned(job, str(error)):
                await self._jobs.fail(job, _unusable(str(error)))
        except (InputsNotReadyError, TimeoutError) as error:
            log.info("Job %s waits for what goes with it: %s", job.id, str(error) or "no answer")
            now = self._clock.now()
            # A card is there within a second or two; whoever waited for long can wait for longer.
            pause = min(max((now - job.created_at) / 4, _NOT_READY_FLOOR), _CAP)
            await self._jobs.postpone(job, now + pause, attempts=job.attempts, misses=job.misses)
        return None

    async def _begin(
        self, provider: Provider, job: Job, inputs: Inputs, pause: Pause | None
    ) -> None:
        if pause is not None and not await self._pauses.take_try(pause):
            await self._jobs.postpone(job, self._clock.now() + _FLOOR, misses=job.misses)
            return
        submitting = await self._jobs.start_submitting(job)
        if await self._call(provider, submitting, inputs) and pause is not None:
            log.warning("%s takes jobs again", provider.title)
            await self._pauses.resume(pause.provider)

    async def _call(self, provider: Provider, job: Job, inputs: Inputs) -> bool:
        """Make the call; True when the provider let us in and looked at the job."""
        try:
            answer = await provider.submit(job.spec, inputs)
        except NotAcceptedError as error:
            await self._go_elsewhere_or_wait(job, error)
            return False
        except ProviderAccessError as error:
            await self._pause(provider, job, error)
            return False
        except OutcomeUnknownError as error:
            log.error("Job %s may have been paid: %s", job.id, error)
            failure = Failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, str(error))
            await self._jobs.fail(job, failure)
            return False
        match answer:
            case Accepted(ref):
                await self._record(job, ref)
            case Failed(failure, cost_micros):
                await self._jobs.fail(job, failure, cost_micros=cost_micros)
        return True

    async def _go_elsewhere_or_wait(self, job: Job, error: NotAcceptedError) -> None:
        if await self._turned(job, str(error)):
            return
        if job.attempts + 1 >= _TRIES:
            failure = _unusable(f"took no jobs for too long: {error}")
            await self._jobs.fail(job, failure)
            return
        pause = backoff(job.attempts, floor=_FLOOR, cap=_CAP, retry_after=error.retry_after)
        await self._jobs.put_back(
            job, self._clock.now() + pause, attempts=job.attempts + 1, detail=str(error)
        )

    async def _pause(self, provider: Provider, job: Job, error: ProviderAccessError) -> None:
        if job.misses and await self._questions.others_got_in(job):
            # Not the key, then: something about this one job is what the provider objects to.
            failure = Failure(FailureKind.REJECTED, Charge.NONE, str(error))
            await self._jobs.fail(job, failure)
            return
        pause = await self._pauses.pause(provider.name, error.reason, str(error))
        log.error("%s is paused (%s): %s", provider.title, error.reason, error)
        if not await self._turned(job, f"paused: {error.reason}"):
            due_at = pause.retry_at + _place_behind(job.misses + 1)
            await self._jobs.put_back(job, due_at, misses=job.misses + 1, detail=str(error))

    async def _turned(self, job: Job, why: str) -> bool:
        """Turn to the first alternative that can be used, if there is one."""
        offer = await self._usable_alternative(job)
        if offer is None:
            return False
        await self._jobs.turn_to(job, offer, detail=why)
        log.info("Job %s turns to %s/%s: %s", job.id, offer.spec.provider, offer.spec.model, why)
        return True

    async def _usable_alternative(self, job: Job) -> Offer | None:
        if not job.alternatives:
            return None
        paused = await self._pauses.current()
        for offer in job.alternatives:
            lane = self._lanes.get(offer.spec.provider)
            has_key = lane is not None and lane.provider is not None
            if has_key and offer.spec.provider not in paused:
                return offer
        return None

    async def _record(self, job: Job, ref: str) -> None:
        first = self._clock.now() + self._lanes[job.spec.provider].schedule.first
        log.info("Job %s was taken by %s", job.id, job.spec.provider)
        try:
            await persist(lambda: self._jobs.mark_rendering(job, ref, first), self._clock)
        except (StaleJobError, StoreUnavailableError, asyncio.CancelledError):
            # The only copy of a paid reference: with this line a person can still find the video.
            log.critical("Job %s was accepted by %s as %s", job.id, job.spec.provider, ref)
            raise


def _place_behind(times_turned_away: int) -> timedelta:
    """Say by how much a job steps back, so that others find out whether it is the key at all."""
    if times_turned_away == 0:
        return timedelta(0)
    return min(_BEHIND * (1 << min(times_turned_away - 1, 16)), _FARTHEST_BEHIND)


def _unusable(detail: str) -> Failure:
    return Failure(FailureKind.PROVIDER_ERROR, Charge.NONE, detail)
