"""Which jobs come of which: reads only, and never far."""

from typing import Final

import sqlalchemy as sa

from bot.domain import Job
from bot.store.engines.engine import Database
from bot.store.rows import job_from, readable
from bot.store.schema import jobs

_DEEPEST: Final = 8
"""Generations that are looked at downwards."""


class LineageStore:
    """Follows `derived_from` upwards and downwards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ancestors(self, job: Job, *, limit: int) -> list[Job]:
        """List what a job comes of, the nearest first."""
        found: list[Job] = []
        lineage = job.lineage
        while lineage is not None and len(found) < limit:
            wanted = sa.select(jobs).where(jobs.c.id == lineage.job_id)
            earlier = await self._jobs(wanted)
            if not earlier:
                break
            found += earlier
            lineage = earlier[0].lineage
        return found

    async def descendants(self, job: Job, *, limit: int) -> list[Job]:
        """List what comes of a job, generation by generation, the oldest of each first."""
        found: list[Job] = []
        parents = [job.id]
        for _ in range(_DEEPEST):
            room = limit - len(found)
            if not parents or room <= 0:
                break
            children = await self._jobs(
                sa.select(jobs)
                .where(jobs.c.derived_from.in_(parents))
                .order_by(jobs.c.created_at, jobs.c.id)
                .limit(room)
            )
            found += children
            parents = [child.id for child in children]
        return found

    async def _jobs(self, statement: sa.Select[tuple[object, ...]]) -> list[Job]:
        async with self._database.read() as connection:
            return readable(job_from, (await connection.execute(statement)).mappings().all())
