"""What was made in a span of time: jobs, seconds of video, and money."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class UsageLine:
    """What one model or one member made, or all of them together."""

    label: str
    """As people read it; it may come from a member, so it is foreign text."""
    jobs: int
    seconds: int
    """Of finished video."""
    micros: int
    """What the ledger comes to; there a job of unknown price counts with its bound, if any."""
    unpriced: int
    """Jobs that count for nothing there, because nobody knows their price."""


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What was made on one UTC day."""

    day: date
    jobs: int
    seconds: int
    micros: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What was made from `since` until just before `until`."""

    since: datetime
    until: datetime
    days: tuple[DayUsage, ...]
    """Each UTC day of the span, in order, also those on which nothing was made."""
    models: tuple[UsageLine, ...]
    """The largest first."""
    members: tuple[UsageLine, ...]
    """The largest first."""
    total: UsageLine
