"""Every row of every table, to see that something changed nothing."""

import asyncio
from typing import Final

import sqlalchemy as sa

from bot.store.tables import metadata
from tests.world import World

Digest = dict[str, list[str]]
TICKING: Final = frozenset({"audit_mirrors"})
"""How far the record is mirrored: the bot looks into it again and again by itself."""


async def digest_of(world: World) -> Digest:
    """Read all tables but those that change while nobody does anything."""
    database = world.app.bot.services.audit._database  # noqa: SLF001 - no service reads all tables
    async with database.read() as connection:
        return {
            table.name: sorted(str(row) for row in await connection.execute(sa.select(table)))
            for table in metadata.sorted_tables
            if table.name not in TICKING
        }


async def settled(world: World) -> Digest:
    """Wait until the bot has finished what it was about, and read all tables."""
    async with asyncio.timeout(60):
        before = await digest_of(world)
        while True:
            await asyncio.sleep(0.3)
            after = await digest_of(world)
            if after == before:
                return after
            before = after


def changes(before: Digest, after: Digest) -> list[str]:
    """Name the tables that are not as they were."""
    return [name for name in before if before[name] != after[name]]
