"""The commands `grok-bot audit verify` and `grok-bot audit export`, beside a bot that may run."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.clock import SystemClock
from bot.errors import BotError
from bot.limits.moments import parse_since
from bot.ops.door import open_current
from bot.posting.record.file import FileFormat, head_of, line_of
from bot.settings import Settings, read_settings
from bot.store.record.audit import AuditFilter, AuditLog
from bot.store.record.chain import Verdict

_BROKEN: Final = (
    "The record is not as it was written: row {number} {problem}. The {rows} rows before it are "
    "good. Somebody changed the database by hand, or its disk is damaged: keep a copy of it, and "
    "compare the row with your log channel and a backup. docs/operations.md says how."
)

audit: Final = typer.Typer(help="Check the record of what moderators did, or write it to a file.")


@audit.command()
def verify() -> None:
    """Look for a row that was edited, removed, added or moved since it was written."""
    verdict = asyncio.run(check(read_settings()))
    if verdict.bad_row is not None:
        text = _BROKEN.format(
            number=verdict.bad_row, problem=verdict.problem, rows=verdict.rows or "no"
        )
        raise BotError(text)
    typer.echo(f"ok, {verdict.rows} row{'' if verdict.rows == 1 else 's'}")
    if verdict.rows:
        typer.echo(f"The hash of the last one is {verdict.last_hash}")


@audit.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to; otherwise it is printed.", show_default=False)
    ] = None,
    *,
    guild: Annotated[
        int | None, typer.Option(help="The id of a server; 0 is what the operator did.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Such as 12h, 3d or 2w, or a day such as 2027-01-31.")
    ] = None,
    form: Annotated[
        FileFormat,
        typer.Option("--format", help="In csv, a cell like a formula begins with an apostrophe."),
    ] = FileFormat.CSV,
) -> None:
    """Write the record, from the oldest row on; CSV is safe to open in a spreadsheet."""
    since_at = None if since is None else parse_since(since, now=SystemClock().now())
    which = AuditFilter(guild_id=guild, since=since_at)
    settings = read_settings()
    if file is None:
        asyncio.run(write(settings, which, form, lambda text: typer.echo(text, nl=False)))
        return
    try:
        with file.open("x", encoding="utf-8", newline="") as opened:
            count = asyncio.run(write(settings, which, form, opened.write))
    except FileExistsError:
        raise BotError(f"There is a file {file} already. Name another one.") from None
    except OSError as error:
        raise BotError(f"{file} can't be written: {error.strerror}.") from None
    typer.echo(f"{count} row{'' if count == 1 else 's'} written to {file}")


async def check(settings: Settings) -> Verdict:
    """Check the whole record.

    Raises:
        ConfigurationError: The database is of another version, or can't be opened.
    """
    async with open_current(settings) as database:
        return await AuditLog(database).verify()


async def write(
    settings: Settings, which: AuditFilter, form: FileFormat, put: Callable[[str], object]
) -> int:
    """Hand each row to `put` as text, and return how many there were.

    Raises:
        ConfigurationError: The database is of another version, or can't be opened.
    """
    count = 0
    async with open_current(settings) as database:
        put(head_of(form))
        async for page in AuditLog(database).pages(which):
            put("".join(line_of(form, row) for row in page))
            count += len(page)
    return count
