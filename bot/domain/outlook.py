"""What a job can expect: its place in the queue, and how long videos like it have taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles
from typing import Final

from bot.domain.job import Job, JobState
from bot.domain.request import Mode, VideoSpec

ENOUGH: Final = 5
"""Of fewer measured jobs nobody could say what is usual."""
COUNTED: Final = 50
"""The newest jobs that count: a service that became slow is to be noticed soon."""

_FORESEEN: Final = frozenset({JobState.RESERVED, JobState.SUBMITTING, JobState.RENDERING})


def is_foreseen(job: Job) -> bool:
    """Tell whether something can be said about a job: it is not over, and waits for no person."""
    return job.state in _FORESEEN and job.held_for is None


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a job stands among those that wait for the same provider."""

    number: int
    """Counted from 1."""
    total: int


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a finished job took, from the paid call to the checked file, and what it made."""

    mode: Mode
    seconds: int
    resolution: str
    took: timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """How long it usually takes: eight of ten are within."""

    shortest: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of how long a job will take."""

    place: QueuePlace | None = None
    """None once it does not wait any more."""
    usual: Span | None = None
    """From the paid call on; None as long as too few were measured."""


def usual_span(measured: Sequence[Measured], spec: VideoSpec | None = None) -> Span | None:
    """Return from the 10th to the 90th percentile of what one model took, the newest first.

    With `spec` those count that were most like it, as far as there are enough of them. None is
    not known.
    """
    for alike in _narrowest_first(measured, spec):
        if len(alike) >= ENOUGH:
            took = [one.took.total_seconds() for one in alike[:COUNTED]]
            tenths = quantiles(took, n=10, method="inclusive")
            return Span(timedelta(seconds=tenths[0]), timedelta(seconds=tenths[-1]))
    return None


def _narrowest_first(
    measured: Sequence[Measured], spec: VideoSpec | None
) -> Iterator[Sequence[Measured]]:
    if spec is not None:
        same_kind = [one for one in measured if one.mode is spec.mode]
        same_length = [one for one in same_kind if one.seconds == spec.seconds]
        yield [one for one in same_length if one.resolution == spec.resolution]
        yield same_length
        yield same_kind
    yield measured
