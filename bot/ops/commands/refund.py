"""The command `grok-bot refund`: gives back what a job took that was not charged after all."""

import asyncio
from typing import Annotated

import typer

from bot.clock import Clock, SystemClock
from bot.domain import Cost
from bot.errors import BotError
from bot.ops.door import open_current
from bot.posting.text import dollars
from bot.settings import Settings, read_settings
from bot.store.spending.refunds import RefundStore


def refund(
    job: Annotated[str, typer.Argument(help="The job's id, as its card shows it.")],
    reason: Annotated[str, typer.Option(help="Why, for the record: what the bill says.")],
) -> None:
    """Give back what a job took from limits and budgets, once the bill shows no charge."""
    if not reason.strip():
        raise BotError("A refund needs a reason: it is put on record.")
    job = job.strip().lower()
    taken = asyncio.run(give_back(read_settings(), job, reason.strip(), SystemClock()))
    price = dollars(taken.micros) if taken.micros else "no money"
    typer.echo(f"Given back for job {job}: 1 job, {taken.seconds} s of video, {price}.")


async def give_back(settings: Settings, job_id: str, reason: str, clock: Clock) -> Cost:
    """Write the refund into the database; a bot that runs on it counts it from now on.

    Raises:
        ConfigurationError: The database is of another version, or can't be opened.
        InvalidRequestError: There is nothing to give back.
    """
    async with open_current(settings) as database:
        return await RefundStore(database, clock).refund(job_id, reason)
