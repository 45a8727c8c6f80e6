"""What must be changed in a restored database before the bot may go on from it.

Since the backup was taken, the world went on: jobs were paid for and messages posted that its
rows don't know of. Nothing may be paid or posted a second time because of that.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import EVERYWHERE, OPEN_STATES, JobState, MessageState
from bot.store.community.stories import is_of_unfinished
from bot.store.engines.engine import Database
from bot.store.migrate import UNDER_WAY
from bot.store.record.schema import audit, audit_mirrors
from bot.store.schema import jobs, outbox
from bot.store.tables import metadata
from bot.store.transitions import record

_LONG_AGO: Final = timedelta(minutes=10)
"""More than a message that was tried can take to appear."""
_MIRRORED: Final = sa.select(audit_mirrors.c.guild_id, audit_mirrors.c.mirrored_id).where(
    audit_mirrors.c.guild_id != EVERYWHERE
)


@dataclass(frozen=True, slots=True)
class Reopened:
    """The jobs of a restored database."""

    jobs: int
    open: int
    doubtful: int
    """Of the open ones, those that may have been paid for since."""


async def make_safe(database: Database, clock: Clock, never_submitted: Collection[str]) -> Reopened:
    """Prepare what was owed and open, in one commit.

    A job that waited to be submitted becomes one whose submission was interrupted, unless it is
    known to be among `never_submitted`. What is owed is looked for in its channel first.
    """
    now = clock.now()
    async with database.write() as connection:
        await connection.execute(
            sa.update(outbox)
            .where(outbox.c.due_at.is_not(None))
            .values(
                # As after a send whose answer was lost: somebody may have posted it.
                state=MessageState.SENDING,
                first_at=sa.func.coalesce(outbox.c.first_at, outbox.c.created_at),
                # The last try that its row knows of was not the last one.
                tried_at=None,
            )
        )
        doubted = sa.update(jobs).values(
            maybe_posted_since=sa.func.coalesce(jobs.c.maybe_posted_since, jobs.c.updated_at)
        )
        is_open = jobs.c.state.in_(sorted(OPEN_STATES))
        opened = await connection.execute(doubted.where(is_open))
        # The last of these scenes owes the joined video, which may be posted since.
        await connection.execute(doubted.where(~is_open, is_of_unfinished()))
        await _doubt_copies(connection)
        doubtful = await _doubt_submissions(connection, never_submitted, now)
        await _doubt_mirrors(connection)
        count = await connection.execute(sa.select(sa.func.count()).select_from(jobs))
        await connection.execute(sa.text(f"DROP TABLE IF EXISTS {UNDER_WAY}"))
        return Reopened(count.scalar_one(), opened.rowcount, doubtful)


async def _doubt_copies(connection: AsyncConnection) -> None:
    """Have what posted videos may owe a gallery looked for there first.

    Votes are counted anew from Discord, and may owe again what was posted since the backup.
    """
    last = sa.select(sa.func.max(jobs.c.updated_at)).scalar_subquery()
    await connection.execute(
        sa.update(jobs)
        .where(jobs.c.state == JobState.POSTED)
        .values(maybe_posted_since=sa.func.coalesce(jobs.c.maybe_posted_since, last))
    )


async def _doubt_submissions(
    connection: AsyncConnection, never_submitted: Collection[str], now: datetime
) -> int:
    """Take jobs that waited for ones whose submission was interrupted, and count them."""
    moved = await connection.execute(
        sa.update(jobs)
        .where(jobs.c.state == JobState.RESERVED, jobs.c.id.not_in(never_submitted))
        .values(
            state=JobState.SUBMITTING,
            held_for=None,  # whoever was asked may have said yes since
            submitted_at=now,
            updated_at=now,
            due_at=now,
            leased_by=None,
            lease=jobs.c.lease + 1,
        )
        .returning(jobs.c.id)
    )
    doubtful = list(moved.scalars())
    for job_id in doubtful:
        await record(connection, job_id, "restored", now=now)
    return len(doubtful)


async def _doubt_mirrors(connection: AsyncConnection) -> None:
    """Have what is on record looked for in the log channels before it is sent there.

    What the backup does not know to be mirrored may be since; it can't be older than its row.
    """
    for guild_id, mirrored_id in (await connection.execute(_MIRRORED)).all():
        waiting = (audit.c.guild_id == guild_id) & (audit.c.id > mirrored_id)
        ends = sa.select(sa.func.max(audit.c.id), sa.func.min(audit.c.at)).where(waiting)
        last_id, written_at = (await connection.execute(ends)).one()
        if last_id is None:
            continue
        statement = (
            sa.update(audit_mirrors)
            .where(audit_mirrors.c.guild_id == guild_id)
            .values(sending_id=last_id, first_at=written_at - _LONG_AGO, due_at=None)
        )
        await connection.execute(statement)


async def make_way(database: Database, tables: Collection[str]) -> None:
    """Drop our tables that an older dump lacks; those that it has it replaces by itself.

    From here until all is safe, no bot starts on this database.
    """
    async with database.write() as connection:
        # A table of its own, which no dump of a sound database replaces.
        await connection.execute(sa.text(f"CREATE TABLE IF NOT EXISTS {UNDER_WAY} (id INTEGER)"))
        for table in reversed(metadata.sorted_tables):
            if table.name not in tables:
                await connection.execute(sa.text(f"DROP TABLE IF EXISTS {table.name} CASCADE"))
