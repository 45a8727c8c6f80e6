"""The record of decisions: rows that are only ever added, each with the hash of the one before."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import EVERYWHERE, AuditRow, Job
from bot.store.columns import kept
from bot.store.engines.engine import Database
from bot.store.record.chain import GENESIS, Verdict, check_chain, hash_of
from bot.store.record.schema import audit, audit_head
from bot.store.upsert import insert_or_change

_HEAD: Final = 1
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """What is put on record."""

    action: str
    """Dotted, such as `limit.set`."""
    guild_id: int = EVERYWHERE
    actor_id: int | None = None
    """None is the operator or the bot itself; the action tells."""
    target: str = ""
    reason: str = ""
    before: Any = None
    after: Any = None


def entry_about(
    job: Job,
    action: str,
    actor_id: int | None,
    *,
    reason: str = "",
    before: object = None,
    after: object = None,
) -> Entry:
    """Word what was done to a job, for the record of its server."""
    return Entry(
        action,
        guild_id=job.origin.guild_id,
        actor_id=actor_id,
        target=f"job:{job.id}",
        reason=reason,
        before=before,
        after=after,
    )


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are looked for; None is any."""

    guild_id: int | None = None
    actor_id: int | None = None
    action: str | None = None
    """The beginning of it."""
    target: str | None = None
    """A part of it."""
    since: datetime | None = None
    until: datetime | None = None
    about_id: int | None = None
    """A member: who did it, or whom it was done to."""

    def condition(self) -> sa.ColumnElement[bool]:
        """Write it as SQL."""
        conditions = [
            sa.true() if self.guild_id is None else audit.c.guild_id == self.guild_id,
            sa.true() if self.actor_id is None else audit.c.actor_id == self.actor_id,
            sa.true() if self.since is None else audit.c.at >= self.since,
            sa.true() if self.until is None else audit.c.at < self.until,
        ]
        if self.action is not None:
            conditions.append(audit.c.action.startswith(self.action, autoescape=True))
        if self.target is not None:
            conditions.append(audit.c.target.contains(self.target, autoescape=True))
        if self.about_id is not None:
            conditions.append(_is_about(self.about_id))
        return sa.and_(*conditions)


async def append(connection: AsyncConnection, entry: Entry, *, now: datetime) -> AuditRow:
    """Put one row on record, in the caller's transaction; others who write one wait."""
    row = await _next(connection, entry, now)
    await connection.execute(sa.insert(audit).values(asdict(row)))
    await connection.execute(
        sa.update(audit_head).where(audit_head.c.id == _HEAD).values(last_id=row.id, hash=row.hash)
    )
    return row


class AuditLog:
    """Reads the record, and checks it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(
        self, which: AuditFilter, *, limit: int, before_id: int | None = None
    ) -> list[AuditRow]:
        """List rows from the newest back; `before_id` goes on from an earlier page."""
        statement = sa.select(audit).where(which.condition())
        if before_id is not None:
            statement = statement.where(audit.c.id < before_id)
        return await self._rows(statement.order_by(audit.c.id.desc()).limit(limit))

    async def pages(self, which: AuditFilter) -> AsyncIterator[Sequence[AuditRow]]:
        """Go through the rows from the oldest on, some hundred at a time."""
        last = 0
        while True:
            statement = sa.select(audit).where(which.condition(), audit.c.id > last)
            rows = await self._rows(statement.order_by(audit.c.id).limit(_PAGE))
            if not rows:
                return
            yield rows
            last = rows[-1].id

    async def verify(self) -> Verdict:
        """Look for the first row that was edited, removed, added or moved since it was written."""
        async with self._database.read() as connection:
            return await check_chain(connection)

    async def _rows(self, statement: sa.Select[Any]) -> list[AuditRow]:
        async with self._database.read() as connection:
            found = (await connection.execute(statement)).mappings().all()
        return [audit_from(row) for row in found]


def _is_about(member_id: int) -> sa.ColumnElement[bool]:
    name = f"member:{member_id}"
    is_target = (audit.c.target == name) | audit.c.target.startswith(f"{name} ")
    return is_target | (audit.c.actor_id == member_id)


def audit_from(row: sa.RowMapping) -> AuditRow:
    """Read one row of `audit`."""
    return AuditRow(**row)


async def _next(connection: AsyncConnection, entry: Entry, now: datetime) -> AuditRow:
    head = await _head(connection)
    row = AuditRow(
        id=head["last_id"] + 1,
        at=now,
        guild_id=entry.guild_id,
        actor_id=entry.actor_id,
        action=entry.action,
        target=kept(entry.target),
        reason=kept(entry.reason),
        before=kept(_json(entry.before)),
        after=kept(_json(entry.after)),
        previous_hash=head["hash"],
        hash="",
    )
    return replace(row, hash=hash_of(row))


async def _head(connection: AsyncConnection) -> sa.RowMapping:
    """Read the end of the chain, and keep others from adding to it until the commit."""
    first = {"id": _HEAD, "last_id": 0, "hash": GENESIS}
    # The change changes nothing, but it takes the lock of the row.
    statement = insert_or_change(connection.dialect, audit_head, first, {"id": _HEAD})
    found = await connection.execute(statement.returning(*audit_head.c))
    return found.mappings().one()


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
