"""What was learned about places: how large a file a server takes, and what takes nothing."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from bot.clock import Clock
from bot.store.engines.engine import Database
from bot.store.schema import closed_places, upload_limits
from bot.store.upsert import insert_or_change

LIMIT_LIFE: Final = timedelta(days=7)
"""A server that refused a large file may have been boosted since."""
CLOSED_FOR: Final = timedelta(hours=6)
"""Permissions are given back without anybody telling us."""


class UploadLimitStore:
    """The limits that a refusal taught, by server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def learned(self, guild_id: int) -> int | None:
        """Return the limit in bytes; None when nothing was learned, or too long ago."""
        statement = sa.select(upload_limits.c.limit_bytes).where(
            upload_limits.c.guild_id == guild_id,
            upload_limits.c.learned_at > self._clock.now() - LIMIT_LIFE,
        )
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar_one_or_none()

    async def learn(self, guild_id: int, limit_bytes: int) -> None:
        """Remember a limit, over an earlier one."""
        known = {"limit_bytes": limit_bytes, "learned_at": self._clock.now()}
        row = {"guild_id": guild_id, **known}
        async with self._database.write() as connection:
            await connection.execute(
                insert_or_change(connection.dialect, upload_limits, row, known)
            )


class ClosedPlaceStore:
    """Channels, and members' direct messages, that refused us; by snowflake.

    Asking them again and again would get the whole bot blocked: Discord counts refusals.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def refusals(self, place_id: int) -> int:
        """Return how often in a row a place refused us lately."""
        statement = sa.select(closed_places.c.refusals).where(
            closed_places.c.place_id == place_id,
            closed_places.c.refused_at > self._clock.now() - CLOSED_FOR,
        )
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar_one_or_none() or 0

    async def note_refusal(self, place_id: int, problem: str) -> None:
        """Count a refusal; those of long ago count no more."""
        now = self._clock.now()
        is_recent = closed_places.c.refused_at > now - CLOSED_FOR
        said = {"refused_at": now, "problem": problem}
        row = {"place_id": place_id, "refusals": 1, **said}
        more = {"refusals": sa.case((is_recent, closed_places.c.refusals + 1), else_=1), **said}
        async with self._database.write() as connection:
            await connection.execute(insert_or_change(connection.dialect, closed_places, row, more))

    async def reopen(self, place_id: int) -> None:
        """Forget the refusals: somebody is there, or a message went through."""
        statement = sa.delete(closed_places).where(closed_places.c.place_id == place_id)
        async with self._database.write() as connection:
            await connection.execute(statement)
