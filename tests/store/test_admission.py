"""Who is told about a budget, when, and how often."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain import EVERYWHERE, Denial, Hold, LimitKind, PolicyName, Refusal, Scope, Unit
from bot.store.moderation.policies import Where, server
from bot.store.record.schema import audit
from tests.factories import GUILD
from tests.limits.asking import MODERATOR, Person
from tests.store.world import World

ASKER = Person()
DOLLAR = 1_000_000


async def set_budget(
    world: World, amount: int = DOLLAR, kind: LimitKind = LimitKind.DAY, guild_id: int = GUILD
) -> None:
    where = server(guild_id) if guild_id else Where(EVERYWHERE, Scope.EVERYWHERE)
    by_id = MODERATOR if guild_id else None
    await world.policies.set_limit(where, kind, Unit.MONEY, amount, by_id)


async def alerts(world: World) -> list[tuple[int, int, int]]:
    """List the server, the percent and what was used, of each alert on record."""
    statement = sa.select(audit).where(audit.c.action == "budget.alert").order_by(audit.c.id)
    async with world.database.read() as connection:
        rows = (await connection.execute(statement)).mappings().all()
    found = []
    for row in rows:
        after: dict[str, Any] = json.loads(row["after"])
        found.append((row["guild_id"], after["percent"], after["used"]))
    return found


async def test_each_share_is_told_once_and_what_is_used_with_it(world: World) -> None:
    await set_budget(world)

    for number in range(1, 11):
        await ASKER.get(world, number, micros=100_000)

    assert await alerts(world) == [
        (GUILD, 50, 500_000),
        (GUILD, 80, 800_000),
        (GUILD, 100, 1_000_000),
    ]


async def test_a_job_that_a_budget_turns_away_says_that_it_is_used_up(world: World) -> None:
    await set_budget(world)
    await ASKER.get(world, 1, micros=700_000)

    for number in (2, 3, 4):
        await ASKER.lack(world, number, micros=700_000)

    assert await alerts(world) == [(GUILD, 50, 700_000), (GUILD, 100, 700_000)]


async def test_a_share_that_a_refund_took_back_is_not_told_again(world: World) -> None:
    await set_budget(world)
    first = await ASKER.get(world, 1, micros=600_000)
    await world.jobs.cancel(first.id)

    await ASKER.get(world, 2, micros=600_000)

    assert [percent for _, percent, _ in await alerts(world)] == [50]


@pytest.mark.parametrize("kind", [LimitKind.DAY, LimitKind.ROLLING_DAY, LimitKind.MONTH])
async def test_a_new_window_is_told_about_anew(world: World, kind: LimitKind) -> None:
    await set_budget(world, kind=kind)
    await ASKER.get(world, 1, micros=600_000)
    world.clock.advance(timedelta(days=32))

    await ASKER.get(world, 2, micros=600_000)

    assert [percent for _, percent, _ in await alerts(world)] == [50, 50]


async def test_a_budget_that_was_changed_is_told_about_anew(world: World) -> None:
    await set_budget(world)
    await ASKER.get(world, 1, micros=500_000)
    await set_budget(world, 2 * DOLLAR)

    await ASKER.get(world, 2, micros=500_000)

    assert await alerts(world) == [(GUILD, 50, 500_000), (GUILD, 50, 1_000_000)]


async def test_the_operators_budget_is_told_beside_the_servers(world: World) -> None:
    await set_budget(world, guild_id=EVERYWHERE)
    await set_budget(world, 600_000)

    await ASKER.get(world, 1, micros=500_000)

    assert sorted(await alerts(world)) == [(EVERYWHERE, 50, 500_000), (GUILD, 80, 500_000)]


async def test_from_its_share_on_a_budget_takes_smaller_jobs_and_asks_a_moderator(
    world: World,
) -> None:
    await set_budget(world)
    step = {"percent": 80, "longest": 3, "review": True}
    await world.policies.set_policy(server(GUILD), PolicyName.STEP_DOWN, step, MODERATOR)
    before = await ASKER.get(world, 1, micros=800_000)

    long = await ASKER.ask(world, 2, micros=10_000)
    short = await ASKER.get(world, 3, micros=10_000, seconds=3)
    world.clock.advance(timedelta(days=1))
    tomorrow = await ASKER.get(world, 4, micros=10_000)

    assert isinstance(long, Denial)
    assert (long.refusal, long.is_stepped_down, long.allowed) == (Refusal.LONGEST, True, ("3",))
    assert (before.held_for, short.held_for, tomorrow.held_for) == (None, Hold.REVIEW, None)
