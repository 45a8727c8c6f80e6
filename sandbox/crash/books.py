"""The bot's own books, read from outside by whoever audits them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from bot.domain import Job, JobState, MessageKind, MessageState, OwedMessage
from bot.store.rows import job_from, message_from
from bot.store.schema import jobs, outbox

_FINAL: Final = (JobState.POSTED, JobState.TOLD)
_LEAVING_SECONDS: Final = 5.0
"""Of the machine's time: a server notices within milliseconds that a process has ended."""
_LOOK_SECONDS: Final = 0.02
_CONNECTED: Final = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_HAS_AMCHECK: Final = sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'")
_TABLES: Final = sa.text(
    "SELECT c.relname, f.msg FROM pg_class c, verify_heapam(c.oid) f"
    " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
)
# It raises at what it finds.
_INDEXES: Final = sa.text(
    "SELECT bt_index_check(i.indexrelid, true) FROM pg_index i"
    " JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace"
)


@dataclass(frozen=True, slots=True)
class Entries:
    """Everything in the books at one moment."""

    jobs: list[Job]
    messages: list[OwedMessage]

    def of(self, job: Job) -> list[OwedMessage]:
        """List what was owed for one job."""
        return [message for message in self.messages if message.job_id == job.id]


@dataclass(frozen=True, slots=True)
class Pending:
    """What is still to come."""

    jobs: int
    """That are not over."""
    steps: int
    messages: int
    cards: int
    """That still change."""

    @property
    def is_worked_off(self) -> bool:
        """Whether every job is at its end and every message sent."""
        return not (self.jobs or self.steps or self.messages)

    @property
    def is_nothing(self) -> bool:
        """Whether all is done, down to the last card."""
        return self.is_worked_off and not self.cards

    @property
    def is_forgotten(self) -> bool:
        """Whether there are jobs for which nobody will ever do anything."""
        return self.jobs > 0 and not (self.steps or self.messages)


class Books:
    """One database; nothing here writes to it."""

    def __init__(self, url: str) -> None:
        self._is_sqlite = sa.make_url(url).get_backend_name() == "sqlite"
        self._engine = (
            create_async_engine(url, poolclass=NullPool)
            if self._is_sqlite
            # Each look would cost a login.
            else create_async_engine(
                url,
                poolclass=AsyncAdaptedQueuePool,
                pool_size=1,
                max_overflow=0,
                isolation_level="AUTOCOMMIT",
            )
        )

    @classmethod
    def of_file(cls, path: Path) -> "Books":
        """Open the books of an SQLite file, reading only."""
        return cls(f"sqlite+aiosqlite:///file:{quote(str(path))}?mode=ro&uri=true")

    async def close(self) -> None:
        """Close what is open."""
        await self._engine.dispose()

    async def pending(self) -> Pending:
        """Count what is still to come, at one moment."""
        counts = sa.select(
            _count(jobs, jobs.c.state.not_in(_FINAL)),
            _count(jobs, jobs.c.due_at.is_not(None)),
            _count(outbox, outbox.c.due_at.is_not(None)),
            _count(
                outbox,
                outbox.c.kind == MessageKind.CARD,
                outbox.c.state == MessageState.SENT,
                outbox.c.folded_at.is_(None),
            ),
        )
        async with self._open() as connection:
            return Pending(*(await connection.execute(counts)).one())

    async def read(self) -> Entries:
        """Read all of it."""
        async with self._open() as connection:
            rows = (await connection.execute(sa.select(jobs))).mappings().all()
            owed = (await connection.execute(sa.select(outbox))).mappings().all()
        return Entries([job_from(row) for row in rows], [message_from(row) for row in owed])

    async def intruders(self, patience_seconds: float = _LEAVING_SECONDS) -> int:
        """Wait until nobody else is connected, and count who stays all the same.

        A server frees what a killed process held when it notices its end.
        """
        if self._is_sqlite:
            return 0
        deadline = time.monotonic() + patience_seconds
        async with self._open() as connection:
            while True:
                count = int((await connection.execute(_CONNECTED)).scalar_one())
                if not count or time.monotonic() > deadline:
                    return count
                await asyncio.sleep(_LOOK_SECONDS)

    async def damage(self) -> list[str]:
        """List what the database itself finds wrong; PostgreSQL where it has its `amcheck`."""
        async with self._open() as connection:
            if not self._is_sqlite:
                return await _damage_on_server(connection)
            found = (await connection.execute(sa.text("PRAGMA integrity_check"))).scalars().all()
            lost = (await connection.execute(sa.text("PRAGMA foreign_key_check"))).all()
        return [str(line) for line in found if line != "ok"] + [f"no parent: {row}" for row in lost]

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            yield connection


async def _damage_on_server(connection: AsyncConnection) -> list[str]:
    if not (await connection.execute(_HAS_AMCHECK)).scalar_one():
        return []
    found = [f"{table}: {what}" for table, what in await connection.execute(_TABLES)]
    try:
        await connection.execute(_INDEXES)
    except sa.exc.DBAPIError as error:
        found.append(str(error.orig))
    return found


def _count(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()
