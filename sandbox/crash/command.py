"""`python -m sandbox crash`: kills the bot wherever it can wait, and prints what came of it."""

import asyncio
import json
import logging
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from sandbox.crash.databases import Databases, PostgresDatabases, SqliteDatabases
from sandbox.crash.sweep import Sweep, Tally
from sandbox.postgres_option import DatabaseUrl, Postgres, postgres_url

_EXIT_VIOLATIONS: Final = 1
_TOLD: Final = 10
"""How often the progress is told where there is no terminal."""
WIDTH: Final = 110
"""Of tables, in characters."""


def crash(
    *,
    every: Annotated[
        int, typer.Option(min=1, help="Take every so many-th point only, in one scenario each.")
    ] = 1,
    at_once: Annotated[int, typer.Option(min=1, help="How many bots live at the same time.")] = (
        os.cpu_count() or 1
    )
    + 1,
    seed: Annotated[int, typer.Option(help="What chance is made of.")] = 0,
    postgres: Postgres = False,
    database_url: DatabaseUrl = None,
    out: Annotated[
        Path, typer.Option(help="Where what is left of lives with violations is kept.")
    ] = Path("crash-output"),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON at the end and nothing else.")
    ] = False,
) -> None:
    """Kill the bot with SIGKILL at every point where it can wait."""
    quiet_servers()
    console = Console(stderr=True, quiet=as_json)
    with postgres_url(database_url, is_private=postgres) as url:
        sweep = asyncio.run(_run(url, every, at_once, seed, out, console))
    if as_json:
        typer.echo(json.dumps(as_words(sweep)))
    else:
        _print(sweep)
    raise typer.Exit(_EXIT_VIOLATIONS if sweep.violations else 0)


async def _run(
    url: str | None, every: int, at_once: int, seed: int, out: Path, console: Console
) -> Sweep:
    bar = Progress(console=console, disable=not console.is_terminal)
    with tempfile.TemporaryDirectory(prefix="crash-") as name, bar:
        folder = Path(name)
        databases: Databases = (
            await SqliteDatabases.make(folder) if url is None else await PostgresDatabases.make(url)
        )
        task = bar.add_task("lives", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            # Where nothing can be drawn, half an hour of silence looks like a program that hangs.
            if not console.is_terminal and done * _TOLD // total > (done - 1) * _TOLD // total:
                console.print(f"{done} of {total} lives", highlight=False)

        sweep = Sweep(
            folder,
            databases,
            every=every,
            at_once=at_once,
            seed=seed,
            keep=out,
            on_life=show,
        )
        await sweep.run()
    return sweep


def quiet_servers() -> None:
    """Say nothing of clients that were killed while a stand-in answered them."""
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)


def as_words(sweep: Sweep) -> dict[str, object]:
    """Write what came of it for machines."""
    tallies = sweep.tallies.values()
    return {
        "engine": sweep.engine,
        "points": sweep.points,
        "kills": sum(tally.kills for tally in tallies),
        "stops": sum(tally.stops for tally in tallies),
        "faults": sum(tally.faults for tally in tallies),
        "jobs": sum(tally.jobs for tally in tallies),
        "jobs_outcome_unknown": sum(tally.unknown for tally in tallies),
        "violations": len(sweep.violations),
        "scenarios": {name: _numbers(tally) for name, tally in sweep.tallies.items()},
        "broken": [asdict(violation) for violation in sweep.violations],
    }


def _numbers(tally: Tally) -> dict[str, int]:
    return {
        "lives": tally.lives,
        "kills": tally.kills,
        "stops": tally.stops,
        "missed": tally.missed,
        "faults": tally.faults,
        "jobs": tally.jobs,
        "unknown": tally.unknown,
        "violations": len(tally.violations),
    }


def _print(sweep: Sweep) -> None:
    console = Console(width=WIDTH, soft_wrap=True)
    rows = {name: _numbers(tally) for name, tally in sweep.tallies.items()}
    headings = next(iter(rows.values()))
    total = {heading: sum(row[heading] for row in rows.values()) for heading in headings}
    table = Table(title=f"SIGKILL at {sweep.points} points, on {sweep.engine}")
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, row in rows.items():
        table.add_row(name, *map(str, row.values()))
    table.add_section()
    table.add_row("all", *map(str, total.values()))
    console.print(table)
    for violation in sweep.violations:
        console.print(f"{violation.scenario}: {violation.what}", style="red", markup=False)
        console.print(
            f"  struck {', '.join(violation.strikes)}; see {violation.kept}", markup=False
        )
    console.print(
        f"{total['kills']} kills, {total['violations']} violations; "
        f"{total['unknown']} of {total['jobs']} jobs ended outcome_unknown"
    )
