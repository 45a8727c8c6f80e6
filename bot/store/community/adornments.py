"""The reactions that the bot is to put up itself: owed with a message, until they are there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import WITH_VIDEO, Emoji, MessageState, OwedMessage, Place, PolicyName, PostedVideo
from bot.limits.reactions import rules_of
from bot.store.engines.engine import Database
from bot.store.moderation.books import server_value
from bot.store.schema import jobs, outbox

_BARE: Final = outbox.c.adorn_at.is_not(None)  # names the partial index


@dataclass(frozen=True, slots=True)
class Adornment:
    """A message that lacks reactions of ours."""

    message: PostedVideo
    emojis: tuple[Emoji, ...]
    posted_at: datetime


async def owe_adornment(
    connection: AsyncConnection, message: OwedMessage, *, now: datetime
) -> None:
    """Owe a message that was just sent its reactions, where its server wants any."""
    if message.kind not in WITH_VIDEO or message.place is Place.REQUESTER:
        return
    of_job = sa.select(jobs.c.guild_id, jobs.c.is_private).where(jobs.c.id == message.job_id)
    guild_id, is_private = (await connection.execute(of_job)).one()
    rules = rules_of(await server_value(connection, guild_id, PolicyName.REACTIONS))
    if is_private or not rules.own:
        return
    statement = (
        sa.update(outbox)
        .where(
            outbox.c.job_id == message.job_id,
            outbox.c.kind == message.kind,
            outbox.c.sequence == message.sequence,
        )
        .values(adorn_at=now)
    )
    await connection.execute(statement)


class AdornmentStore:
    """Knows what is left to put up; doing it twice does no harm, for Discord counts it once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def due(self, *, limit: int) -> list[Adornment]:
        """List messages that lack reactions, with those that their servers want now."""
        statement = (
            sa.select(
                outbox.c.channel_id, outbox.c.message_id, outbox.c.created_at, jobs.c.guild_id
            )
            .join(jobs, jobs.c.id == outbox.c.job_id)
            .where(
                _BARE,
                outbox.c.adorn_at <= self._clock.now(),
                outbox.c.state == MessageState.SENT,
            )
            .order_by(outbox.c.adorn_at)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
            own = {
                guild_id: rules_of(
                    await server_value(connection, guild_id, PolicyName.REACTIONS)
                ).own
                for guild_id in {row.guild_id for row in rows}
            }
        return [
            Adornment(
                PostedVideo(row.channel_id, row.message_id), own[row.guild_id], row.created_at
            )
            for row in rows
        ]

    async def finish(self, message: PostedVideo) -> None:
        """Record that nothing is left to put up."""
        await self._change(message, None)

    async def retry(self, message: PostedVideo, due_at: datetime) -> None:
        """Leave it for later."""
        await self._change(message, due_at)

    async def _change(self, message: PostedVideo, due_at: datetime | None) -> None:
        statement = (
            sa.update(outbox)
            .where(outbox.c.message_id == message.message_id, _BARE)
            .values(adorn_at=due_at)
        )
        async with self._database.write() as connection:
            await connection.execute(statement)
