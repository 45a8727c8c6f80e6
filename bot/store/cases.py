"""Rows of cases, in the commit that makes a case necessary or pointless."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import CaseKind, CaseState, Job
from bot.store.desk_schema import cases


async def open_case(
    connection: AsyncConnection, job: Job, kind: CaseKind, why: str, *, now: datetime
) -> int:
    """Ask the moderators something about a job, and return the number of the case."""
    statement = (
        sa.insert(cases)
        .values(
            guild_id=job.origin.guild_id,
            job_id=job.id,
            kind=kind,
            state=CaseState.OPEN,
            why=why,
            opened_at=now,
        )
        .returning(cases.c.id)
    )
    return int((await connection.execute(statement)).scalar_one())


async def close_cases(connection: AsyncConnection, job_id: str, *, now: datetime) -> None:
    """Take back what was asked about making a job: it ended by itself."""
    statement = (
        sa.update(cases)
        .where(
            cases.c.job_id == job_id,
            cases.c.kind == CaseKind.REVIEW,
            cases.c.state == CaseState.OPEN,
        )
        .values(state=CaseState.CLOSED, decided_at=now)
    )
    await connection.execute(statement)
