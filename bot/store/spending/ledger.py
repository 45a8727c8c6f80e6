"""The ledger: what jobs take from limits and budgets; the sum of its rows is the spend, always."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import Asker, Charge, Cost, EntryKind, Job, Unit
from bot.store.moderation.policy_schema import grant_uses, grants, ledger


async def book_reserve(
    connection: AsyncConnection, job: Job, asker: Asker, cost: Cost, *, is_priced: bool
) -> None:
    """Take from every limit what a job may cost at most, in the commit that inserts it."""
    await connection.execute(
        sa.insert(ledger).values(
            job_id=job.id,
            kind=EntryKind.RESERVE,
            guild_id=job.origin.guild_id,
            channel_id=asker.channel_id,
            parent_channel_id=asker.parent_channel_id,
            category_id=asker.category_id,
            member_id=job.origin.requester_id,
            jobs=cost.jobs,
            seconds=cost.seconds,
            micros=cost.micros,
            is_priced=is_priced,
            counted_at=job.created_at,
            created_at=job.created_at,
        )
    )


async def book_end(connection: AsyncConnection, job: Job, charge: Charge, *, now: datetime) -> None:
    """Bring the rows of a job to what it did cost, in the commit that ends it.

    Nothing was charged: all is given back. Where nobody knows what it cost, what was reserved
    stands. All rows of a job count at the time at which it was reserved.
    """
    match charge:
        case Charge.NONE:
            await refund(connection, job.id, now)
        case Charge.POSSIBLE:
            pass
        case Charge.MADE:
            await _settle(connection, job, now)


async def booked(connection: AsyncConnection, job_id: str) -> Cost:
    """Return what the rows of a job come to."""
    sums = [sa.func.coalesce(sa.func.sum(ledger.c[name]), 0) for name in _AMOUNTS]
    statement = sa.select(*sums).where(ledger.c.job_id == job_id)
    jobs, seconds, micros = (await connection.execute(statement)).one()
    return Cost(int(jobs), int(seconds), int(micros))


async def refund(connection: AsyncConnection, job_id: str, now: datetime) -> Cost:
    """Give back all that a job took, also to grants, and return how much that was."""
    taken = await booked(connection, job_id)
    if taken.jobs:
        back = Cost(-taken.jobs, -taken.seconds, -taken.micros)
        await _add(connection, job_id, EntryKind.REFUND, back, now)
        await connection.execute(sa.delete(grant_uses).where(grant_uses.c.job_id == job_id))
    return taken


async def _settle(connection: AsyncConnection, job: Job, now: datetime) -> None:
    taken = await booked(connection, job.id)
    if not taken.jobs:
        return
    micros = job.estimate_micros if job.cost_micros is None else job.cost_micros
    difference = Cost(
        # Of what might have been made instead, some may be longer than what was.
        seconds=job.spec.seconds - taken.seconds,
        micros=0 if micros is None else micros - taken.micros,
    )
    if difference == Cost():
        return
    await _add(connection, job.id, EntryKind.SETTLE, difference, now)
    made = await booked(connection, job.id)
    for unit in (Unit.SECONDS, Unit.MONEY):
        await _shorten_grants(connection, job.id, unit, made.of(unit))


async def _shorten_grants(connection: AsyncConnection, job_id: str, unit: Unit, most: int) -> None:
    """Give back to grants of a unit what the job did not take after all."""
    statement = (
        sa.select(grant_uses.c.grant_id, grant_uses.c.amount)
        .join(grants, grants.c.id == grant_uses.c.grant_id)
        .where(grant_uses.c.job_id == job_id, grants.c.unit == unit)
        .order_by(grant_uses.c.grant_id)
    )
    for grant_id, amount in (await connection.execute(statement)).all():
        used = min(amount, most)
        most -= used
        is_it = (grant_uses.c.job_id == job_id) & (grant_uses.c.grant_id == grant_id)
        if used:
            await connection.execute(sa.update(grant_uses).where(is_it).values(amount=used))
        else:
            await connection.execute(sa.delete(grant_uses).where(is_it))


async def _add(
    connection: AsyncConnection, job_id: str, kind: EntryKind, cost: Cost, now: datetime
) -> None:
    """Add a row that counts where and when the job was reserved."""
    first = sa.select(
        ledger.c.job_id,
        sa.literal(kind),
        *(ledger.c[name] for name in _PLACES),
        sa.literal(cost.jobs),
        sa.literal(cost.seconds),
        sa.literal(cost.micros),
        ledger.c.is_priced,
        ledger.c.counted_at,
        sa.literal(now, ledger.c.created_at.type),
    ).where(ledger.c.job_id == job_id, ledger.c.kind == EntryKind.RESERVE)
    names = ("job_id", "kind", *_PLACES, *_AMOUNTS, "is_priced", "counted_at", "created_at")
    await connection.execute(sa.insert(ledger).from_select(names, first))


_PLACES = ("guild_id", "channel_id", "parent_channel_id", "category_id", "member_id")
_AMOUNTS = ("jobs", "seconds", "micros")
