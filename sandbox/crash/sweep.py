"""Kills the bot at every point that it has, and counts what came of it."""

import asyncio
import shutil
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Final

from sandbox.crash.cradle import Cradle
from sandbox.crash.databases import Databases
from sandbox.crash.fate import Fate, Verdict
from sandbox.crash.kill_points import Point
from sandbox.crash.life import live
from sandbox.crash.plays import Play
from sandbox.crash.scenarios import FAIR, SCENARIOS, SHARED, Scenario

_ONCE: Final = 3
"""A point that only a later play comes to is tried once where others are three times."""


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

    These are more where the database lets a second process in. Points that only a bot with
    moderators comes to, or one that makes a storyboard, have one scenario each, which take turns.

    With `every`, only that many-th points, and each in one scenario; of these the ones in `only`,
    if it is given.
    """

    def __init__(
        self,
        folder: Path,
        databases: Databases,
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
        self._databases = databases
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
        self._scenarios = (*SCENARIOS, *(SHARED if databases.lets_others_in else ()))
        self.tallies = {scenario.name: Tally() for scenario in self._scenarios}

    @property
    def engine(self) -> str:
        """Name the kind of the databases."""
        return self._databases.title

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
        async with Cradle(self._package_root) as cradle:
            for play in Play:
                before = len(self._known)
                for scenario in (SCENARIOS[0], SCENARIOS[2]):
                    await self._explore(cradle, scenario, play)
                points = list(self._known)[before:]
                self._queue += self._trials(points, play)
        await asyncio.gather(*(self._work(number) for number in range(self._at_once)))

    async def _explore(self, cradle: Cradle, scenario: Scenario, play: Play) -> None:
        """Learn what points there are from a life that nobody ends."""
        fate = Fate((), fault_chance=scenario.fault_chance, play=play)
        folder = self._folder / "explored"
        verdict = await live(cradle, folder, self._databases, fate)
        self._judge(Trial(scenario, fate), verdict, folder)
        self._known |= dict.fromkeys(point for points in verdict.points for point in points)

    def _trials(self, points: Sequence[Point], play: Play) -> Iterator[Trial]:
        is_full, is_first = self._every == 1, play is Play.JOBS
        stride = self._every * (1 if is_first or is_full else _ONCE)
        for number, point in enumerate(points[::stride]):
            in_turn = self._scenarios[number % len(self._scenarios)]
            if self._only not in {None, in_turn}:
                continue
            others = self._scenarios[len(FAIR) :]
            other = others[number % len(others)]
            for scenario in (*FAIR, other) if is_full and is_first else (in_turn,):
                further = self._random.choices(list(self._known), k=scenario.strikes - 1)
                fate = self._fate(scenario, (point, *further), play)
                yield Trial(scenario, fate)

    def _fate(self, scenario: Scenario, strikes: tuple[Point, ...], play: Play) -> Fate:
        if scenario.has_company:
            # Of two that share the work, neither may come to a place twice.
            strikes = tuple(replace(point, nth=1) for point in strikes)
        return Fate(
            strikes,
            scenario.pause,
            scenario.strike,
            has_company=scenario.has_company,
            play=play,
            fault_chance=scenario.fault_chance,
            seed=self._random.randrange(2**32),
        )

    async def _work(self, number: int) -> None:
        folder = self._folder / f"life-{number}"
        async with AsyncExitStack() as stack:
            cradle = await stack.enter_async_context(Cradle(self._package_root))
            other = None
            while self._queue:
                trial = self._queue.popleft()
                if other is None and trial.fate.has_company:
                    other = await stack.enter_async_context(Cradle(self._package_root))
                verdict = await live(cradle, folder, self._databases, trial.fate, other=other)
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
                    fate = self._fate(trial.scenario, strikes, trial.fate.play)
                    self._queue.append(Trial(trial.scenario, replace(fate, seed=trial.fate.seed)))
