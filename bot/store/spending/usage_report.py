"""What was made in a span of time, added up from the rows of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import DayUsage, Usage, UsageLine
from bot.store.columns import Wording
from bot.store.engines.engine import Database
from bot.store.moderation.policy_schema import ledger
from bot.store.schema import jobs

_JOBS: Final[sa.ColumnElement[int]] = sa.func.sum(ledger.c.jobs)
_COUNTS_FOR_NOTHING: Final = sa.and_(
    ~ledger.c.is_priced, ledger.c.micros == 0, jobs.c.cost_micros.is_(None)
)
_AMOUNTS: Final = (
    _JOBS.label("jobs"),
    sa.func.sum(ledger.c.seconds).label("seconds"),
    sa.func.sum(ledger.c.micros).label("micros"),
    sa.func.sum(sa.case((_COUNTS_FOR_NOTHING, ledger.c.jobs), else_=0)).label("unpriced"),
)
_MODEL: Final = (jobs.c.provider + "/" + jobs.c.model).label("label")
_MEMBER: Final = ledger.c.member_id.label("label")
_SERVER: Final = ledger.c.guild_id.label("label")


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Whose use is added up, from `since` until just before `until`; None is any."""

    since: datetime
    until: datetime
    guild_id: int | None = None
    member_id: int | None = None
    model: str | None = None
    """Its key, such as `xai/grok-imagine-video`."""

    def condition(self) -> sa.ColumnElement[bool]:
        """Write it as SQL."""
        return sa.and_(
            ledger.c.counted_at >= self.since,
            ledger.c.counted_at < self.until,
            sa.true() if self.guild_id is None else ledger.c.guild_id == self.guild_id,
            sa.true() if self.member_id is None else ledger.c.member_id == self.member_id,
            sa.true() if self.model is None else _MODEL.element == sa.literal(self.model, Wording),
        )


class UsageReport:
    """Adds up the ledger: all rows of a job count on the day on which it was reserved.

    What was given back is not there any more; a job is of the model that made it in the end.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def usage(self, which: UsageFilter) -> Usage:
        """Add up by day, by model and by member; labels are keys of models and ids."""
        async with self._database.read() as connection:
            days = await _days(connection, which)
            models = await _lines(connection, which, _MODEL)
            members = await _lines(connection, which, _MEMBER)
        return Usage(
            since=which.since,
            until=which.until,
            days=_without_gaps(which, days),
            models=models,
            members=members,
            total=UsageLine(
                label="",
                jobs=sum(line.jobs for line in models),
                seconds=sum(line.seconds for line in models),
                micros=sum(line.micros for line in models),
                unpriced=sum(line.unpriced for line in models),
            ),
        )

    async def servers(self, which: UsageFilter) -> tuple[UsageLine, ...]:
        """Add up by server, whose id is the label, the largest first."""
        async with self._database.read() as connection:
            return await _lines(connection, which, _SERVER)


async def _lines(
    connection: AsyncConnection, which: UsageFilter, label: sa.Label[Any]
) -> tuple[UsageLine, ...]:
    statement = (
        sa.select(label, *_AMOUNTS)
        .select_from(ledger.join(jobs, jobs.c.id == ledger.c.job_id))
        .where(which.condition())
        .group_by("label")
        .having(_JOBS > 0)
        .order_by(sa.desc("jobs"), sa.desc("micros"), "label")
    )
    rows = (await connection.execute(statement)).mappings()
    return tuple(
        UsageLine(str(row["label"]), **_amounts(row), unpriced=int(row["unpriced"])) for row in rows
    )


async def _days(connection: AsyncConnection, which: UsageFilter) -> Mapping[date, DayUsage]:
    day = _day(connection.dialect).label("day")
    statement = (
        sa.select(day, *_AMOUNTS)
        .select_from(ledger.join(jobs, jobs.c.id == ledger.c.job_id))
        .where(which.condition())
        .group_by("day")
    )
    rows = (await connection.execute(statement)).mappings()
    found = [DayUsage(date.fromisoformat(row["day"]), **_amounts(row)) for row in rows]
    return {one.day: one for one in found}


def _day(dialect: sa.Dialect) -> sa.ColumnElement[str]:
    """Write the UTC day of a row as a text; no expression for it holds on both engines."""
    if dialect.name == "sqlite":
        return sa.func.strftime(sa.literal_column("'%Y-%m-%d'"), ledger.c.counted_at)
    utc = sa.func.timezone(sa.literal_column("'UTC'"), ledger.c.counted_at)
    return sa.func.to_char(utc, sa.literal_column("'YYYY-MM-DD'"))


def _amounts(row: sa.RowMapping) -> dict[str, int]:
    return {name: int(row[name]) for name in ("jobs", "seconds", "micros")}


def _without_gaps(which: UsageFilter, found: Mapping[date, DayUsage]) -> tuple[DayUsage, ...]:
    first = which.since.astimezone(UTC).date()
    last = (which.until.astimezone(UTC) - timedelta(microseconds=1)).date()
    every = [first + timedelta(days=number) for number in range(max((last - first).days, 0) + 1)]
    return tuple(found.get(day) or DayUsage(day, jobs=0, seconds=0, micros=0) for day in every)
