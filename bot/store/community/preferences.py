"""What members have chosen for themselves: one row a member, on all servers."""

from dataclasses import asdict, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import Preferences
from bot.store.community.schema import preferences
from bot.store.engines.engine import Database
from bot.store.upsert import insert_or_change

_COLUMNS: Final = tuple(
    preferences.c[name] for name in ("model", "aspect_ratio", "mentions", "language", "is_private")
)


class PreferenceStore:
    """Reads and changes them by the member's id."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, member_id: int) -> Preferences:
        """Return what a member has chosen; who never chose anything has what is usual."""
        async with self._database.read() as connection:
            return await _read(connection, member_id)

    async def language(self, member_id: int) -> str | None:
        """Return the language that a member has chosen, if any."""
        return (await self.of(member_id)).language

    async def mentions(self, member_id: int) -> bool:
        """Tell whether a member is mentioned when a video of theirs is posted."""
        return (await self.of(member_id)).mentions

    async def change(self, member_id: int, **values: Any) -> Preferences:  # noqa: ANN401 - fields of different types
        """Change some of them and return all."""
        async with self._database.write() as connection:
            chosen = replace(await _read(connection, member_id), **values)
            await _write(connection, member_id, chosen, self._clock)
            return chosen

    async def reset(self, member_id: int) -> Preferences:
        """Forget what a member has chosen."""
        async with self._database.write() as connection:
            await connection.execute(
                sa.delete(preferences).where(preferences.c.member_id == member_id)
            )
        return Preferences()


async def _read(connection: AsyncConnection, member_id: int) -> Preferences:
    statement = sa.select(*_COLUMNS).where(preferences.c.member_id == member_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return Preferences() if row is None else Preferences(**row)


async def _write(
    connection: AsyncConnection, member_id: int, chosen: Preferences, clock: Clock
) -> None:
    values = {**asdict(chosen), "updated_at": clock.now()}
    row = {"member_id": member_id, **values}
    await connection.execute(insert_or_change(connection.dialect, preferences, row, values))
