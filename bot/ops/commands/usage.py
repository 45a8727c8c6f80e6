"""The command `grok-bot usage`: what was made on all servers, in numbers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.clock import Clock, SystemClock
from bot.domain import Usage, UsageLine
from bot.limits.spans import MOST_DAYS, USUAL_DAYS, last_days
from bot.ops.door import open_current
from bot.posting.moderation.usage_text import duration, span
from bot.posting.moderation.words_usage import NOTHING, TOTAL
from bot.posting.text import dollars
from bot.settings import Settings, read_settings
from bot.store.spending.usage_report import UsageFilter, UsageReport

_MOST: Final = 25
"""Lines of a table; the rest is in the total."""
_HEADINGS: Final = ("jobs", "video", "money", "jobs of unknown price")


@dataclass(frozen=True, slots=True)
class Usages:
    """What the command shows."""

    servers: Sequence[UsageLine]
    usage: Usage


def usage(
    *,
    days: Annotated[
        int, typer.Option(min=1, max=MOST_DAYS, help="The last days of UTC, today among them.")
    ] = USUAL_DAYS,
    guild: Annotated[
        int | None, typer.Option(help="The id of a server; otherwise all of them.")
    ] = None,
) -> None:
    """Add up what was made: jobs, seconds of video and money, by server, model and member."""
    found = asyncio.run(read_usage(read_settings(), SystemClock(), days=days, guild_id=guild))
    if not found.usage.total.jobs:
        typer.echo(f"{span(found.usage)}: {NOTHING()}")
        return
    console = Console(highlight=False)
    typer.echo(span(found.usage))
    for what, lines in (
        ("server", found.servers),
        ("model", found.usage.models),
        ("member", found.usage.members),
    ):
        console.print(_table(what, lines, found.usage.total))


async def read_usage(
    settings: Settings, clock: Clock, *, days: int, guild_id: int | None
) -> Usages:
    """Add up the last days.

    Raises:
        ConfigurationError: The database is of another version, or can't be opened.
    """
    wanted = last_days(days, clock.now())
    which = UsageFilter(wanted.since, wanted.until, guild_id=guild_id)
    async with open_current(settings) as database:
        report = UsageReport(database)
        return Usages(await report.servers(which), await report.usage(which))


def _table(what: str, lines: Sequence[UsageLine], total: UsageLine) -> Table:
    table = Table(title=f"By {what}", show_footer=True)
    table.add_column(what, footer=TOTAL(), overflow="fold")
    for heading, cell in zip(_HEADINGS, _cells(total), strict=True):
        table.add_column(heading, footer=cell, justify="right", overflow="fold")
    for line in lines[:_MOST]:
        # As texts: a name of a model must not be read as markup.
        table.add_row(Text(line.label), *map(Text, _cells(line)))
    if len(lines) > _MOST:
        table.add_row(Text(f"and {len(lines) - _MOST:,} more"))
    return table


def _cells(line: UsageLine) -> tuple[str, str, str, str]:
    money = dollars(line.micros) if line.micros else "$0.00"
    return f"{line.jobs:,}", duration(line.seconds), money, f"{line.unpriced:,}"
