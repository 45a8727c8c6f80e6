"""Lists of a server's jobs for its moderators: reads only."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from bot.domain import OPEN_STATES, EntryKind, FailureKind, Job, JobFilter, JobState, Shelf
from bot.store.engines.engine import Database
from bot.store.moderation.policy_schema import ledger
from bot.store.rows import job_from, readable
from bot.store.schema import jobs

_MAKING: Final = (JobState.SUBMITTING, JobState.RENDERING, JobState.RENDERED)
_IS_ON: Final[Mapping[Shelf, sa.ColumnElement[bool]]] = {
    Shelf.OPEN: jobs.c.state.in_(sorted(OPEN_STATES)),
    Shelf.WAITING: (jobs.c.state == JobState.RESERVED) & jobs.c.held_for.is_(None),
    Shelf.HELD: jobs.c.held_for.is_not(None),
    Shelf.MAKING: jobs.c.state.in_(_MAKING),
    Shelf.POSTING: jobs.c.state == JobState.STORED,
    Shelf.DONE: jobs.c.state == JobState.POSTED,
    Shelf.FAILED: jobs.c.state.in_((JobState.FAILED, JobState.TOLD)),
    Shelf.DOUBTFUL: jobs.c.failure == FailureKind.OUTCOME_UNKNOWN,
}


class JobLists:
    """Lists jobs, never those of another server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, which: JobFilter, *, limit: int, offset: int) -> list[Job]:
        """List jobs from the newest back."""
        statement = (
            sa.select(jobs)
            .where(_condition(which))
            .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        async with self._database.read() as connection:
            return readable(job_from, (await connection.execute(statement)).mappings().all())

    async def count(self, which: JobFilter) -> int:
        """Count the jobs of all pages."""
        statement = sa.select(sa.func.count()).select_from(jobs).where(_condition(which))
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar_one()


def _condition(which: JobFilter) -> sa.ColumnElement[bool]:
    return sa.and_(
        jobs.c.guild_id == which.guild_id,
        sa.true() if which.shelf is None else _IS_ON[which.shelf],
        sa.true() if which.member_id is None else jobs.c.requester_id == which.member_id,
        sa.true() if which.channel_id is None else _is_in(which.channel_id),
    )


def _is_in(channel_id: int) -> sa.ColumnElement[bool]:
    """Look where the job was asked for: the row of the ledger knows the channels around it."""
    places = (ledger.c.channel_id, ledger.c.parent_channel_id, ledger.c.category_id)
    around = sa.select(ledger.c.job_id).where(
        ledger.c.kind == EntryKind.RESERVE, sa.or_(*(place == channel_id for place in places))
    )
    # Jobs that are older than the ledger have no row there.
    return (jobs.c.channel_id == channel_id) | jobs.c.id.in_(around)
