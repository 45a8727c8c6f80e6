"""What happens to one life from outside, and what came of it."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from signal import Signals

from sandbox.canned import CannedReply
from sandbox.crash.kill_points import Point
from sandbox.crash.plays import Play


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a life from outside."""

    strikes: Sequence[Point]
    """Where each process sends itself the signal; one that isn't come to is passed over."""
    pause: timedelta = timedelta(0)
    """By how much the time of its world leaps then; negative when the clock is set back."""
    strike: Signals = signal.SIGKILL
    """SIGKILL ends the process; SIGSTOP holds it for the pause."""
    has_company: bool = False
    """Whether two processes are at work. Then one is struck, and the other one inherits."""
    play: Play = Play.JOBS
    wound: Callable[[Path], None] | None = None
    """What is done to the file of the database after each kill."""
    fault_chance: float = 0.0
    seed: int = 0
    paid_reply: CannedReply | None = None
    """What the first paid call of each provider gets instead of its own reply."""


@dataclass(slots=True)
class Verdict:
    """What came of a life."""

    strikes: int = 0
    """Signals that struck: kills or stops."""
    faults: int = 0
    jobs: int = 0
    unknown: int = 0
    """Jobs of which nobody knows whether they were paid."""
    violations: list[str] = field(default_factory=list)
    points: list[list[Point]] = field(default_factory=list)
    """What each process came to; none where two were at work: the next two share it otherwise."""
