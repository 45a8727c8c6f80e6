"""Small facts that outlive a run, such as the hash of the commands that were synced."""

import sqlalchemy as sa

from bot.clock import Clock
from bot.store.engines.engine import Database
from bot.store.schema import markers
from bot.store.upsert import insert_or_change


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
        fact = {"value": value, "updated_at": self._clock.now()}
        async with self._database.write() as connection:
            await connection.execute(
                insert_or_change(connection.dialect, markers, {"name": name, **fact}, fact)
            )
