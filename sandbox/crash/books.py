"""The bot's own books, read from outside by whoever audits them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from bot.domain import (
    AuditRow,
    Case,
    CaseState,
    Hold,
    Job,
    JobState,
    Limit,
    MessageKind,
    MessageState,
    OwedMessage,
    PolicyName,
    Storyboard,
    StoryState,
)
from bot.store.community.joined import story_from
from bot.store.community.schema import storyboards
from bot.store.moderation.books import limit_from
from bot.store.moderation.cases import case_from
from bot.store.moderation.desk_schema import cases, takedowns
from bot.store.moderation.policy_schema import ledger, limits, policies
from bot.store.record.audit import audit_from
from bot.store.record.chain import check_chain
from bot.store.record.schema import audit, audit_mirrors
from bot.store.rows import job_from, message_from
from bot.store.schema import jobs, outbox
from sandbox.crash.bookings import Booking, booking_from

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
    bookings: list[Booking] = field(default_factory=list)
    """The ledger, the oldest row first."""
    limits: list[Limit] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    record: list[AuditRow] = field(default_factory=list)
    """What was decided, the oldest row first."""
    stories: list[Storyboard] = field(default_factory=list)

    def of(self, job: Job) -> list[OwedMessage]:
        """List what was owed for one job."""
        return [message for message in self.messages if message.job_id == job.id]

    def scenes(self, story: Storyboard) -> list[Job]:
        """List the scenes of a storyboard, in their order."""
        numbered = {
            job.storyboard.scene: job
            for job in self.jobs
            if job.storyboard is not None and job.storyboard.storyboard_id == story.id
        }
        return [numbered[number] for number in sorted(numbered)]

    def rows(self) -> list[object]:
        """List all of it."""
        return [
            *self.jobs,
            *self.messages,
            *self.bookings,
            *self.limits,
            *self.cases,
            *self.record,
            *self.stories,
        ]


@dataclass(frozen=True, slots=True)
class Pending:
    """What is still to come."""

    jobs: int
    """That are not over, and wait for nobody's yes."""
    steps: int
    """That are due some time; a scene has none before it is let go on by the one before."""
    messages: int
    cards: int
    """That still change: of jobs and of cases."""
    held: int = 0
    """Jobs that wait for a moderator."""
    cases: int = 0
    """That nobody has decided."""
    removals: int = 0
    rows: int = 0
    """Of the record, that are to be in a log channel."""
    stories: int = 0
    """Storyboards that are still to be joined."""

    @property
    def is_worked_off(self) -> bool:
        """Whether every job is at its end or held, and every message sent."""
        return not (self.jobs or self.steps or self.messages or self.stories)

    @property
    def is_nothing(self) -> bool:
        """Whether all is done, down to the last card."""
        at_desk = self.held or self.cases or self.removals or self.rows
        return self.is_worked_off and not (self.cards or at_desk)

    @property
    def is_forgotten(self) -> bool:
        """Whether there are jobs for which nobody will ever do anything."""
        # A scene may wait for one that waits for a moderator.
        return self.jobs > 0 and not (self.steps or self.messages or self.held)


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
        async with self._open() as connection:
            counts = (await connection.execute(sa.select(*_pending()))).one()
        return Pending(*map(int, counts))

    async def read(self) -> Entries:
        """Read all of it."""
        async with self._open() as connection:
            rows = (await connection.execute(sa.select(jobs))).mappings().all()
            owed = (await connection.execute(sa.select(outbox))).mappings().all()
            booked = (await connection.execute(_in_order(ledger))).mappings().all()
            set_limits = (await connection.execute(sa.select(limits))).mappings().all()
            asked = (await connection.execute(_in_order(cases))).mappings().all()
            recorded = (await connection.execute(_in_order(audit))).mappings().all()
            told = (await connection.execute(_in_order(storyboards))).mappings().all()
        return Entries(
            [job_from(row) for row in rows],
            [message_from(row) for row in owed],
            [booking_from(row) for row in booked],
            [limit_from(row) for row in set_limits],
            [case_from(row) for row in asked],
            [audit_from(row) for row in recorded],
            [story_from(row) for row in told],
        )

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
        """List what is wrong with the record, and what the database itself finds wrong.

        PostgreSQL finds something where it has its `amcheck`.
        """
        async with self._open() as connection:
            verdict = await check_chain(connection)
            broken = [] if verdict.bad_row is None else [f"row {verdict.bad_row} {verdict.problem}"]
            if not self._is_sqlite:
                return broken + await _damage_on_server(connection)
            found = (await connection.execute(sa.text("PRAGMA integrity_check"))).scalars().all()
            lost = (await connection.execute(sa.text("PRAGMA foreign_key_check"))).all()
        broken += [str(line) for line in found if line != "ok"]
        return broken + [f"no parent: {row}" for row in lost]

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


def _pending() -> list[sa.ScalarSelect[int]]:
    is_asked = jobs.c.held_for.is_not(None) & (jobs.c.held_for != Hold.SCENE)
    is_live = (outbox.c.state == MessageState.SENT) & outbox.c.folded_at.is_(None)
    return [
        _count(jobs, jobs.c.state.not_in(_FINAL), ~is_asked),
        _count(jobs, jobs.c.due_at.is_not(None), jobs.c.held_for.is_(None)),
        _count(outbox, outbox.c.due_at.is_not(None)),
        _count(outbox, outbox.c.kind.in_((MessageKind.CARD, MessageKind.CASE)), is_live),
        _count(jobs, is_asked),
        _count(cases, cases.c.state == CaseState.OPEN),
        _count(takedowns, takedowns.c.due_at.is_not(None)),
        _count_unmirrored(),
        _count(storyboards, storyboards.c.state == StoryState.JOINING),
    ]


def _count_unmirrored() -> sa.ScalarSelect[int]:
    """Count the rows that a log channel lacks; all of its server before its mirror began."""
    has_channel = (policies.c.guild_id == audit.c.guild_id) & (
        policies.c.name == PolicyName.LOG_CHANNEL
    )
    is_its = audit_mirrors.c.guild_id == audit.c.guild_id
    return (
        sa.select(sa.func.count())
        .select_from(audit.join(policies, has_channel).outerjoin(audit_mirrors, is_its))
        .where(audit.c.id > sa.func.coalesce(audit_mirrors.c.mirrored_id, 0))
        .scalar_subquery()
    )


def _in_order(table: sa.Table) -> sa.Select[tuple[object, ...]]:
    return sa.select(table).order_by(table.c.id)


def _count(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()
