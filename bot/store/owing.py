"""The one way for a job to owe a message: a row of the outbox, in the caller's transaction."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import Job, MessageKind, MessageState
from bot.store.schema import jobs, outbox


async def owe(
    connection: AsyncConnection,
    job: Job,
    kind: MessageKind,
    *,
    now: datetime,
    channel_id: int | None = None,
    sequence: int = 0,
) -> None:
    """Write the row that owes a channel a message; without a channel, where the job belongs.

    Of a job that was restored it says since when the message may be there already.
    """
    since = sa.select(jobs.c.maybe_posted_since).where(jobs.c.id == job.id).scalar_subquery()
    await connection.execute(
        sa.insert(outbox).values(
            job_id=job.id,
            kind=kind,
            sequence=sequence,
            state=sa.case((since.is_(None), MessageState.PENDING), else_=MessageState.SENDING),
            channel_id=job.origin.channel_id if channel_id is None else channel_id,
            due_at=now,
            first_at=since,
            created_at=now,
        )
    )
