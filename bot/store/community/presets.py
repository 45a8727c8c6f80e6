"""Requests that members keep under a name, and may share with their server."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Final

import sqlalchemy as sa

from bot.clock import Clock
from bot.domain import Preset, Recipe
from bot.store.community.schema import presets
from bot.store.engines.engine import Database
from bot.store.upsert import insert_or_leave

MOST: Final = 25
"""Of one member on one server: so many Discord suggests."""
_RECIPE: Final = tuple(field.name for field in fields(Recipe))


class PresetStore:
    """Keeps presets; a name is unique among those of one member on one server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(self, guild_id: int, owner_id: int, name: str, recipe: Recipe) -> bool:
        """Keep a recipe, in the place of one of that name; False when there are too many."""
        key = {"guild_id": guild_id, "owner_id": owner_id, "name": name}
        theirs = _of(guild_id, owner_id)
        async with self._database.write() as connection:
            replace = sa.update(presets).where(theirs, presets.c.name == name)
            replace = replace.values(asdict(recipe))
            if (await connection.execute(replace)).rowcount:
                return True
            count = sa.select(sa.func.count()).select_from(presets).where(theirs)
            if (await connection.execute(count)).scalar_one() >= MOST:
                return False
            row = {**key, **asdict(recipe), "created_at": self._clock.now()}
            made = await connection.execute(insert_or_leave(connection.dialect, presets, row))
            if not made.rowcount:
                # Another save of that name came in between; the last one wins.
                await connection.execute(replace)
            return True

    async def usable(self, guild_id: int, member_id: int) -> Sequence[Preset]:
        """List what a member may use here: their own, then what others share."""
        is_own = presets.c.owner_id == member_id
        statement = (
            sa.select(presets)
            .where(presets.c.guild_id == guild_id, is_own | presets.c.is_shared)
            .order_by(is_own.desc(), presets.c.name, presets.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [_preset(row) for row in rows]

    async def share(self, guild_id: int, owner_id: int, name: str, *, is_shared: bool) -> bool:
        """Let the server use a preset, or its owner alone; False when there is none."""
        statement = (
            sa.update(presets)
            .where(_of(guild_id, owner_id), presets.c.name == name)
            .values(is_shared=is_shared)
        )
        async with self._database.write() as connection:
            return bool((await connection.execute(statement)).rowcount)

    async def delete(self, guild_id: int, owner_id: int, name: str) -> bool:
        """Forget a preset; False when there is none."""
        statement = sa.delete(presets).where(_of(guild_id, owner_id), presets.c.name == name)
        async with self._database.write() as connection:
            return bool((await connection.execute(statement)).rowcount)


def _of(guild_id: int, owner_id: int) -> sa.ColumnElement[bool]:
    return (presets.c.guild_id == guild_id) & (presets.c.owner_id == owner_id)


def _preset(row: sa.RowMapping) -> Preset:
    return Preset(
        id=row["id"],
        guild_id=row["guild_id"],
        owner_id=row["owner_id"],
        name=row["name"],
        recipe=Recipe(**{name: row[name] for name in _RECIPE}),
        is_shared=row["is_shared"],
    )
