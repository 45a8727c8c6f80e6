"""`python -m sandbox chaos`: minutes of bad weather and mischief, and what is left of the bot."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from sandbox.chaos.storm import Damage, Forecast, Storm
from sandbox.crash.books import Pending
from sandbox.crash.command import WIDTH, quiet_servers
from sandbox.postgres_option import DatabaseUrl, Postgres, postgres_url

_EXIT_VIOLATIONS: Final = 1
_MEBI: Final = 1024 * 1024


def chaos(
    *,
    minutes: Annotated[float, typer.Option(min=0.01, help="How long, of real time.")] = 3.0,
    seed: Annotated[int, typer.Option(help="What chance is made of.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON at the end and nothing else.")
    ] = False,
    postgres: Postgres = False,
    database_url: DatabaseUrl = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the bot's data and log are kept; thrown away without."),
    ] = None,
) -> None:
    """Let members, faults, kills and leaps of the clock loose on the bot by chance."""
    quiet_servers()
    console = Console(stderr=True, quiet=as_json)
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as scratch,
        postgres_url(database_url, is_private=postgres) as url,
        Status("", console=console) as at,
    ):
        folder = out or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)

        def show(pending: Pending) -> None:
            at.update(f"{pending.jobs} jobs open, {pending.messages} messages owed")

        storm = Storm(Forecast(minutes, seed, folder.resolve(), url), show)
        damage = asyncio.run(storm.run())
    if as_json:
        typer.echo(json.dumps(as_words(damage)))
    else:
        _print(damage)
    raise typer.Exit(_EXIT_VIOLATIONS if damage.violations else 0)


def as_words(damage: Damage) -> dict[str, object]:
    """Write what came of it for machines."""
    return {
        "engine": damage.engine,
        "jobs": damage.jobs,
        "ended": dict(damage.states),
        "jobs_outcome_unknown": damage.unknown,
        "charges": damage.charges,
        "starts": damage.starts,
        "kills": damage.kills,
        "stops": damage.stops,
        "mischief": dict(damage.deeds),
        "faults": sum(damage.faults.values()),
        "faults_by_side": dict(damage.faults),
        "members": dict(damage.members),
        "moderators": dict(damage.moderators),
        "for_moderators": dict(damage.desk),
        "in_backup": {
            "jobs": damage.sequel.jobs,
            "open": damage.sequel.open,
            "outcome unknown then": damage.sequel.unknown,
        },
        "files_to_sweep": damage.leftovers,
        "memory_mib": round(damage.largest_bytes / _MEBI, 1),
        "memory_growth_mib": round(damage.growth_bytes / _MEBI, 1),
        "violations": len(damage.violations),
        "broken": damage.violations,
    }


def _print(damage: Damage) -> None:
    console = Console(width=WIDTH, soft_wrap=True)
    table = Table(show_header=False)
    for name, value in as_words(damage).items():
        if name == "broken":
            continue
        shown = value
        if isinstance(value, dict):
            shown = ", ".join(f"{count} {what}" for what, count in sorted(value.items()))
        table.add_row(name.replace("_", " "), str(shown))
    console.print(table)
    for violation in damage.violations:
        console.print(violation, style="red", markup=False)
