"""How far the record of each server is mirrored, and the commits around each message of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import EVERYWHERE, AuditRow, PolicyName
from bot.errors import StaleJobError
from bot.store.engines.engine import Database
from bot.store.moderation.books import read_language
from bot.store.moderation.policy_schema import policies
from bot.store.record.audit import audit_from
from bot.store.record.schema import audit, audit_mirrors
from bot.store.schema import closed_places

NO_CHANNEL: Final = 0
"""Where the operator's rows go: into the log of the process."""
_SET: Final = "policy.set"
_REMOVED: Final = "policy.remove"


@dataclass(frozen=True, slots=True)
class Mirror:
    """How far the rows of a server are in its log channel."""

    guild_id: int
    mirrored_id: int
    """The last row that is surely there."""
    sending_id: int | None
    """The last row of a message that may be there."""
    channel_id: int | None
    """Where the last message went."""
    first_at: datetime | None
    """When that message was first tried."""
    attempts: int
    due_at: datetime | None
    """When to try again; None is now."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Rows of a server that are not mirrored yet, and where they are to go."""

    mirror: Mirror
    channel_id: int
    rows: Sequence[AuditRow]
    """The first of them; of a message that may be there all that it has."""
    is_last: bool = False
    """Whether the mirror was switched off: then these are the last rows, or there are none."""
    language: str | None = None
    """What the server has chosen to be spoken in public."""


