"""One paid job without Discord and without the database: submitted once, awaited, fetched."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import Charge, Failure, FailureKind, PauseReason
from bot.errors import (
    MediaError,
    NotAcceptedError,
    OutcomeUnknownError,
    ProviderAccessError,
    ProviderError,
    UnknownJobError,
    UnreachableError,
)
from bot.media.fetch import Fetcher
from bot.media.video import VideoFacts, VideoProbe
from bot.ops.trials.trial_plan import Plan
from bot.pipeline.backoff import backoff
from bot.providers.base import Accepted, Failed, Finished, Pending, PollSchedule, Provider

_MISSES: Final = 3
"""How often in a row a provider must deny a job before it is believed."""
_CAP: Final = timedelta(minutes=2)
_FETCHES: Final = 6
"""Two minutes and a half, for some say "completed" before the file is there."""
_FETCH_FLOOR: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Made:
    """A checked video in a file."""

    path: Path
    size_bytes: int
    facts: VideoFacts
    cost_micros: int | None
    """What the provider says that it charged; None when it says nothing."""


@dataclass(frozen=True, slots=True)
class NotMade:
    """The end without a video."""

    failure: Failure
    cost_micros: int | None = None
    to_mend: PauseReason | None = None
    """What only the operator can mend, if that is what it was."""


class Watcher(Protocol):
    """Whoever shows how a trial is going."""

    def sending(self) -> None:
        """Be told that the paid call begins: from here on money may be spent."""
        ...

    def accepted(self, ref: str) -> None:
        """Be told how the provider calls the job."""
        ...

    def pending(self, progress: int | None, *, is_late: bool) -> None:
        """Be told percent, and whether it takes unusually long."""
        ...

    def rendered(self) -> None:
        """Be told that the provider is done and its file comes in."""
        ...

    def trouble(self, detail: str) -> None:
        """Be told that something did not work and is tried again."""
        ...


class Trial:
    """Takes one job to its end with patience like the running bot's."""

    def __init__(
        self,
        provider: Provider,
        schedule: PollSchedule,
        fetcher: Fetcher,
        probe: VideoProbe,
        clock: Clock,
        watcher: Watcher,
    ) -> None:
        self._provider = provider
        self._schedule = schedule
        self._fetcher = fetcher
        self._probe = probe
        self._clock = clock
        self._watcher = watcher

    async def run(self, plan: Plan, destination: Path) -> Made | NotMade:
        """Make the paid call, once, and bring the video to `destination`."""
        self._watcher.sending()
        submitted = await self._submit(plan)
        if isinstance(submitted, NotMade):
            return submitted
        self._watcher.accepted(submitted.ref)
        answer = await self._wait(submitted.ref, self._clock.now())
        if isinstance(answer, Failed):
            return NotMade(answer.failure, answer.cost_micros)
        self._watcher.rendered()
        return await self._collect(submitted.ref, answer, destination)

    async def _submit(self, plan: Plan) -> Accepted | NotMade:
        try:
            answer = await self._provider.submit(plan.spec, plan.inputs)
        except NotAcceptedError as error:
            return _not_started(error)
        except ProviderAccessError as error:
            return _not_started(error, error.reason)
        except OutcomeUnknownError as error:
            kind = FailureKind.OUTCOME_UNKNOWN
            return NotMade(Failure(kind, Charge.POSSIBLE, str(error)))
        match answer:
            case Accepted():
                return answer
            case Failed(failure, cost_micros):
                return NotMade(failure, cost_micros)

    async def _wait(self, ref: str, submitted_at: datetime) -> Finished | Failed:
        """Ask until the end; the last question is one after the hard deadline."""
        pause, attempts, misses = self._schedule.first, 0, 0
        while True:
            await self._clock.sleep(pause.total_seconds())
            age = self._clock.now() - submitted_at
            is_late = age >= self._schedule.soft_deadline
            interval = self._schedule.late_interval if is_late else self._schedule.interval
            try:
                answer = await self._provider.poll(ref)
            except (UnreachableError, ProviderAccessError) as error:
                pause = backoff(
                    attempts,
                    floor=interval,
                    cap=max(interval, _CAP),
                    retry_after=error.retry_after,
                )
                attempts += 1
                self._watcher.trouble(str(error))
            except UnknownJobError as error:
                attempts, misses = 0, misses + 1
                if misses == _MISSES:
                    return _over(FailureKind.LOST, str(error))
                pause = interval * (1 << misses)
                self._watcher.trouble(str(error))
            else:
                if not isinstance(answer, Pending):
                    return answer
                pause, attempts, misses = interval, 0, 0
                self._watcher.pending(answer.progress, is_late=is_late)
            if age > self._schedule.hard_deadline:
                return _over(FailureKind.TIMED_OUT, f"no result after {age}")

    async def _collect(self, ref: str, finished: Finished, destination: Path) -> Made | NotMade:
        for attempt in range(_FETCHES):
            if attempt:
                pause = backoff(attempt - 1, floor=_FETCH_FLOOR, cap=_CAP)
                await self._clock.sleep(pause.total_seconds())
                finished = await self._ask_again(ref, finished)
            video = await self._fetch(ref, finished, destination)
            if isinstance(video, Made):
                return video
            self._watcher.trouble("; ".join(map(str, video)))
        failure = Failure(FailureKind.LOST, Charge.MADE, "its file can't be had")
        return NotMade(failure, finished.cost_micros)

    async def _fetch(
        self, ref: str, finished: Finished, destination: Path
    ) -> Made | Sequence[MediaError]:
        problems: list[MediaError] = []
        for source in self._provider.sources(ref, finished.url):
            try:
                file = await self._fetcher.download(source.url, destination, headers=source.headers)
                facts = await self._probe.probe(destination)
            except MediaError as error:
                await asyncio.to_thread(destination.unlink, missing_ok=True)
                problems.append(error)
            else:
                return Made(destination, file.size_bytes, facts, finished.cost_micros)
        return problems

    async def _ask_again(self, ref: str, finished: Finished) -> Finished:
        """Ask for a fresh address; what was said before stands where none comes."""
        try:
            answer = await self._provider.poll(ref)
        except (UnreachableError, UnknownJobError, ProviderAccessError) as error:
            self._watcher.trouble(str(error))
            return finished
        return answer if isinstance(answer, Finished) else finished


def _not_started(error: ProviderError, reason: PauseReason | None = None) -> NotMade:
    failure = Failure(FailureKind.PROVIDER_ERROR, Charge.NONE, str(error))
    return NotMade(failure, to_mend=reason)


def _over(kind: FailureKind, detail: str) -> Failed:
    return Failed(Failure(kind, Charge.POSSIBLE, detail))
