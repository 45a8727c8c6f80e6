"""Kills the bot at every point that it has, and counts what came of it."""

import asyncio
import shutil
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from signal import Signals
from typing import Final

from sandbox.crash.cradle import Cradle
from sandbox.crash.kill_points import Point
from sandbox.crash.life import Fate, Verdict, live
from sandbox.crash.scene import make_template

_LATER: Final = timedelta(minutes=10)
"""Past the minutes for which Discord keeps a nonce."""
_PAST_LEASES: Final = timedelta(minutes=15)
"""The longest lease is that of a step that may take twelve minutes."""
_FAULTS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Scenario:
    """What goes with each kill."""

    name: str
    pause: timedelta = timedelta(0)
    fault_chance: float = 0.0
    strikes: int = 1
    """At most, in one life."""
    strike: Signals = signal.SIGKILL


SCENARIOS: Final = (
    Scenario("at once"),
    Scenario("ten minutes later", _LATER),
    Scenario("lost replies, at once", fault_chance=_FAULTS),
    Scenario("lost replies, later", _LATER, _FAULTS),
    Scenario("lost replies, three kills", _LATER, _FAULTS, strikes=3),
    Scenario("stopped, and past its lease", _PAST_LEASES, strike=signal.SIGSTOP),
)
_FAIR: Final = SCENARIOS[:2]
_OTHERS: Final = SCENARIOS[2:]


@dataclass(frozen=True, slots=True)
class Violation:
    """One promise that was broken."""

    scenario: str
    strikes: tuple[str, ...]
    """Where the bot was killed or stopped."""
    what: str
    kept: str | None
    """The folder with what is left of that life."""


@dataclass(slots=True)
class Tally:
    """What came of many lives."""

    lives: int = 0
    kills: int = 0
    stops: int = 0
    missed: int = 0
    """Lives that never came to the point at which they were to end."""
    faults: int = 0
    jobs: int = 0
    unknown: int = 0
    violations: list[Violation] = field(default_factory=list)

    def add(self, fate: Fate, verdict: Verdict) -> None:
        """Count one life."""
        self.lives += 1
        is_kill = fate.strike is signal.SIGKILL
        self.kills += verdict.strikes if is_kill else 0
        self.stops += 0 if is_kill else verdict.strikes
        self.missed += verdict.strikes == 0
        self.faults += verdict.faults
        self.jobs += verdict.jobs
        self.unknown += verdict.unknown


@dataclass(frozen=True, slots=True)
class Trial:
    """One life to be lived."""

    scenario: Scenario
    fate: Fate


class Sweep:
    """Lives for all points: each once in both fair scenarios, and once in one of the others.

    With `every`, only that many-th points, and each in one scenario, which take turns; of
    these the ones in `only`, if it is given.
    """

    def __init__(
        self,
        folder: Path,
        *,
        every: int = 1,
        at_once: int = 3,
        seed: int = 0,
        only: Scenario | None = None,
        keep: Path | None = None,
        package_root: Path | None = None,
        on_life: Callable[[int, int], None] | None = None,
    ) -> None:
        self._folder = folder
        self._every = every
        self._at_once = at_once
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose
        self._only = only
        self._keep = keep
        self._package_root = package_root
        self._on_life = on_life
        self._known: dict[Point, None] = {}
        self._queue: deque[Trial] = deque()
        self._found = 0
        self.tallies = {scenario.name: Tally() for scenario in SCENARIOS}

    @property
    def points(self) -> int:
        """Count the points that are known."""
        return len(self._known)

    @property
    def violations(self) -> list[Violation]:
        """List every promise that was broken."""
        return [one for tally in self.tallies.values() for one in tally.violations]

    async def run(self) -> None:
        """Live all lives."""
        template = await make_template(self._folder)
        async with Cradle(self._package_root) as cradle:
            for scenario in (SCENARIOS[0], SCENARIOS[2]):
                await self._explore(cradle, template, scenario)
        points = list(self._known)[:: self._every]
        self._queue += self._trials(points)
        await asyncio.gather(*(self._work(template, number) for number in range(self._at_once)))

    async def _explore(self, cradle: Cradle, template: Path, scenario: Scenario) -> None:
        """Learn what points there are from a life that nobody ends."""
        fate = Fate((), fault_chance=scenario.fault_chance)
        verdict = await live(cradle, self._folder / "explored", template, fate)
        self._judge(Trial(scenario, fate), verdict, self._folder / "explored")
        self._known |= dict.fromkeys(point for points in verdict.points for point in points)

    def _trials(self, points: Sequence[Point]) -> Iterator[Trial]:
        for number, point in enumerate(points):
            in_turn = SCENARIOS[number % len(SCENARIOS)]
            if self._only not in {None, in_turn}:
                continue
            chosen = (*_FAIR, _OTHERS[number % len(_OTHERS)]) if self._every == 1 else (in_turn,)
            for scenario in chosen:
                others = self._random.choices(list(self._known), k=scenario.strikes - 1)
                yield Trial(scenario, self._fate(scenario, (point, *others)))

    def _fate(self, scenario: Scenario, strikes: tuple[Point, ...]) -> Fate:
        return Fate(
            strikes,
            scenario.pause,
            scenario.strike,
            fault_chance=scenario.fault_chance,
            seed=self._random.randrange(2**32),
        )

    async def _work(self, template: Path, number: int) -> None:
        folder = self._folder / f"life-{number}"
        async with Cradle(self._package_root) as cradle:
            while self._queue:
                trial = self._queue.popleft()
                verdict = await live(cradle, folder, template, trial.fate)
                self._judge(trial, verdict, folder)
                self._learn(trial, verdict)
                if self._on_life is not None:
                    done = sum(tally.lives for tally in self.tallies.values())
                    self._on_life(done, done + len(self._queue))

    def _judge(self, trial: Trial, verdict: Verdict, folder: Path) -> None:
        tally = self.tallies[trial.scenario.name]
        if trial.fate.strikes:
            tally.add(trial.fate, verdict)
        if not verdict.violations:
            return
        kept = None
        if self._keep is not None:
            kept = self._keep / f"life-{len(self.violations)}"
            shutil.copytree(folder, kept, dirs_exist_ok=True)
        strikes = tuple(point.title for point in trial.fate.strikes)
        tally.violations += [
            Violation(trial.scenario.name, strikes, what, None if kept is None else str(kept))
            for what in verdict.violations
        ]

    def _learn(self, trial: Trial, verdict: Verdict) -> None:
        """Let a life end at each point that only a bot comes to that was killed before."""
        for number, points in enumerate(verdict.points):
            for point in points:
                if point in self._known:
                    continue
                self._known[point] = None
                self._found += 1
                if self._found % self._every == 0:
                    strikes = (*trial.fate.strikes[:number], point)
                    fate = self._fate(trial.scenario, strikes)
                    self._queue.append(Trial(trial.scenario, replace(fate, seed=trial.fate.seed)))
