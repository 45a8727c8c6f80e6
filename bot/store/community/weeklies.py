"""The best of a week: owed once, by the best of them."""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.clock import Clock
from bot.domain import Job, MessageKind, PolicyName, Scope, Week
from bot.limits.values import gallery_of
from bot.store.engines.engine import Database
from bot.store.moderation.policy_schema import policies
from bot.store.owing import owe
from bot.store.schema import markers
from bot.store.upsert import insert_or_leave


@dataclass(frozen=True, slots=True)
class WeeklyGallery:
    """A gallery in which the best of a week are not listed yet."""

    guild_id: int
    channel_id: int
    week: Week


class WeeklyStore:
    """Says what is to be listed; two that look at the same time owe it once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def due(self) -> list[WeeklyGallery]:
        """List the galleries that lack the week before this one.

        One that was opened since that week began to end waits for its first whole one.
        """
        week = Week.of(self._clock.now()).before
        is_set = (policies.c.name == PolicyName.GALLERY) & (policies.c.scope == Scope.SERVER)
        wanted = sa.select(policies.c.guild_id, policies.c.value).where(
            is_set, policies.c.set_at < week.end
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
            names = {_name(guild_id, week) for guild_id, _ in rows}
            done = sa.select(markers.c.name).where(markers.c.name.in_(names))
            listed = set((await connection.execute(done)).scalars())
        return [
            WeeklyGallery(guild_id, rules.channel_id, week)
            for guild_id, rules in ((one, gallery_of(value)) for one, value in rows)
            if rules.is_weekly and _name(guild_id, week) not in listed
        ]

    async def owe(self, gallery: WeeklyGallery, best: Job | None) -> bool:
        """Owe the list, or with None note that there is nothing to be listed; once for all.

        Returns:
            Whether it is owed now.
        """
        now, week = self._clock.now(), gallery.week
        row = {"name": _name(gallery.guild_id, week), "value": "", "updated_at": now}
        async with self._database.write() as connection:
            noted = await connection.execute(insert_or_leave(connection.dialect, markers, row))
            if noted.rowcount == 0 or best is None:
                return False
            kind, channel_id = MessageKind.WEEKLY, gallery.channel_id
            await owe(
                connection, best, kind, now=now, channel_id=channel_id, sequence=week.sequence
            )
            return True


def _name(guild_id: int, week: Week) -> str:
    return f"weekly:{guild_id}:{week.sequence}"
