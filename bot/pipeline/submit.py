"""Step 2: the paid call. The row says so before its first byte leaves."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import Charge, CleanImage, Failure, FailureKind, Job
from bot.errors import (
    FetchError,
    NotAcceptedError,
    OutcomeUnknownError,
    ProviderAccessError,
    StaleJobError,
    StoreUnavailableError,
)
from bot.pipeline.backoff import backoff
from bot.pipeline.persist import persist
from bot.pipeline.references import ReferenceFiles, read_references
from bot.providers.base import Accepted, Failed, PollSchedule, Provider
from bot.store.jobs import JobStore

log = logging.getLogger(__name__)

_PATIENCE: Final = timedelta(minutes=30)
"""How long a job may wait for a provider that takes nothing."""
_FLOOR: Final = timedelta(seconds=5)
_CAP: Final = timedelta(minutes=2)


class Submitter:
    """Takes a reserved job to its provider, once."""

    def __init__(
        self,
        jobs: JobStore,
        providers: Mapping[str, Provider],
        schedules: Mapping[str, PollSchedule],
        files: ReferenceFiles,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._providers = providers
        self._schedules = schedules
        self._files = files
        self._clock = clock

    async def submit(self, job: Job) -> None:
        """Make the paid call for a reserved job and record what became of it."""
        provider = self._providers.get(job.spec.provider)
        if provider is None:
            await self._jobs.fail(job, _unusable(f"no key for {job.spec.provider}"))
            return
        if self._clock.now() - job.created_at > _PATIENCE:
            await self._jobs.fail(job, _unusable("the provider took no jobs for too long"))
            return
        try:
            images = await read_references(self._files, job)
        except FetchError as error:
            await self._wait_for_images(job, error)
            return
        submitting = await self._jobs.start_submitting(job)
        await self._call(provider, submitting, images)

    async def _wait_for_images(self, job: Job, error: FetchError) -> None:
        if error.is_final:
            await self._jobs.fail(job, _unusable(f"reference images: {error}"))
            return
        log.warning("Job %s waits for its reference images: %s", job.id, error)
        pause = backoff(job.attempts, floor=_FLOOR, cap=_CAP)
        await self._jobs.postpone(job, self._clock.now() + pause, attempts=job.attempts + 1)

    async def settle_interrupted(self, job: Job) -> None:
        """End a job whose submission nobody finished: it may have been paid, so it stays."""
        failure = Failure(
            FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, "interrupted while submitting"
        )
        await self._jobs.fail(job, failure)

    async def _call(self, provider: Provider, job: Job, images: Sequence[CleanImage]) -> None:
        try:
            answer = await provider.submit(job.spec, images)
        except NotAcceptedError as error:
            pause = backoff(job.attempts, floor=_FLOOR, cap=_CAP, retry_after=error.retry_after)
            await self._jobs.put_back(job, self._clock.now() + pause, detail=str(error))
        except ProviderAccessError as error:
            log.error("%s does not let the bot in: %s", provider.title, error)
            await self._jobs.fail(job, _unusable(str(error)))
        except OutcomeUnknownError as error:
            log.error("Job %s may have been paid: %s", job.id, error)
            failure = Failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, str(error))
            await self._jobs.fail(job, failure)
        else:
            match answer:
                case Accepted(ref):
                    await self._record(job, ref)
                case Failed(failure):
                    await self._jobs.fail(job, failure)

    async def _record(self, job: Job, ref: str) -> None:
        first = self._clock.now() + self._schedules[job.spec.provider].first
        log.info("Job %s was taken by %s", job.id, job.spec.provider)
        try:
            await persist(lambda: self._jobs.mark_rendering(job, ref, first), self._clock)
        except (StaleJobError, StoreUnavailableError, asyncio.CancelledError):
            # The only copy of a paid reference: with this line a person can still find the video.
            log.critical("Job %s was accepted by %s as %s", job.id, job.spec.provider, ref)
            raise


def _unusable(detail: str) -> Failure:
    return Failure(FailureKind.PROVIDER_ERROR, Charge.NONE, detail)
