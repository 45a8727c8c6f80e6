"""Leases of processes that ended: who holds any, and how the work is freed."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from bot.clock import Clock
from bot.domain import JobState
from bot.store.community.schema import storyboards
from bot.store.engines.engine import Database
from bot.store.schema import jobs, outbox

_LEASED: Final = (jobs, outbox, storyboards)


class LeaseStore:
    """Leases by their holders, where several processes share the tables."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def holders(self) -> frozenset[str]:
        """Name the workers that have anything in hand."""
        held = sa.union(*(sa.select(table.c.leased_by).where(_is_held(table)) for table in _LEASED))
        async with self._database.read() as connection:
            return frozenset((await connection.execute(held)).scalars())

    async def release(self, workers: Collection[str]) -> int:
        """Make due what these workers, who are gone, had in hand; return how much that was.

        A job that was being submitted keeps its lease: should its worker live after all, there
        is still time for it to write down what was paid for.
        """
        now = self._clock.now()
        freed = {"due_at": now, "leased_by": None}
        async with self._database.write() as connection:
            counts = [
                (
                    await connection.execute(
                        sa.update(table)
                        .where(_is_held(table), table.c.leased_by.in_(workers), condition)
                        .values(lease=table.c.lease + 1, **freed)
                    )
                ).rowcount
                for table, condition in (
                    (jobs, jobs.c.state != JobState.SUBMITTING),
                    (outbox, sa.true()),
                    (storyboards, sa.true()),
                )
            ]
        return sum(counts)


def _is_held(table: sa.Table) -> sa.ColumnElement[bool]:
    # The partial index is on what is due: a row that is held always is.
    return table.c.leased_by.is_not(None) & table.c.due_at.is_not(None)
