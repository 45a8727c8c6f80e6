"""The commands `grok-bot backup` and `grok-bot restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from bot.clock import SystemClock
from bot.ops.backups.backup import back_up
from bot.ops.backups.restore import Restored, check_is_file
from bot.ops.backups.restore import restore as go_back
from bot.settings import read_settings


def backup(
    folder: Annotated[
        Path | None, typer.Argument(help="Where it goes; otherwise BACKUP_DIR.")
    ] = None,
    *,
    with_results: Annotated[
        bool, typer.Option("--with-results", help="Add the videos and pictures: one tar.")
    ] = False,
    keep: Annotated[
        int | None, typer.Option(min=0, help="How many stay there; otherwise BACKUP_KEEP.")
    ] = None,
) -> None:
    """Copy the database while the bot runs, and check the copy."""
    settings = read_settings()
    console = Console(highlight=False)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    with progress:
        task = progress.add_task("Writing the backup", total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        made = asyncio.run(
            back_up(
                settings,
                SystemClock(),
                folder=folder,
                with_results=with_results,
                keep=keep,
                watch=show,
            )
        )
    typer.echo(f"Written and checked: {made.path} ({made.size_bytes / 1e6:.1f} MB)")
    for path in made.removed:
        typer.echo(f"Removed, because newer ones are enough: {path.name}")


def restore(
    file: Annotated[Path, typer.Argument(help="What `grok-bot backup` wrote.")],
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Replace the database without asking.")
    ] = False,
) -> None:
    """Go back to a backup while the bot is stopped; the replaced database stays beside it."""
    settings = read_settings()
    check_is_file(file)
    if not (yes or typer.confirm(f"Replace the database by the one in {file.name}?")):
        typer.echo("Nothing was changed.")
        return
    with Console(highlight=False).status("") as status:
        done = asyncio.run(go_back(settings, SystemClock(), file, step=status.update))
    for line in _told(done):
        typer.echo(line)


def _told(done: Restored) -> list[str]:
    rows = done.rows
    lines = [f"Restored: {rows.jobs} jobs, of which {rows.open} are open and go on."]
    if rows.doubtful:
        lines.append(
            f"{rows.doubtful} of them may have been paid for since the backup: their requesters "
            "are told so and can submit them again. Look at the provider's bill."
        )
    if done.results:
        lines.append(f"{done.results} files that were missing are back.")
    if done.aside is not None:
        lines.append(f"The database that was replaced is kept as {done.aside}.")
    return lines
