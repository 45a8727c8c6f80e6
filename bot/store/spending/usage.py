"""How much of a limit is used, counted from the rows of the ledger in the caller's view."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import Asker, Cost, Gauge, Hold, Limit, LimitKind, Scope, Unit
from bot.limits.windows import begin_of, cools_until, end_of, frees_at
from bot.store.moderation.policy_schema import grant_uses, grants, ledger
from bot.store.schema import jobs

_COLUMNS: Final = {
    Unit.JOBS: ledger.c.jobs,
    Unit.SECONDS: ledger.c.seconds,
    Unit.MONEY: ledger.c.micros,
}
_OWN: Final = frozenset({Scope.ROLE, Scope.MEMBER})
_COOLING: Final = 50
"""Jobs that a cooldown looks back at: the last ones, of which an earlier one may be longer."""


class Meter:
    """Measures limits for one member in one place, at one moment."""

    def __init__(
        self, connection: AsyncConnection, guild_id: int, asker: Asker, now: datetime
    ) -> None:
        self._connection = connection
        self._guild_id = guild_id
        self._asker = asker
        self._now = now

    async def gauge(self, limit: Limit, cost: Cost, *, granted: int = 0) -> Gauge:
        """Say what is used of a limit, and when a job of that cost would fit again."""
        if limit.kind is LimitKind.COOLDOWN:
            until = cools_until(await self._last_jobs(limit), limit.unit, limit.amount)
            is_over = until is None or until <= self._now
            return Gauge(limit, used=0, until=None if is_over else until)
        used = await self._used(limit)
        until = end_of(limit.kind, self._now)
        room = limit.amount + granted - cost.of(limit.unit)
        if limit.kind is LimitKind.ROLLING_DAY and used > room:
            until = frees_at(await self._uses(limit), room)
        elif room < 0:
            until = None  # it is too large, also for a window in which nothing is used yet
        return Gauge(limit, used, granted=granted, until=until)

    async def _used(self, limit: Limit) -> int:
        total = sa.func.coalesce(sa.func.sum(_COLUMNS[limit.unit]), 0)
        statement = sa.select(total).where(self._is_counted(limit))
        used = int((await self._connection.execute(statement)).scalar_one())
        return used - await self._granted(limit)

    async def _granted(self, limit: Limit) -> int:
        """Return what grants paid for: it does not count against a member's own limits."""
        if limit.scope not in _OWN or limit.kind is LimitKind.AT_ONCE:
            return 0
        counted = sa.select(ledger.c.job_id).where(self._is_counted(limit))
        statement = _granted(limit.unit).where(grant_uses.c.job_id.in_(counted))
        return int((await self._connection.execute(statement)).scalar_one())

    async def _uses(self, limit: Limit) -> Sequence[tuple[datetime, int]]:
        """List what the jobs of a window took, the oldest first."""
        taken: sa.ColumnElement[int] = sa.func.sum(_COLUMNS[limit.unit])
        if limit.scope in _OWN:
            taken = taken - _granted_to_job(limit.unit)
        statement = (
            sa.select(ledger.c.counted_at, taken)
            .where(self._is_counted(limit))
            .group_by(ledger.c.job_id, ledger.c.counted_at)
            .order_by(ledger.c.counted_at)
        )
        return [(at, int(used)) for at, used in await self._connection.execute(statement)]

    async def _last_jobs(self, limit: Limit) -> Sequence[tuple[datetime, Cost]]:
        total = sa.func.sum(ledger.c.jobs)
        statement = (
            sa.select(
                ledger.c.counted_at,
                total,
                sa.func.sum(ledger.c.seconds),
                sa.func.sum(ledger.c.micros),
            )
            .where(self._is_counted(limit))
            .group_by(ledger.c.job_id, ledger.c.counted_at)
            .having(total > 0)
            .order_by(ledger.c.counted_at.desc())
            .limit(_COOLING)
        )
        rows = (await self._connection.execute(statement)).all()
        return [(at, Cost(int(one), int(long), int(micros))) for at, one, long, micros in rows]

    def _is_counted(self, limit: Limit) -> sa.ColumnElement[bool]:
        if limit.kind is LimitKind.AT_ONCE:
            working = sa.select(jobs.c.id).where(
                jobs.c.due_at.is_not(None),
                # The scenes of a storyboard are made one after another, of which one is counted.
                jobs.c.held_for.is_distinct_from(Hold.SCENE),
            )
            return self._is_in(limit) & ledger.c.job_id.in_(working)
        return self._is_in(limit) & (ledger.c.counted_at >= begin_of(limit.kind, self._now))

    def _is_in(self, limit: Limit) -> sa.ColumnElement[bool]:
        is_here = ledger.c.guild_id == self._guild_id
        is_theirs = ledger.c.member_id == self._asker.member_id
        match limit.scope:
            case Scope.EVERYWHERE:
                return sa.true()
            case Scope.PERSON:
                return is_theirs
            case Scope.SERVER:
                return is_here
            case Scope.CHANNEL:
                places = (ledger.c.channel_id, ledger.c.parent_channel_id, ledger.c.category_id)
                return is_here & sa.or_(*(place == limit.target_id for place in places))
            case Scope.ROLE | Scope.MEMBER:
                return is_here & is_theirs


def _granted(unit: Unit) -> sa.Select[int]:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(grant_uses.c.amount), 0))
        .join(grants, grants.c.id == grant_uses.c.grant_id)
        .where(grants.c.unit == unit)
    )


def _granted_to_job(unit: Unit) -> sa.ScalarSelect[int]:
    return _granted(unit).where(grant_uses.c.job_id == ledger.c.job_id).scalar_subquery()
