"""The command `grok-bot deliver`: has the running bot post a finished video once more."""

import asyncio
from typing import Annotated, Final

import typer

from bot.clock import Clock, SystemClock
from bot.domain import Redelivery
from bot.errors import BotError
from bot.ops.door import open_current
from bot.settings import Settings, read_settings
from bot.store.deliveries import DeliveryStore
from bot.store.engines.engine import sqlite_path

_SAID: Final = {
    Redelivery.OWED: "The video of job {job} is posted within seconds, or as soon as the bot runs.",
    Redelivery.UNDER_WAY: (
        "The video of job {job} is owed already; it is tried again now, or as soon as the bot runs."
    ),
}
_REFUSED: Final = {
    Redelivery.NO_VIDEO: "There is no finished video of job {job}.",
    Redelivery.REMOVED: "The video of job {job} was removed, so it is not posted again.",
    Redelivery.HIDDEN: "The video of job {job} is hidden until its moderators have decided.",
}


def deliver(
    job: Annotated[str, typer.Argument(help="The job's id, as its card shows it.")],
    channel: Annotated[
        int | None,
        typer.Option(help="The id of another channel; otherwise where it was asked for."),
    ] = None,
) -> None:
    """Have the running bot post a finished video once more."""
    job = job.strip().lower()
    outcome = asyncio.run(ask(read_settings(), job, channel, SystemClock()))
    if outcome in _REFUSED:
        raise BotError(_REFUSED[outcome].format(job=job))
    typer.echo(_SAID[outcome].format(job=job))


async def ask(settings: Settings, job_id: str, channel_id: int | None, clock: Clock) -> Redelivery:
    """Owe the video in the database; whichever process sends will find it.

    Raises:
        ConfigurationError: The database is of another version, or can't be opened.
    """
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        return Redelivery.NO_VIDEO
    async with open_current(settings) as database:
        return await DeliveryStore(database, clock).ask(job_id, channel_id, by_id=None)
