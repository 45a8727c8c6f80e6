"""Small facts that outlive a run, such as the hash of the commands that were synced."""

import sqlalchemy as sa

from bot.clock import Clock
from bot.store.engine import Database
from bot.store.schema import markers


class MarkerStore:
    """Named values, one row each."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, name: str) -> str | None:
        """Read a value; None when it was never set."""
        statement = sa.select(markers.c.value).where(markers.c.name == name)
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar_one_or_none()

    async def set(self, name: str, value: str) -> None:
        """Write a value, over an earlier one."""
        row = {"value": value, "updated_at": self._clock.now()}
        async with self._database.write() as connection:
            changed = await connection.execute(
                sa.update(markers).where(markers.c.name == name).values(row)
            )
            if changed.rowcount == 0:
                await connection.execute(sa.insert(markers).values(name=name, **row))
