"""What the operator asks about jobs that are not over, or ended in doubt: reads only."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain import OPEN_STATES, FailureKind, Job, MessageKind
from bot.store.engines.engine import Database
from bot.store.rows import job_from
from bot.store.schema import jobs, outbox


@dataclass(frozen=True, slots=True)
class Owed:
    """A message that a job still owes."""

    kind: MessageKind
    since: datetime
    attempts: int
    problem: str | None
    """What went wrong at the last try, for the operator."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A job as it stands, with what only the operator sees."""

    job: Job
    due_at: datetime | None
    """When its next step is due; while a worker has it, when it would be taken away."""
    is_in_hand: bool
    owed: tuple[Owed, ...] = ()


class Oversight:
    """Lists jobs for the operator, over all servers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, *, limit: int) -> list[Standing]:
        """List the jobs that are open or owe a message, the oldest first."""
        owes = (
            sa.select(outbox.c.job_id)
            .where(outbox.c.job_id == jobs.c.id, outbox.c.due_at.is_not(None))
            .exists()
        )
        return await self._list(jobs.c.state.in_(sorted(OPEN_STATES)) | owes, limit)

    async def unknown_since(self, moment: datetime, *, limit: int) -> list[Standing]:
        """List the jobs whose outcome became unknown after `moment`, the oldest first."""
        is_unknown = jobs.c.failure == FailureKind.OUTCOME_UNKNOWN
        return await self._list(is_unknown & (jobs.c.updated_at >= moment), limit)

    async def _list(self, which: sa.ColumnElement[bool], limit: int) -> list[Standing]:
        statement = sa.select(jobs).where(which).order_by(jobs.c.created_at).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
            messages = await connection.execute(
                sa.select(outbox).where(
                    outbox.c.job_id.in_([row["id"] for row in rows]), outbox.c.due_at.is_not(None)
                )
            )
            owed = messages.mappings().all()
        return [
            Standing(
                job_from(row),
                row["due_at"],
                row["leased_by"] is not None,
                tuple(_owed_from(one) for one in owed if one["job_id"] == row["id"]),
            )
            for row in rows
        ]


def _owed_from(row: sa.RowMapping) -> Owed:
    return Owed(MessageKind(row["kind"]), row["created_at"], row["attempts"], row["problem"])
