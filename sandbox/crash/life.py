"""One life of the bot: it is killed at its points, started again each time, and judged."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from signal import Signals
from typing import Final

from bot.domain import FailureKind
from sandbox.canned import CannedReply
from sandbox.crash.audit import Audit, log_problems
from sandbox.crash.cradle import Cradle
from sandbox.crash.kill_points import Point
from sandbox.crash.launch import read_points
from sandbox.crash.scene import Scene, open_scene
from sandbox.crash.weather import Weather

_LIFE_SECONDS: Final = 40.0
"""Of the machine's time, for all that has to happen after the last kill."""
_LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a life from outside."""

    strikes: Sequence[Point]
    """Where each process sends itself the signal; one that isn't come to is passed over."""
    pause: timedelta = timedelta(0)
    """How long nobody runs then, in the time of its world."""
    strike: Signals = signal.SIGKILL
    """SIGKILL ends the process; SIGSTOP holds it for the pause."""
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
    """What each process came to."""


async def live(cradle: Cradle, folder: Path, template: Path, fate: Fate) -> Verdict:
    """Live one life in `folder`, and judge it."""
    weather = Weather(fate.fault_chance, fate.seed)
    async with open_scene(folder, template, weather) as scene:
        verdict = Verdict()
        if fate.paid_reply is not None:
            for provider in scene.providers:
                provider.on_create.then(fate.paid_reply)
        try:
            async with asyncio.timeout(_LIFE_SECONDS):
                exit_code = await _until_settled(cradle, scene, fate, verdict)
        except TimeoutError:
            cradle.tell(signal.SIGKILL)
            await cradle.end()
            verdict.violations.append(f"it did not come to rest: {await scene.books.pending()}")
        else:
            # Told to end before it listens, a process ends by the signal.
            if exit_code not in {0, -signal.SIGTERM}:
                verdict.violations.append(f"the bot ended with {exit_code}")
        await _judge(scene, verdict)
        verdict.faults = sum(weather.hits.values())
        return verdict


async def _until_settled(cradle: Cradle, scene: Scene, fate: Fate, verdict: Verdict) -> int:
    """Start the bot as often as it is killed; return how it ended once nothing was left to do."""
    strikes = [*fate.strikes]
    while True:
        await cradle.start(scene.launch(strikes.pop(0) if strikes else None, fate.strike))
        if fate.strike is signal.SIGSTOP and fate.strikes:
            verdict.strikes += await _hold(cradle, scene, fate.pause)
        await _until_at_rest(cradle, scene)
        if not cradle.is_empty:
            cradle.tell(signal.SIGTERM)
        exit_code = await cradle.end()
        if exit_code != -signal.SIGKILL:
            return exit_code
        verdict.strikes += 1
        scene.clock.leap(fate.pause)
        if fate.wound is not None:
            fate.wound(scene.database)


async def _hold(cradle: Cradle, scene: Scene, pause: timedelta) -> bool:
    """Wait until the process has stopped itself, and let it go on later; False when it didn't."""
    while not read_points(scene.folder):
        if cradle.is_empty or (await scene.books.pending()).is_nothing:
            return False
        await cradle.wait(_LOOK_SECONDS)
    scene.clock.leap(pause)
    await cradle.wait(_LOOK_SECONDS)
    cradle.tell(signal.SIGCONT)
    return True


async def _until_at_rest(cradle: Cradle, scene: Scene) -> None:
    while not cradle.is_empty:
        pending = await scene.books.pending()
        if pending.is_nothing or pending.is_forgotten:
            return
        await cradle.wait(_LOOK_SECONDS)


async def _judge(scene: Scene, verdict: Verdict) -> None:
    entries = await scene.books.read()
    verdict.jobs = len(entries.jobs)
    verdict.unknown = sum(
        job.failure is not None and job.failure.kind is FailureKind.OUTCOME_UNKNOWN
        for job in entries.jobs
    )
    audit = Audit(entries, scene.chat, scene.providers, scene.results)
    verdict.violations += audit.violations()
    # Nobody gives a job up here, so there is nothing to sweep.
    verdict.violations += [f"{key} was left behind" for key in audit.leftovers()]
    verdict.violations += await scene.books.damage()
    verdict.violations += log_problems(scene.log)
    verdict.points = read_points(scene.folder)
