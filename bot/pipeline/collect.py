"""Step 4: the finished file comes home, checked, before its address expires."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import Charge, Failure, FailureKind, Job, StoredVideo
from bot.errors import (
    FetchError,
    MediaError,
    NotAVideoError,
    ProviderAccessError,
    StorageError,
    UnknownJobError,
    UnreachableError,
)
from bot.media.fetch import Fetcher
from bot.media.storage import ResultStorage
from bot.media.video import VideoProbe
from bot.pipeline.backoff import backoff
from bot.pipeline.lanes import Lane
from bot.pipeline.persist import persist
from bot.providers.base import Finished, Provider
from bot.store.jobs import JobStore

log = logging.getLogger(__name__)

_ATTEMPTS: Final = 30
"""At a host that is out of reach: about four hours."""
_BAD_FILE_ATTEMPTS: Final = 6
"""At a host that gives something else than the file: two minutes and a half, for some say
"completed" before the file is there."""
_FLOOR: Final = timedelta(seconds=5)
_CAP: Final = timedelta(minutes=10)
_DOWNLOADS_AT_ONCE: Final = 4
"""More makes the event loop lag behind Discord's heartbeats."""
_QUEUE: Final = timedelta(seconds=2)
_NO_ROOM: Final = timedelta(minutes=5)


class Collector:
    """Takes a rendered job's file into our storage."""

    def __init__(
        self,
        jobs: JobStore,
        lanes: Mapping[str, Lane],
        fetcher: Fetcher,
        probe: VideoProbe,
        storage: ResultStorage,
        clock: Clock,
        *,
        room_bytes: int,
    ) -> None:
        self._jobs = jobs
        self._lanes = lanes
        self._fetcher = fetcher
        self._probe = probe
        self._storage = storage
        self._clock = clock
        self._room_bytes = room_bytes
        self._downloads = asyncio.Semaphore(_DOWNLOADS_AT_ONCE)

    async def collect(self, job: Job) -> None:
        """Fetch, check and keep the file, or record when to try again."""
        lane = self._lanes.get(job.spec.provider)
        is_late = lane is not None and self._age(job) > lane.schedule.hard_deadline
        if is_late and (job.attempts or lane is None or lane.provider is None):
            # Tried in vain: what comes late, after a long outage here, is fetched once at least.
            failure = Failure(FailureKind.LOST, Charge.MADE, "the provider keeps it no longer")
            await self._jobs.fail(job, failure)
            return
        if lane is None or lane.provider is None:
            log.error("Job %s waits for a key of %s", job.id, job.spec.provider)
            await self._wait(job, _NO_ROOM)
            return
        if self._storage.free_bytes() < self._room_bytes:
            log.error("Job %s waits: there is no room on the disk", job.id)
            await self._wait(job, _NO_ROOM)
            return
        if self._downloads.locked():
            # Not in the queue of the semaphore: that would hold a worker and use up its deadline.
            await self._wait(job, _QUEUE)
            return
        if job.attempts and (wait := await lane.gate.question(job.id)) is not None:
            await self._wait(job, wait)
            return
        url = await self._fresh_url(lane.provider, job) if job.attempts else job.result_url
        try:
            async with self._downloads:
                video = await self._fetch(lane.provider, job, url)
        except StorageError as error:
            # The provider's file is not at fault, so no try is counted: it is paid for.
            log.error("Job %s waits: its video can't be kept: %s", job.id, error)
            await self._wait(job, _NO_ROOM)
        except MediaError as error:
            await self._retry_or_fail(job, error)
        else:
            await persist(lambda: self._jobs.mark_stored(job, video), self._clock)
            log.info("The video of job %s is stored", job.id)

    async def _wait(self, job: Job, pause: timedelta) -> None:
        await self._jobs.postpone(job, self._clock.now() + pause, attempts=job.attempts)

    def _age(self, job: Job) -> timedelta:
        return self._clock.now() - (job.submitted_at or job.created_at)

    async def _fetch(self, provider: Provider, job: Job, url: str | None) -> StoredVideo:
        work = self._storage.work_path(f"{job.id}.mp4")
        problems: list[MediaError] = []
        for source in provider.sources(job.provider_ref or "", url):
            try:
                file = await self._fetcher.download(source.url, work, headers=source.headers)
                facts = await self._probe.probe(work)
            except StorageError:
                await asyncio.to_thread(work.unlink, missing_ok=True)
                raise
            except (FetchError, NotAVideoError) as error:
                log.info("Job %s: a source will not do: %s", job.id, error)
                await asyncio.to_thread(work.unlink, missing_ok=True)
                problems.append(error)
                continue
            key = self._key(job)
            await self._storage.keep(work, key)
            return StoredVideo(
                key=key,
                size_bytes=file.size_bytes,
                sha256=file.sha256,
                seconds=facts.seconds,
                width=facts.width,
                height=facts.height,
            )
        raise FetchError(
            "; ".join(map(str, problems)) or "the provider names no file",
            is_final=all(_is_final(problem) for problem in problems),
        )

    async def _fresh_url(self, provider: Provider, job: Job) -> str | None:
        try:
            answer = await provider.poll(job.provider_ref or "")
        except (UnreachableError, UnknownJobError, ProviderAccessError) as error:
            log.info("Job %s: no fresh address: %s", job.id, error)
            return job.result_url
        return answer.url if isinstance(answer, Finished) else job.result_url

    async def _retry_or_fail(self, job: Job, error: MediaError) -> None:
        attempts = job.attempts + 1
        if attempts >= (_BAD_FILE_ATTEMPTS if _is_final(error) else _ATTEMPTS):
            await self._jobs.fail(job, Failure(FailureKind.LOST, Charge.MADE, str(error)))
            return
        pause = backoff(job.attempts, floor=_FLOOR, cap=_CAP)
        await self._jobs.postpone(job, self._clock.now() + pause, attempts=attempts)

    def _key(self, job: Job) -> str:
        return f"{job.created_at:%Y/%m}/{job.id}.mp4"


def _is_final(error: MediaError) -> bool:
    return error.is_final if isinstance(error, FetchError) else True
