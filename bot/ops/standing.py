"""Judges jobs for the operator: what each waits for, and whether that is too long."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain import FailureKind, Job, JobState, Pause
from bot.ops.mending import HAPPENED
from bot.providers import PROVIDERS
from bot.providers.connections import schedule_of
from bot.settings import Settings
from bot.store.oversight import Standing

_OWED_FOR_LONG: Final = timedelta(minutes=15)
_UNSUBMITTED_FOR_LONG: Final = timedelta(minutes=30)
"""About as long as a provider that takes nothing is tried."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One job, in words."""

    standing: Standing
    waits_for: str
    concerns: tuple[str, ...]
    """Why a person should look at it; none for a job that is as it should be."""


class Judge:
    """Knows how long each provider usually takes, and which are paused."""

    def __init__(self, settings: Settings, pauses: Mapping[str, Pause], now: datetime) -> None:
        self._settings = settings
        self._pauses = pauses
        self._now = now

    def judge(self, standing: Standing) -> Judged:
        """Say what a job waits for, and what is wrong with that."""
        return Judged(standing, self._waits_for(standing), tuple(self._concerns(standing)))

    def _waits_for(self, standing: Standing) -> str:
        job = standing.job
        if standing.owed:
            owed = max(standing.owed, key=lambda one: one.attempts)
            return f"its {owed.kind} to be posted" + (f": {owed.problem}" if owed.problem else "")
        if standing.is_in_hand:
            return "the worker that has it"
        progress = "" if job.progress is None else f" ({job.progress} %)"
        words = {
            JobState.RESERVED: self._to_be_taken(job),
            JobState.SUBMITTING: "the reply to the paid call",
            JobState.RENDERING: f"{self._title(job)} to finish{progress}",
            JobState.RENDERED: f"its file from {self._title(job)}",
        }
        return words.get(job.state, "nothing")

    def _to_be_taken(self, job: Job) -> str:
        pause = self._pauses.get(job.spec.provider)
        if pause is not None:
            return f"{self._title(job)}, which is paused: {HAPPENED[pause.reason]}"
        return f"another try at {self._title(job)}" if job.attempts else "its turn"

    def _concerns(self, standing: Standing) -> Iterator[str]:
        job = standing.job
        if job.failure is not None and job.failure.kind is FailureKind.OUTCOME_UNKNOWN:
            yield f"outcome unknown: look at the bill of {self._title(job)}"
        if job.state in {JobState.RESERVED, JobState.SUBMITTING}:
            if self._now - job.created_at > _UNSUBMITTED_FOR_LONG:
                yield "not submitted for long"
        elif job.state in {JobState.RENDERING, JobState.RENDERED} and self._is_late(job):
            yield "past the usual time"
        for owed in standing.owed:
            if self._now - owed.since > _OWED_FOR_LONG:
                yield f"its {owed.kind} is owed for long"

    def _is_late(self, job: Job) -> bool:
        kind = PROVIDERS.get(job.spec.provider)
        if kind is None:
            return True  # nobody is left to ask about it
        usual = schedule_of(kind, self._settings).soft_deadline
        return self._now - (job.submitted_at or job.created_at) > usual

    def _title(self, job: Job) -> str:
        kind = PROVIDERS.get(job.spec.provider)
        return kind.title if kind else job.spec.provider