class MirrorStore:
    """The only code that changes how far the record is mirrored."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def backlogs(self, *, most_rows: int) -> list[Backlog]:
        """List what is to be mirrored now, at most so many rows of each server.

        A server begins with the row that set its log channel, and ends with the one that took it
        away. What the operator does begins with the first row and goes to no channel.
        """
        async with self._database.read() as connection:
            channels = await _log_channels(connection)
            mirrors = await _mirrors(connection)
        missing = channels.keys() - mirrors.keys()
        if missing:
            async with self._database.write() as connection:
                for guild_id in missing:
                    mirrors[guild_id] = await _begin(connection, guild_id)
        async with self._database.read() as connection:
            found = [
                replace(
                    await _backlog(connection, mirror, channels.get(guild_id), most_rows),
                    language=await read_language(connection, guild_id),
                )
                for guild_id, mirror in sorted(mirrors.items())
                if self._is_due(mirror, channels.get(guild_id))
            ]
        return [backlog for backlog in found if backlog.rows or backlog.is_last]

    async def start(self, backlog: Backlog) -> Mirror:
        """Commit that a message with these rows is about to be sent; a repeated one is known.

        Raises:
            StaleJobError: Another process was faster.
        """
        if backlog.mirror.sending_id is not None:
            return backlog.mirror
        return await self._change(
            backlog.mirror,
            sending_id=backlog.rows[-1].id,
            channel_id=backlog.channel_id,
            first_at=self._clock.now(),
        )

    async def finish(self, mirror: Mirror, last_id: int) -> Mirror:
        """Commit that the rows up to that one are there.

        Raises:
            StaleJobError: Another process was faster.
        """
        done = {"mirrored_id": last_id, "sending_id": None, "first_at": None}
        return await self._change(mirror, **done, attempts=0, due_at=None)

    async def not_sent(self, mirror: Mirror) -> Mirror:
        """Commit that the message is surely not there.

        Raises:
            StaleJobError: Another process was faster.
        """
        return await self._change(mirror, sending_id=None, first_at=None)

    async def retry(self, mirror: Mirror, due_at: datetime) -> None:
        """Leave a server alone until then.

        Raises:
            StaleJobError: Another process was faster.
        """
        await self._change(mirror, attempts=mirror.attempts + 1, due_at=due_at)

    async def leave(self, guild_id: int, due_at: datetime) -> None:
        """Leave a server alone until then, wherever its mirror stands."""
        is_theirs = audit_mirrors.c.guild_id == guild_id
        statement = sa.update(audit_mirrors).where(is_theirs).values(due_at=due_at)
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def end(self, mirror: Mirror) -> None:
        """Forget how far a server was mirrored: it has no log channel any more."""
        statement = sa.delete(audit_mirrors).where(audit_mirrors.c.guild_id == mirror.guild_id)
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def hurry(self, guild_id: int, channel_id: int) -> None:
        """Try a channel again now: a moderator has just seen to it that it is open."""
        async with self._database.write() as connection:
            is_it = closed_places.c.place_id == channel_id
            await connection.execute(sa.delete(closed_places).where(is_it))
            is_theirs = audit_mirrors.c.guild_id == guild_id
            waits_no_more = sa.update(audit_mirrors).where(is_theirs).values(due_at=None)
            await connection.execute(waits_no_more)

    async def newest_of(self, mirror: Mirror, marks: Collection[tuple[int, str]]) -> int | None:
        """Return the last row that one of the marks is about; None where none is about ours.

        After a restore a number may have stood for another row, so the hash counts as well.
        """
        statement = (
            sa.select(audit.c.id, audit.c.hash)
            .where(
                audit.c.guild_id == mirror.guild_id,
                audit.c.id > mirror.mirrored_id,
                audit.c.id.in_([number for number, _ in marks]),
            )
            .order_by(audit.c.id.desc())
        )
        async with self._database.read() as connection:
            for number, found in (await connection.execute(statement)).all():
                if any(one == number and found.startswith(start) for one, start in marks):
                    return int(number)
        return None

    def _is_due(self, mirror: Mirror, channel_id: int | None) -> bool:
        # Another channel does not wait for what the last one would not take.
        has_moved = mirror.sending_id is None and mirror.channel_id not in {None, channel_id}
        return has_moved or mirror.due_at is None or mirror.due_at <= self._clock.now()

    async def _change(
        self,
        mirror: Mirror,
        **values: Any,  # noqa: ANN401 - columns of every type
    ) -> Mirror:
        statement = (
            sa.update(audit_mirrors)
            .where(
                audit_mirrors.c.guild_id == mirror.guild_id,
                audit_mirrors.c.mirrored_id == mirror.mirrored_id,
                audit_mirrors.c.sending_id.is_not_distinct_from(mirror.sending_id),
            )
            .values(values)
            .returning(*audit_mirrors.c)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(statement)).mappings().one_or_none()
        if row is None:
            raise StaleJobError(f"The mirror of server {mirror.guild_id} went on meanwhile")
        return Mirror(**row)


async def _log_channels(connection: AsyncConnection) -> dict[int, int]:
    statement = sa.select(policies.c.guild_id, policies.c.value).where(
        policies.c.name == PolicyName.LOG_CHANNEL
    )
    found = await connection.execute(statement)
    return {EVERYWHERE: NO_CHANNEL} | {guild_id: int(value) for guild_id, value in found}


async def _mirrors(connection: AsyncConnection) -> dict[int, Mirror]:
    found = (await connection.execute(sa.select(audit_mirrors))).mappings()
    return {row["guild_id"]: Mirror(**row) for row in found}


async def _begin(connection: AsyncConnection, guild_id: int) -> Mirror:
    """Begin with the row that set the log channel; nothing older is poured into it."""
    if guild_id == EVERYWHERE:
        return await _insert(connection, guild_id, 0)
    removed = sa.func.coalesce(_switched(guild_id, _REMOVED, sa.func.max(audit.c.id)), 0)
    was_set = _switched(guild_id, _SET, sa.func.min(audit.c.id), after=removed)
    newest = sa.select(sa.func.max(audit.c.id)).where(audit.c.guild_id == guild_id)
    first = sa.func.coalesce(was_set, newest.scalar_subquery(), 1)
    first_id: int = (await connection.execute(sa.select(first))).scalar_one()
    return await _insert(connection, guild_id, first_id - 1)


def _switched(
    guild_id: int,
    action: str,
    which: sa.ColumnElement[int],
    *,
    after: sa.ColumnElement[int] | int = 0,
) -> sa.ScalarSelect[int]:
    """Select a row by which the log channel of a server was set or taken away."""
    return (
        sa.select(which)
        .where(
            audit.c.guild_id == guild_id,
            audit.c.action == action,
            audit.c.target.endswith(f" {PolicyName.LOG_CHANNEL}", autoescape=True),
            audit.c.id > after,
        )
        .scalar_subquery()
    )


async def _insert(connection: AsyncConnection, guild_id: int, mirrored_id: int) -> Mirror:
    statement = (
        sa.insert(audit_mirrors)
        .values(guild_id=guild_id, mirrored_id=mirrored_id)
        .returning(*audit_mirrors.c)
    )
    return Mirror(**(await connection.execute(statement)).mappings().one())


async def _backlog(
    connection: AsyncConnection, mirror: Mirror, channel_id: int | None, most_rows: int
) -> Backlog:
    """Read what is to be mirrored of a server."""
    if channel_id is not None:
        return Backlog(mirror, channel_id, await _rows(connection, mirror, most_rows))
    if mirror.channel_id is None:
        return Backlog(mirror, NO_CHANNEL, (), is_last=True)
    removal = _switched(mirror.guild_id, _REMOVED, sa.func.max(audit.c.id))
    removal_id: int = (
        await connection.execute(sa.select(sa.func.coalesce(removal, 0)))
    ).scalar_one()
    rows = await _rows(connection, mirror, most_rows, until_id=removal_id)
    return Backlog(mirror, mirror.channel_id, rows, is_last=True)


async def _rows(
    connection: AsyncConnection, mirror: Mirror, most: int, *, until_id: int | None = None
) -> list[AuditRow]:
    statement = (
        sa.select(audit)
        .where(audit.c.guild_id == mirror.guild_id, audit.c.id > mirror.mirrored_id)
        .order_by(audit.c.id)
        .limit(most)
    )
    last_id = mirror.sending_id or until_id
    if last_id is not None:
        statement = statement.where(audit.c.id <= last_id)
    return [audit_from(row) for row in (await connection.execute(statement)).mappings()]
