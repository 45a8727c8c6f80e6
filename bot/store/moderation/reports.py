"""Reports of members about posted videos: counted in the commit that may hide one."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import CaseKind, CaseState, Job, PolicyName, Reported, Scope
from bot.limits import reasons
from bot.store.engines.engine import Database
from bot.store.moderation.books import read_book
from bot.store.moderation.cases import open_case
from bot.store.moderation.desk_schema import cases, reports
from bot.store.moderation.takedowns import hide_video, job_to_change

HIDE_AT: Final = 3
"""Distinct reporters that hide a video in a server that has set nothing; 0 would be never."""


class ReportStore:
    """The only code that writes reports."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def report(self, job_id: str, reporter_id: int, reason: str = "") -> Reported:
        """Count the report of a member; the first asks the moderators, enough hide the video.

        Reports from before a decision were answered by it, so that only new ones count then.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            job = await job_to_change(connection, job_id)
            if job.removed_at is not None:
                return Reported.REMOVED
            if job.origin.requester_id == reporter_id:
                return Reported.OWN
            if job.is_private:
                return Reported.PRIVATE
            if await _has_reported(connection, job.id, reporter_id):
                return Reported.AGAIN
            row = {"job_id": job.id, "reporter_id": reporter_id, "reason": reason, "at": now}
            await connection.execute(sa.insert(reports).values(row))
            await _ask_moderators(connection, job, reason, now)
            count = await _count(connection, job.id)
            if job.hidden_at is None and 0 < await _hide_at(connection, job) <= count:
                await hide_video(connection, job, count, now=now)
            return Reported.COUNTED


async def _has_reported(connection: AsyncConnection, job_id: str, reporter_id: int) -> bool:
    statement = sa.select(reports.c.at).where(
        reports.c.job_id == job_id, reports.c.reporter_id == reporter_id
    )
    return (await connection.execute(statement)).first() is not None


async def _ask_moderators(
    connection: AsyncConnection, job: Job, reason: str, now: datetime
) -> None:
    is_open = sa.select(cases.c.id).where(
        cases.c.job_id == job.id,
        cases.c.kind == CaseKind.REPORT,
        cases.c.state == CaseState.OPEN,
    )
    if (await connection.execute(is_open)).first() is None:
        why = reasons.of_report(reason)
        await open_case(connection, job, CaseKind.REPORT, why, now=now)


async def _count(connection: AsyncConnection, job_id: str) -> int:
    """Count who reported a video since the moderators last decided about it."""
    decided_at = sa.select(sa.func.max(cases.c.decided_at)).where(
        cases.c.job_id == job_id, cases.c.kind == CaseKind.REPORT
    )
    last = (await connection.execute(decided_at)).scalar_one()
    statement = sa.select(sa.func.count()).where(
        reports.c.job_id == job_id, sa.true() if last is None else reports.c.at > last
    )
    return int((await connection.execute(statement)).scalar_one())


async def _hide_at(connection: AsyncConnection, job: Job) -> int:
    guild_id = job.origin.guild_id
    book = await read_book(connection, guild_id)
    value = book.value(Scope.SERVER, guild_id, PolicyName.HIDE_AT)
    return HIDE_AT if value is None else int(value)
