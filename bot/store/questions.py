"""Questions about jobs: reads only, from the pool that cannot write."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.domain import OPEN_STATES, Job
from bot.store.engine import Database
from bot.store.rows import job_from
from bot.store.schema import job_events, jobs, outbox

_OPEN: Final = jobs.c.state.in_(sorted(OPEN_STATES))


class JobQuestions:
    """What commands and the runner ask about jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def job(self, job_id: str) -> Job | None:
        """Find one job by our own id."""
        found = await self._jobs(sa.select(jobs).where(jobs.c.id == job_id))
        return found[0] if found else None

    async def of_member(self, guild_id: int, requester_id: int, *, limit: int) -> list[Job]:
        """List a member's jobs here: running ones first, then the newest."""
        return await self._jobs(
            sa.select(jobs)
            .where(jobs.c.guild_id == guild_id, jobs.c.requester_id == requester_id)
            .order_by(_OPEN.desc(), jobs.c.created_at.desc())
            .limit(limit)
        )

    async def history(self, job_id: str) -> Sequence[tuple[datetime, str, str | None]]:
        """List what happened to a job, oldest first: when, what, and details for the operator."""
        statement = (
            sa.select(job_events.c.at, job_events.c.event, job_events.c.detail)
            .where(job_events.c.job_id == job_id)
            .order_by(job_events.c.id)
        )
        async with self._database.read() as connection:
            return [
                (at, event, detail) for at, event, detail in await connection.execute(statement)
            ]

    async def next_due_at(self) -> datetime | None:
        """Tell when the next step or message is due; None when nothing is."""
        async with self._database.read() as connection:
            moments = [
                (await connection.execute(sa.select(sa.func.min(table.c.due_at)))).scalar_one()
                for table in (jobs, outbox)
            ]
        return min((moment for moment in moments if moment is not None), default=None)

    async def _jobs(self, statement: sa.Select[tuple[object, ...]]) -> list[Job]:
        async with self._database.read() as connection:
            return [job_from(row) for row in (await connection.execute(statement)).mappings()]
