"""Reads what is set for a server, and what is known when somebody asks for a job there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import (
    EVERYWHERE,
    Asker,
    Block,
    Cost,
    Grant,
    Limit,
    LimitKind,
    Policy,
    PolicyName,
    Scope,
    Unit,
)
from bot.limits.decide import takes_grants
from bot.limits.facts import Facts
from bot.limits.rulebook import Rulebook
from bot.limits.windows import begin_of
from bot.store.moderation.attempts import cooling_end
from bot.store.moderation.policy_schema import blocks, grant_uses, grants, ledger, limits, policies
from bot.store.schema import jobs
from bot.store.spending.usage import Meter


async def read_book(connection: AsyncConnection, guild_id: int) -> Rulebook:
    """Read everything that is set for a server, and by the operator for all of them."""
    of_both = (EVERYWHERE, guild_id)
    set_limits = sa.select(limits).where(limits.c.guild_id.in_(of_both))
    set_policies = sa.select(policies).where(policies.c.guild_id.in_(of_both))
    found_limits = (await connection.execute(set_limits)).mappings().all()
    found_policies = (await connection.execute(set_policies)).mappings().all()
    return Rulebook(tuple(map(limit_from, found_limits)), tuple(map(policy_from, found_policies)))


async def server_value(connection: AsyncConnection, guild_id: int, name: PolicyName) -> Any:  # noqa: ANN401 - as JSON has it
    """Read what is set for a whole server under one name; None when nothing is."""
    statement = sa.select(policies.c.value).where(
        policies.c.guild_id == guild_id,
        policies.c.scope == Scope.SERVER,
        policies.c.target_id == guild_id,
        policies.c.name == name,
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def read_language(connection: AsyncConnection, guild_id: int) -> str | None:
    """Read what a server has chosen to be spoken in public; None when it has not."""
    statement = sa.select(policies.c.value).where(
        policies.c.guild_id == guild_id, policies.c.name == PolicyName.LANGUAGE
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def read_facts(
    connection: AsyncConnection,
    guild_id: int,
    asker: Asker,
    cost: Cost,
    now: datetime,
    *,
    at_once: Cost | None = None,
) -> Facts:
    """Read all that a decision about a job of that cost is made on.

    `at_once` is what of it is being made at a time, if not all.
    """
    book = await read_book(connection, guild_id)
    left = await _grants(connection, guild_id, asker.member_id, now)
    meter = Meter(connection, guild_id, asker, now)
    gauges = [
        await meter.gauge(
            limit,
            at_once if at_once and limit.kind is LimitKind.AT_ONCE else cost,
            granted=_granted(limit, left),
        )
        for limit in book.limits_for(asker)
    ]
    return Facts(
        now=now,
        asker=asker,
        book=book,
        gauges=tuple(gauges),
        grants=tuple(left),
        block=await _block(connection, guild_id, asker.member_id, now),
        cools_until=await cooling_end(connection, guild_id, asker.member_id, now),
    )


async def grants_of(connection: AsyncConnection, guild_id: int, member_id: int) -> list[Grant]:
    """List all grants of a member, used ones and old ones too, the first to expire first."""
    used = sa.func.coalesce(sa.func.sum(grant_uses.c.amount), 0)
    statement = (
        sa.select(*grants.c, used.label("used"))
        .outerjoin(grant_uses, grant_uses.c.grant_id == grants.c.id)
        .where(grants.c.guild_id == guild_id, grants.c.member_id == member_id)
        .group_by(grants.c.id)
        .order_by(grants.c.expires_at, grants.c.id)
    )
    return [grant_from(row) for row in (await connection.execute(statement)).mappings()]


async def read_reserved(
    connection: AsyncConnection, guild_id: int, kind: LimitKind, now: datetime
) -> int:
    """Add up what a server's jobs that are not over yet may cost, in micros."""
    working = sa.select(jobs.c.id).where(jobs.c.due_at.is_not(None))
    statement = sa.select(sa.func.coalesce(sa.func.sum(ledger.c.micros), 0)).where(
        ledger.c.guild_id == guild_id,
        ledger.c.counted_at >= begin_of(kind, now),
        ledger.c.job_id.in_(working),
    )
    return int((await connection.execute(statement)).scalar_one())


def limit_from(row: sa.RowMapping) -> Limit:
    """Read one row of `limits`."""
    values = {**row, "scope": Scope(row["scope"]), "kind": LimitKind(row["kind"])}
    return Limit(**{**values, "unit": Unit(row["unit"])})


def policy_from(row: sa.RowMapping) -> Policy:
    """Read one row of `policies`.

    A name that this version does not know is an error: what it forbids would be allowed.
    """
    return Policy(**{**row, "scope": Scope(row["scope"]), "name": PolicyName(row["name"])})


def grant_from(row: sa.RowMapping) -> Grant:
    """Read one row of `grants`, with what is used of it."""
    return Grant(**{**row, "unit": Unit(row["unit"]), "used": int(row["used"])})


async def _grants(
    connection: AsyncConnection, guild_id: int, member_id: int, now: datetime
) -> list[Grant]:
    found = await grants_of(connection, guild_id, member_id)
    return [grant for grant in found if grant.left > 0 and grant.expires_at > now]


async def _block(
    connection: AsyncConnection, guild_id: int, member_id: int, now: datetime
) -> Block | None:
    statement = (
        sa.select(blocks)
        .where(
            blocks.c.guild_id.in_((EVERYWHERE, guild_id)),
            blocks.c.member_id == member_id,
            blocks.c.until_at.is_(None) | (blocks.c.until_at > now),
        )
        .order_by(blocks.c.guild_id)
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else Block(**row)


def _granted(limit: Limit, left: Sequence[Grant]) -> int:
    if not takes_grants(limit):
        return 0
    return sum(grant.left for grant in left if grant.unit is limit.unit)
