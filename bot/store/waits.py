"""How long jobs wait: the queue as the runner takes it, and how long finished jobs took."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.domain import JobState, Measured, Mode, QueuePlace
from bot.store.engines.engine import Database
from bot.store.schema import job_events, jobs

_WAITS: Final = (
    (jobs.c.state == JobState.RESERVED)
    & jobs.c.held_for.is_(None)
    & jobs.c.due_at.is_not(None)  # names the partial index
)
_SINCE: Final = sa.func.coalesce(jobs.c.released_at, jobs.c.created_at)
_IN_HAND: Final = jobs.c.leased_by.is_not(None)
_IS_NEW: Final = (
    (jobs.c.lease == 0) | ((jobs.c.lease == 1) & _IN_HAND) | (jobs.c.due_at == jobs.c.released_at)
)
"""Nobody has told it its turn yet, so it comes after those who were told theirs."""
_STEPPED_BACK: Final = ((jobs.c.attempts > 0) | (jobs.c.misses > 0)) & ~_IN_HAND
"""It was not taken, and comes to the end of the line once it is due again."""
_ORDER: Final = (
    sa.case((_IS_NEW, 1), (_STEPPED_BACK, 2), else_=0),
    sa.case((_IN_HAND, 0), else_=1),
    # What is in hand is due at the end of its lease, which says nothing about its turn.
    sa.case((_IS_NEW | _IN_HAND, _SINCE), else_=jobs.c.due_at),
    _SINCE,
    jobs.c.id,
)
"""As `bot.pipeline.rate` lets them in: by the turns that they were given."""


class WaitStore:
    """Reads what waiting is about; nothing is counted but committed rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def places(self) -> Mapping[str, QueuePlace]:
        """Return the place of each job that waits to be submitted, by its id.

        Each provider has a queue of its own; what is held for a yes stands in none.
        """
        statement = sa.select(
            jobs.c.id,
            sa.func.row_number().over(partition_by=jobs.c.provider, order_by=_ORDER),
            sa.func.count().over(partition_by=jobs.c.provider),
        ).where(_WAITS)
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return {job_id: QueuePlace(number, total) for job_id, number, total in rows}

    async def measured(
        self, provider: str, model: str, *, since: datetime, limit: int
    ) -> list[Measured]:
        """List how long the finished jobs of a model took that began after `since`, newest first.

        Time in which the bot was down is in it: it is what members waited.
        """
        statement = (
            sa.select(
                jobs.c.mode,
                jobs.c.seconds,
                jobs.c.resolution,
                jobs.c.submitted_at,
                job_events.c.at,
            )
            .join(job_events, job_events.c.job_id == jobs.c.id)
            .where(
                jobs.c.provider == provider,
                jobs.c.model == model,
                jobs.c.submitted_at > since,
                jobs.c.file_key.is_not(None),  # names the partial index
                job_events.c.event == JobState.STORED,
                # A clock that was set back in between has measured nothing.
                job_events.c.at >= jobs.c.submitted_at,
            )
            .order_by(jobs.c.submitted_at.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return [
            Measured(Mode(mode), seconds, resolution, stored_at - submitted_at)
            for mode, seconds, resolution, submitted_at, stored_at in rows
        ]
