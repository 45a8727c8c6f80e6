"""One life of the bot: it is killed at its points, started again each time, and judged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bot.domain import FailureKind
from sandbox.crash.audit import Audit, log_problems
from sandbox.crash.course import Course
from sandbox.crash.cradle import Cradle
from sandbox.crash.databases import Databases
from sandbox.crash.desk_audit import DeskAudit
from sandbox.crash.fate import Fate, Verdict
from sandbox.crash.launch import read_points
from sandbox.crash.scene import Scene, open_scene
from sandbox.crash.weather import Weather

BOOKS: Final = "books.txt"
"""Where the rows of a life with violations are written: its database may be gone later."""
_LIFE_SECONDS: Final = 90.0
"""Of the machine's time, for all that has to happen after the last kill.

A send that may still land is waited for: a case, the record before it is decided, and after.
"""


async def live(
    cradle: Cradle,
    folder: Path,
    databases: Databases,
    fate: Fate,
    *,
    other: Cradle | None = None,
) -> Verdict:
    """Live one life in `folder`, and judge it; `other` is for a second process."""
    weather = Weather(fate.fault_chance, fate.seed)
    async with (
        open_scene(folder, databases, weather, fate.play) as scene,
        _played(scene),
    ):
        if fate.paid_reply is not None:
            for provider in scene.providers:
                provider.on_create.then(fate.paid_reply)
        course = Course(cradle, other if fate.has_company else None, scene, fate)
        verdict = Verdict()
        try:
            async with asyncio.timeout(_LIFE_SECONDS):
                await course.run()
        except TimeoutError:
            await course.break_off()
            pending = await scene.database.books.pending()
            verdict.violations.append(f"it did not come to rest: {pending}")
        verdict.strikes = course.strikes
        verdict.violations += course.problems
        await _judge(scene, verdict)
        if not fate.has_company:
            verdict.points = read_points(scene.folder)
        verdict.faults = sum(weather.hits.values())
        return verdict


@asynccontextmanager
async def _played(scene: Scene) -> AsyncIterator[None]:
    """Let people do meanwhile what they have to do, if there are any."""
    if scene.player is None:
        yield
        return
    task = asyncio.create_task(scene.player.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _judge(scene: Scene, verdict: Verdict) -> None:
    books = scene.database.books
    intruders = await books.intruders()
    if intruders:
        verdict.violations.append(f"{intruders} connections are open, and nobody runs")
    entries = await books.read()
    verdict.jobs = len(entries.jobs)
    verdict.unknown = sum(
        job.failure is not None and job.failure.kind is FailureKind.OUTCOME_UNKNOWN
        for job in entries.jobs
    )
    audit = Audit(entries, scene.chat, scene.providers, scene.results)
    verdict.violations += audit.violations()
    verdict.violations += DeskAudit(entries, scene.chat).violations()
    # Nobody gives a job up here, and all jobs are there from the start, so there is nothing to
    # sweep but what a killed download left.
    left = [key for key in audit.leftovers() if not key.endswith(".part")]
    verdict.violations += [f"{key} was left behind" for key in left]
    verdict.violations += await books.damage()
    verdict.violations += log_problems(scene.log)
    if verdict.violations:
        rows = "\n".join(map(repr, entries.rows()))
        (scene.folder / BOOKS).write_text(f"{rows}\n", encoding="utf-8")
