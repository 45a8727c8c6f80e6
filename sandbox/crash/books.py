"""The bot's own books, read from outside by whoever audits them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.domain import Job, JobState, MessageKind, MessageState, OwedMessage
from bot.store.rows import job_from, message_from
from bot.store.schema import jobs, outbox

_FINAL: Final = (JobState.POSTED, JobState.TOLD)


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
    def is_nothing(self) -> bool:
        """Whether all is done."""
        return not (self.jobs or self.steps or self.messages or self.cards)

    @property
    def is_forgotten(self) -> bool:
        """Whether there are jobs for which nobody will ever do anything."""
        return self.jobs > 0 and not (self.steps or self.messages)


class Books:
    """One database; nothing here writes to it."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, poolclass=NullPool)
        self._is_sqlite = self._engine.dialect.name == "sqlite"

    @classmethod
    def of_file(cls, path: Path) -> "Books":
        """Open the books of an SQLite file, reading only."""
        return cls(f"sqlite+aiosqlite:///file:{quote(str(path))}?mode=ro&uri=true")

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

    async def damage(self) -> list[str]:
        """List what the database itself finds wrong."""
        if not self._is_sqlite:
            return []
        async with self._open() as connection:
            found = (await connection.execute(sa.text("PRAGMA integrity_check"))).scalars().all()
            lost = (await connection.execute(sa.text("PRAGMA foreign_key_check"))).all()
        return [str(line) for line in found if line != "ok"] + [f"no parent: {row}" for row in lost]

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            yield connection


def _count(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()
