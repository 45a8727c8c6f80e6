"""The command `grok-bot jobs`: what is on its way, what is stuck, and what it waits for."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.clock import Clock, SystemClock
from bot.domain import Pause
from bot.ops.door import open_current
from bot.ops.mending import HAPPENED
from bot.ops.standing import Judge, Judged
from bot.settings import Settings, read_settings
from bot.store.oversight import Oversight
from bot.store.pauses import PauseStore

_UNKNOWN_FOR: Final = timedelta(days=7)
_MOST: Final = 500
_DAY_SECONDS: Final = 86_400
_HOUR_SECONDS: Final = 3600
_MINUTE_SECONDS: Final = 60
_HEADINGS: Final = ("job", "state", "model", "reference there", "age", "tries", "due", "waits for")


@dataclass(frozen=True, slots=True)
class JobReport:
    """What the command shows."""

    now: datetime
    jobs: Sequence[Judged]
    pauses: Mapping[str, Pause]


def jobs(
    *,
    stuck: Annotated[
        bool, typer.Option("--stuck", help="Only those that a person should look at.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
) -> None:
    """List the jobs that are not over, or those that are stuck or in doubt."""
    report = asyncio.run(read_jobs(read_settings(), SystemClock(), only_stuck=stuck))
    if as_json:
        typer.echo(json.dumps(_as_json(report), indent=2))
        return
    console = Console(highlight=False)
    if report.jobs:
        console.print(_table(report, with_concerns=stuck))
    else:
        typer.echo("No job is stuck." if stuck else "No job is on its way.")
    for name, pause in report.pauses.items():
        since = f"{pause.paused_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{name} is paused since {since}: {HAPPENED[pause.reason]}")


async def read_jobs(settings: Settings, clock: Clock, *, only_stuck: bool) -> JobReport:
    """Read what is on its way; `only_stuck` adds what ended in doubt and leaves out the rest.

    Raises:
        ConfigurationError: The database is of another version, or can't be opened.
    """
    now = clock.now()
    async with open_current(settings) as database:
        pauses = await PauseStore(database, clock).current()
        oversight = Oversight(database)
        found = await oversight.standing(limit=_MOST)
        if only_stuck:
            known = {one.job.id for one in found}
            unknown = await oversight.unknown_since(now - _UNKNOWN_FOR, limit=_MOST)
            found += [one for one in unknown if one.job.id not in known]
    judge = Judge(settings, pauses, now)
    judged = [judge.judge(one) for one in found]
    return JobReport(now, [one for one in judged if one.concerns or not only_stuck], pauses)


def _table(report: JobReport, *, with_concerns: bool) -> Table:
    table = Table(title="Jobs that a person should look at" if with_concerns else "Open jobs")
    for heading in (*_HEADINGS, *(["concern"] if with_concerns else [])):
        table.add_column(heading, overflow="fold")
    for judged in report.jobs:
        job, due_at = judged.standing.job, judged.standing.due_at
        cells = [
            job.id,
            str(job.state),
            f"{job.spec.provider}/{job.spec.model}",
            job.provider_ref or "",
            _length(report.now - job.created_at),
            str(job.attempts),
            "" if due_at is None else _when(due_at - report.now),
            judged.waits_for,
        ]
        if with_concerns:
            cells.append("; ".join(judged.concerns))
        # As texts: what a provider or Discord said must not be read as markup.
        table.add_row(*map(Text, cells))
    return table


def _when(left: timedelta) -> str:
    return "now" if left <= timedelta(0) else f"in {_length(left)}"


def _length(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds >= _DAY_SECONDS:
        return f"{seconds // _DAY_SECONDS} d {seconds % _DAY_SECONDS // _HOUR_SECONDS} h"
    if seconds >= _HOUR_SECONDS:
        return f"{seconds // _HOUR_SECONDS} h {seconds % _HOUR_SECONDS // _MINUTE_SECONDS} min"
    if seconds >= _MINUTE_SECONDS:
        return f"{seconds // _MINUTE_SECONDS} min"
    return f"{seconds} s"


def _as_json(report: JobReport) -> dict[str, Any]:
    return {
        "jobs": [_job_as_json(judged, report.now) for judged in report.jobs],
        "paused": [
            {
                "provider": name,
                "reason": pause.reason,
                "detail": pause.detail,
                "paused_at": pause.paused_at.isoformat(),
            }
            for name, pause in report.pauses.items()
        ],
    }


def _job_as_json(judged: Judged, now: datetime) -> dict[str, Any]:
    job, due_at = judged.standing.job, judged.standing.due_at
    return {
        "id": job.id,
        "state": job.state,
        "failure": None if job.failure is None else job.failure.kind,
        "provider": job.spec.provider,
        "model": job.spec.model,
        "provider_ref": job.provider_ref,
        # Snowflakes as texts: they are too large for the numbers of many programs.
        "guild_id": str(job.origin.guild_id),
        "channel_id": str(job.origin.channel_id),
        "requester_id": str(job.origin.requester_id),
        "created_at": job.created_at.isoformat(),
        "submitted_at": None if job.submitted_at is None else job.submitted_at.isoformat(),
        "age_seconds": int((now - job.created_at).total_seconds()),
        "attempts": job.attempts,
        "due_at": None if due_at is None else due_at.isoformat(),
        "estimate_micros": job.estimate_micros,
        "cost_micros": job.cost_micros,
        "waits_for": judged.waits_for,
        "concerns": list(judged.concerns),
    }
