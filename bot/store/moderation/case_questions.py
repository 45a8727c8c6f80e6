"""Questions about cases: reads only, from the pool that cannot write."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import (
    Case,
    CaseKind,
    CaseState,
    CaseView,
    Ending,
    Job,
    JobState,
    MemberHistory,
    MessageKind,
    MessageState,
    OwedMessage,
)
from bot.store.community.joined import scenes_of
from bot.store.engines.engine import Database
from bot.store.moderation.cases import case_from
from bot.store.moderation.desk_schema import cases, reports
from bot.store.rows import job_from, message_from, readable
from bot.store.schema import jobs, outbox

_IS_STALE: Final = (
    (outbox.c.kind == MessageKind.CASE)
    & (outbox.c.state == MessageState.SENT)
    & outbox.c.folded_at.is_(None)
    & ((cases.c.state != CaseState.OPEN) | outbox.c.shown.is_(None))
)


class CaseQuestions:
    """What the desk and its cards ask about cases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def view(self, case_id: int, guild_id: int | None = None) -> CaseView | None:
        """Find a case with what belongs to it; with `guild_id` only if it is of that server."""
        is_it = cases.c.id == case_id
        if guild_id is not None:
            is_it &= cases.c.guild_id == guild_id
        found = await self._views(sa.select(cases).where(is_it))
        return found[0] if found else None

    async def waiting(self, guild_id: int, *, limit: int) -> list[CaseView]:
        """List the open cases of a server, the oldest first."""
        statement = sa.select(cases).where(_is_open_in(guild_id)).order_by(cases.c.id).limit(limit)
        return await self._views(statement)

    async def count_waiting(self, guild_id: int) -> int:
        """Count the open cases of a server."""
        statement = sa.select(sa.func.count()).select_from(cases).where(_is_open_in(guild_id))
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar_one()

    async def stale_cards(self) -> list[tuple[OwedMessage, CaseView]]:
        """List the posted cards of cases that were decided since, or changed otherwise.

        Whoever changes an open case otherwise makes its `shown` empty.
        """
        stale = sa.select(outbox).join(cases, cases.c.id == outbox.c.sequence).where(_IS_STALE)
        async with self._database.read() as connection:
            rows = (await connection.execute(stale)).mappings().all()
        messages = readable(message_from, rows)
        numbers = [message.sequence for message in messages]
        if not numbers:
            return []
        views = await self._views(sa.select(cases).where(cases.c.id.in_(numbers)))
        by_id = {view.case.id: view for view in views}
        return [(one, by_id[one.sequence]) for one in messages if one.sequence in by_id]

    async def _views(self, statement: sa.Select[Any]) -> list[CaseView]:
        async with self._database.read() as connection:
            found = readable(case_from, (await connection.execute(statement)).mappings().all())
            return [await _view(connection, case) for case in found]


def _is_open_in(guild_id: int) -> sa.ColumnElement[bool]:
    return (cases.c.guild_id == guild_id) & (cases.c.state == CaseState.OPEN)


async def _view(connection: AsyncConnection, case: Case) -> CaseView:
    statement = sa.select(jobs).where(jobs.c.id == case.job_id)
    job = job_from((await connection.execute(statement)).mappings().one())
    history = await _history(connection, job)
    scenes = tuple(await _scenes(connection, case, job))
    return CaseView(case, job, history, await _first(connection, case), scenes)


async def _scenes(connection: AsyncConnection, case: Case, job: Job) -> list[Job]:
    if job.storyboard is None or case.kind is not CaseKind.REVIEW:
        return []
    return await scenes_of(connection, job.storyboard.storyboard_id)


async def _history(connection: AsyncConnection, job: Job) -> MemberHistory:
    is_theirs = (jobs.c.guild_id == job.origin.guild_id) & (
        jobs.c.requester_id == job.origin.requester_id
    )
    of_member = sa.select(
        _sum_of(jobs.c.state == JobState.POSTED),
        _sum_of(jobs.c.ending == Ending.DECLINED),
    ).where(is_theirs)
    made, declined = (await connection.execute(of_member)).one()
    reported = (
        sa.select(sa.func.count(reports.c.job_id.distinct()))
        .join(jobs, jobs.c.id == reports.c.job_id)
        .where(is_theirs)
    )
    return MemberHistory(made, declined, (await connection.execute(reported)).scalar_one())


def _sum_of(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


async def _first(connection: AsyncConnection, case: Case) -> Case | None:
    """Find what an appeal is against."""
    if case.kind is not CaseKind.APPEAL:
        return None
    statement = (
        sa.select(cases)
        .where(
            cases.c.job_id == case.job_id,
            cases.c.kind == CaseKind.REVIEW,
            cases.c.state == CaseState.REJECTED,
        )
        .limit(1)
    )
    rows: Sequence[sa.RowMapping] = (await connection.execute(statement)).mappings().all()
    return case_from(rows[0]) if rows else None
