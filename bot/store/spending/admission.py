"""Lets a job in or not, in the transaction that inserts it: nobody else decides meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import ALERT_PERCENTS, Admission, Asker, BudgetAlert, Denial, Job, Refusal
from bot.limits.budgets import is_budget
from bot.limits.decide import decide, fitting
from bot.limits.facts import Wish
from bot.limits.together import decide_all, together
from bot.limits.windows import begin_of
from bot.store.moderation.books import read_facts
from bot.store.moderation.policy_schema import grant_uses
from bot.store.record.audit import Entry, append
from bot.store.schema import markers
from bot.store.spending.ledger import book_reserve
from bot.store.upsert import insert_or_change

_TILL: Final = 7_453_010_313_431_182_958
"""Any number that no other program takes; SQLite's writer is alone by itself."""


async def take_the_till(connection: AsyncConnection) -> None:
    """Wait for whoever else lets a job in; what they count is there once they are done."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TILL)))


async def admit(
    connection: AsyncConnection, guild_id: int, asker: Asker, wish: Wish, *, now: datetime
) -> Admission | Denial:
    """Decide on committed rows."""
    facts = await read_facts(connection, guild_id, asker, wish.cost, now)
    wanted = fitting(facts, wish)
    if wanted.cost != wish.cost:
        # When a job fits again is told for what it takes, which has just become less.
        facts = await read_facts(connection, guild_id, asker, wanted.cost, now)
    return decide(facts, wanted)


async def admit_all(
    connection: AsyncConnection,
    guild_id: int,
    asker: Asker,
    wishes: Sequence[Wish],
    *,
    now: datetime,
) -> Sequence[Admission] | Denial:
    """Decide about several jobs as one, on committed rows: all are let in, or none is."""
    whole = together(wishes)
    facts = await read_facts(connection, guild_id, asker, whole.cost, now, at_once=whole.at_once)
    return decide_all(facts, wishes)


async def book(connection: AsyncConnection, job: Job, asker: Asker, admission: Admission) -> None:
    """Write what a job that was let in takes, and who is to be told about a budget."""
    await book_reserve(connection, job, asker, admission.cost, is_priced=admission.is_priced)
    for grant_id, amount in admission.coverage.items():
        uses = sa.insert(grant_uses).values(grant_id=grant_id, job_id=job.id, amount=amount)
        await connection.execute(uses)
    for alert in admission.alerts:
        await _tell_once(connection, alert, job.created_at)


async def tell_of_denial(connection: AsyncConnection, denial: Denial, now: datetime) -> None:
    """Tell that a budget is used up when it turned a job away, though a little may be left."""
    if denial.refusal is not Refusal.LIMIT or denial.gauge is None:
        return  # a budget that turns unknown prices away is not used up by that
    if is_budget(denial.gauge):
        await _tell_once(connection, BudgetAlert(denial.gauge, ALERT_PERCENTS[-1]), now)


async def _tell_once(connection: AsyncConnection, alert: BudgetAlert, now: datetime) -> None:
    """Put a share of a budget on record, once for each time that the budget runs.

    A refund may bring the share down again; what reached it was told already.
    """
    limit = alert.gauge.limit
    begin = begin_of(limit.kind, now).date()
    name = f"budget:{limit.guild_id}:{limit.kind}:{begin}:{alert.percent}"
    marker = {"name": name, "value": str(limit.amount), "updated_at": now}
    earlier = sa.select(markers.c.value).where(markers.c.name == name)
    if (await connection.execute(earlier)).scalar_one_or_none() == marker["value"]:
        return
    await connection.execute(insert_or_change(connection.dialect, markers, marker, marker))
    entry = Entry(
        "budget.alert",
        guild_id=limit.guild_id,
        target=f"{limit.scope} {limit.kind}/{limit.unit}",
        after={"percent": alert.percent, "used": alert.gauge.used, "amount": limit.amount},
    )
    await append(connection, entry, now=now)
