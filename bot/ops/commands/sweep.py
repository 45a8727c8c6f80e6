"""The command `grok-bot sweep`: forgets now what the bot forgets by itself every hour."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.clock import Clock, SystemClock
from bot.errors import BotError
from bot.media.storage import open_storage
from bot.ops.door import open_current
from bot.ops.orphans import Orphans
from bot.ops.retention import Rules, Sweeper, Swept
from bot.settings import Settings, read_settings
from bot.store.retention import RetentionStore


def sweep(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be deleted.")
    ] = False,
    all_orphans: Annotated[
        bool,
        typer.Option("--all-orphans", help="Delete files without a job also when they are many."),
    ] = False,
) -> None:
    """Delete what is older than the settings say, and compare the files with the jobs."""
    settings = read_settings()
    console = Console(highlight=False)
    with console.status("Looking at the database and at every file"):
        swept = asyncio.run(
            run_sweep(settings, SystemClock(), is_trial=dry_run, even_many=all_orphans)
        )
    console.print(_table(swept, even_many=all_orphans))
    for note in _notes(swept, even_many=all_orphans):
        typer.echo(note)
    if swept.problems:
        raise BotError(f"Not everything was done. {'; '.join(swept.problems)}.")


async def run_sweep(settings: Settings, clock: Clock, *, is_trial: bool, even_many: bool) -> Swept:
    """Sweep once, beside a bot that may be running.

    Raises:
        ConfigurationError: The database is of another version, or can't be opened.
    """
    storage = open_storage(settings)
    async with open_current(settings) as database:
        sweeper = Sweeper(RetentionStore(database, clock), storage, clock, Rules.of(settings))
        return await sweeper.sweep(is_trial=is_trial, even_many=even_many)


def _table(swept: Swept, *, even_many: bool) -> Table:
    table = Table(title="Would be deleted" if swept.is_trial else "Deleted")
    for heading in ("what", "how many", "size"):
        table.add_column(heading)
    orphans = swept.orphans or Orphans()
    going = Orphans() if orphans.are_too_many and not even_many else orphans
    for what, count, size in (
        ("videos", swept.videos, swept.video_bytes),
        ("reference images", swept.references, swept.reference_bytes),
        ("words of jobs", swept.prompts, None),
        ("files that were being made", swept.work_files, None),
        ("files without a job", len(going.files), going.size_bytes),
    ):
        table.add_row(what, str(count), Text("" if size is None else f"{size / 1e6:.1f} MB"))
    return table


def _notes(swept: Swept, *, even_many: bool) -> list[str]:
    orphans = swept.orphans or Orphans()
    notes = []
    if orphans.are_too_many and not even_many:
        notes.append(
            f"{len(orphans.files)} of {orphans.all_files} files belong to no job. They are left "
            "alone, because the database may be the wrong one; --all-orphans deletes them."
        )
    if orphans.missing:
        notes.append(f"The videos of these jobs are gone: {', '.join(orphans.missing)}")
    if orphans.foreign:
        notes.append(f"{orphans.foreign} files there are none of the bot's. They are left alone.")
    return notes
