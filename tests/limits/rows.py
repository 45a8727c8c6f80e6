"""What the rows say was used, added up without the code that decides on it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain import Limit, LimitKind, Scope, Unit
from bot.store.engines.engine import Database
from bot.store.moderation.policy_schema import grant_uses, grants, ledger
from bot.store.schema import jobs
from tests.limits.asking import Person

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Booked:
    """What one job takes, in the order in which they were let in."""

    job_id: str
    at: datetime
    guild_id: int
    channel_id: int
    member_id: int
    is_working: bool
    taken: Counter[Unit]
    granted: Counter[Unit]

    def own(self, limit: Limit) -> int:
        """Return what counts against a limit."""
        is_own = limit.scope in {Scope.ROLE, Scope.MEMBER} and limit.kind in {
            LimitKind.ROLLING_DAY,
            LimitKind.DAY,
            LimitKind.MONTH,
        }
        return self.taken[limit.unit] - (self.granted[limit.unit] if is_own else 0)


async def read_rows(database: Database) -> list[Booked]:
    """Add up the ledger, job by job."""
    found: dict[str, Booked] = {}
    async with database.read() as connection:
        working = set((await connection.execute(_WORKING)).scalars())
        for row in (await connection.execute(sa.select(ledger).order_by(ledger.c.id))).mappings():
            one = found.setdefault(
                row["job_id"],
                Booked(
                    row["job_id"],
                    row["counted_at"],
                    row["guild_id"],
                    row["channel_id"],
                    row["member_id"],
                    row["job_id"] in working,
                    Counter(),
                    Counter(),
                ),
            )
            for unit, name in _NAMES.items():
                one.taken[unit] += row[name]
        for job_id, unit, amount in await connection.execute(_USES):
            found[job_id].granted[Unit(unit)] += amount
    return list(found.values())


async def overdrawn(database: Database) -> list[int]:
    """List the grants of which more was used than there was, or after their end."""
    used = sa.func.sum(grant_uses.c.amount)
    too_much = (
        sa.select(grants.c.id)
        .join(grant_uses)
        .group_by(grants.c.id, grants.c.amount)
        .having(used > grants.c.amount)
    )
    too_late = (
        sa.select(grants.c.id)
        .join_from(grants, grant_uses)
        .join(jobs, jobs.c.id == grant_uses.c.job_id)
        .where(jobs.c.created_at >= grants.c.expires_at)
    )
    of_others = (
        sa.select(grants.c.id)
        .join_from(grants, grant_uses)
        .join(jobs, jobs.c.id == grant_uses.c.job_id)
        .where((jobs.c.requester_id != grants.c.member_id) | (jobs.c.guild_id != grants.c.guild_id))
    )
    async with database.read() as connection:
        return [
            grant_id
            for statement in (too_much, too_late, of_others)
            for grant_id in (await connection.execute(statement)).scalars()
        ]


def passed(limit: Limit, people: Iterable[Person], rows: Sequence[Booked]) -> bool:
    """Tell whether a limit was passed for any of these people, at any time."""
    return any(_is_passed(limit, part) for part in _shares(limit, people, rows))


def _shares(
    limit: Limit, people: Iterable[Person], rows: Sequence[Booked]
) -> Iterator[list[Booked]]:
    """Part the rows as the limit does: those that count together."""
    match limit.scope:
        case Scope.EVERYWHERE:
            yield list(rows)
        case Scope.PERSON:
            for member_id in {person.member_id for person in people}:
                yield [row for row in rows if row.member_id == member_id]
        case Scope.SERVER:
            yield [row for row in rows if row.guild_id == limit.guild_id]
        case Scope.CHANNEL:
            yield [row for row in rows if row.channel_id == limit.target_id]
        case Scope.ROLE | Scope.MEMBER:
            for person in people:
                is_theirs = limit.target_id in {person.member_id, *person.roles}
                if is_theirs and person.guild_id == limit.guild_id:
                    here = (person.guild_id, person.member_id)
                    yield [row for row in rows if (row.guild_id, row.member_id) == here]


def _is_passed(limit: Limit, rows: Sequence[Booked]) -> bool:
    if limit.kind is LimitKind.COOLDOWN:
        return _was_hasty(limit, rows)
    return any(total > limit.amount for total in _totals(limit, rows))


def _totals(limit: Limit, rows: Sequence[Booked]) -> list[int]:
    """Return what was used in each window that there ever was."""
    match limit.kind:
        case LimitKind.ROLLING_DAY:
            return [
                sum(row.own(limit) for row in rows if end - DAY < row.at <= end)
                for end in (row.at for row in rows)
            ]
        case LimitKind.DAY:
            return _sums(limit, rows, "%Y-%m-%d")
        case LimitKind.MONTH:
            return _sums(limit, rows, "%Y-%m")
        case _:
            return [sum(row.own(limit) for row in rows if row.is_working)]


def _sums(limit: Limit, rows: Sequence[Booked], window: str) -> list[int]:
    found: Counter[str] = Counter()
    for row in rows:
        found[row.at.strftime(window)] += row.own(limit)
    return list(found.values())


def _was_hasty(limit: Limit, rows: Sequence[Booked]) -> bool:
    """Tell whether a job was let in while an earlier one, that stood, was cooling."""
    per = 1_000_000 if limit.unit is Unit.MONEY else 1
    standing = [row for row in rows if row.taken[Unit.JOBS]]
    return any(
        later.at < first.at + timedelta(seconds=limit.amount * first.taken[limit.unit] / per)
        for number, first in enumerate(standing)
        for later in standing[number + 1 :]
    )


_NAMES = {Unit.JOBS: "jobs", Unit.SECONDS: "seconds", Unit.MONEY: "micros"}
_WORKING = sa.select(jobs.c.id).where(
    jobs.c.state.in_(["reserved", "submitting", "rendering", "rendered"])
)
_USES = sa.select(grant_uses.c.job_id, grants.c.unit, grant_uses.c.amount).join_from(
    grant_uses, grants
)
