"""One guarded step of a row, with its line in the history: what every transition is made of."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import (
    OPEN_STATES,
    Charge,
    Ending,
    Failure,
    FailureKind,
    Hold,
    Job,
    JobState,
    MessageKind,
)
from bot.errors import StaleJobError
from bot.store.community.stories import end_scene
from bot.store.moderation.cases import close_cases
from bot.store.owing import owe
from bot.store.rows import job_from
from bot.store.schema import job_events, jobs
from bot.store.spending.ledger import book_end

TURNED_AWAY: Final = "turned_away"
"""The event of a job that its provider did not let in."""
PUBLISHED: Final = "published"
"""The event of a job that was private until then."""

_NOTHING_TO_GO_ON_FROM: Final = Failure(FailureKind.CANCELLED, Charge.NONE)

_ENTERED_FROM: Final[Mapping[JobState, Collection[JobState]]] = {
    JobState.RESERVED: {JobState.SUBMITTING},
    JobState.SUBMITTING: {JobState.RESERVED},
    JobState.RENDERING: {JobState.SUBMITTING},
    JobState.RENDERED: {JobState.RENDERING},
    JobState.STORED: {JobState.RENDERED},
    JobState.POSTED: {JobState.STORED},
    JobState.FAILED: OPEN_STATES - {JobState.FAILED},
    JobState.TOLD: {JobState.FAILED},
}
"""Every arrow there is; nothing leads out of a final state."""


async def move(
    connection: AsyncConnection,
    job: Job,
    to: JobState,
    *,
    now: datetime,
    **values: Any,  # noqa: ANN401 - columns of every type
) -> Job:
    """Move `job` out of the state and the lease that it was read in.

    Raises:
        StaleJobError: Another worker was faster, or no arrow leads there; nothing was changed.
    """
    if job.state not in _ENTERED_FROM[to]:
        raise StaleJobError(f"Job {job.id} can't go from {job.state} to {to}")
    return await change(connection, job, now=now, state=to, **values)


async def change(
    connection: AsyncConnection,
    job: Job,
    *,
    now: datetime,
    **values: Any,  # noqa: ANN401 - columns of every type
) -> Job:
    """Write to the row of `job` under the state and the lease that it was read in.

    Raises:
        StaleJobError: Another worker was faster; nothing was changed.
    """
    statement = (
        sa.update(jobs)
        .where(jobs.c.id == job.id, jobs.c.state == job.state, jobs.c.lease == job.lease)
        .values({"updated_at": now, **values})
        .returning(*jobs.c)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise StaleJobError(f"Job {job.id} is no longer {job.state} under lease {job.lease}")
    return job_from(row)


async def fail(
    connection: AsyncConnection,
    job: Job,
    failure: Failure,
    *,
    now: datetime,
    cost_micros: int | None = None,
) -> Job:
    """End `job` without a video and owe the channel the reason, in the caller's transaction.

    A cost that is known already stays, unless `cost_micros` says it anew. What was taken from
    limits is given back as far as nothing was charged. The scene of a storyboard that waits for
    this one is given up. Of a job whose price was not agreed to, and of a scene that never came
    up, the channel knows nothing: nothing is owed to it.
    """
    failed = await move(
        connection,
        job,
        JobState.FAILED,
        now=now,
        failure=failure.kind,
        charge=failure.charge,
        failure_detail=failure.detail or None,
        cost_micros=job.cost_micros if cost_micros is None else cost_micros,
        due_at=None,
        leased_by=None,
        lease=job.lease + 1,
        held_for=None,
    )
    await record(connection, job.id, f"failed:{failure.kind}", now=now, detail=failure.detail)
    await book_end(connection, failed, failure.charge, now=now)
    await close_cases(connection, job.id, now=now)
    if job.held_for is Hold.CONFIRMATION or (job.held_for and job.ending is Ending.BROKEN):
        await record(connection, job.id, "told", now=now)
        failed = await move(connection, failed, JobState.TOLD, now=now)
    else:
        await owe(connection, failed, MessageKind.FAILURE, now=now)
    await _break_off(connection, failed, now)
    await end_scene(connection, failed, now=now)
    return failed


async def _break_off(connection: AsyncConnection, job: Job, now: datetime) -> None:
    """Give up the scene that waits for this one, and with it those that wait for that."""
    next_one = await waiting_scene(connection, job)
    if next_one is not None:
        noted = await change(connection, next_one, now=now, ending=Ending.BROKEN)
        await fail(connection, noted, _NOTHING_TO_GO_ON_FROM, now=now)


async def waiting_scene(connection: AsyncConnection, job: Job) -> Job | None:
    """Take hold of the scene that waits for this one; None when none does."""
    if job.storyboard is None:
        return None
    statement = (
        sa.select(jobs)
        .where(
            jobs.c.storyboard_id == job.storyboard.storyboard_id,
            jobs.c.scene == job.storyboard.scene + 1,
            jobs.c.held_for == Hold.SCENE,
            jobs.c.state == JobState.RESERVED,
        )
        .with_for_update()
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else job_from(row)


async def record(
    connection: AsyncConnection, job_id: str, event: str, *, now: datetime, detail: str = ""
) -> None:
    """Add one line to the history of a job."""
    await connection.execute(
        sa.insert(job_events).values(job_id=job_id, at=now, event=event, detail=detail or None)
    )
