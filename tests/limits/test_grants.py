from datetime import timedelta

import pytest

from bot.domain import (
    Job,
    LimitKind,
    Offer,
    Scope,
    Unit,
)
from bot.store.moderation.policies import Where, server
from tests.factories import GUILD, REQUESTER, make_spec, make_video
from tests.limits.asking import MODERATOR, PRICE, Person
from tests.store.world import World

ASKER = Person()
HOUR = timedelta(hours=1)
MEMBER = Where(GUILD, Scope.MEMBER, REQUESTER)


async def limit_jobs(world: World, amount: int, where: Where = MEMBER) -> None:
    await world.policies.set_limit(where, LimitKind.DAY, Unit.JOBS, amount, MODERATOR)


async def limit_money(world: World, amount: int, where: Where | None = None) -> None:
    place = where or server(GUILD)
    await world.policies.set_limit(place, LimitKind.DAY, Unit.MONEY, amount, MODERATOR)


async def grant(world: World, amount: int, unit: Unit, length: timedelta = HOUR) -> None:
    await world.members.grant(
        GUILD,
        REQUESTER,
        unit=unit,
        amount=amount,
        expires_at=world.clock.now() + length,
        reason="thanks",
        by_id=MODERATOR,
    )


async def make(world: World, job: Job, *, cost: int | None) -> Job:
    """Have a job made, for what the provider says that it cost."""
    submitting = await world.jobs.start_submitting(await world.claim(job.id))
    await world.jobs.mark_rendering(submitting, "ref", world.clock.now())
    await world.jobs.mark_rendered(await world.claim(job.id), None, cost_micros=cost)
    return await world.jobs.mark_stored(await world.claim(job.id), make_video())


async def test_a_grant_adds_to_a_members_own_limit_until_it_ends(world: World) -> None:
    await limit_jobs(world, 1)
    await grant(world, 2, Unit.JOBS)
    await ASKER.get(world, 1)

    await ASKER.get(world, 2)
    (left,) = await world.members.grants(GUILD, REQUESTER)
    world.clock.advance(HOUR)
    denial = await ASKER.lack(world, 3)

    assert (left.used, left.left) == (1, 1)
    assert denial.gauge is not None
    assert (denial.gauge.used, denial.gauge.granted) == (1, 0)
    assert await world.members.grants(GUILD, REQUESTER) == []


async def test_a_grant_is_no_way_past_a_servers_budget(world: World) -> None:
    await limit_money(world, PRICE)
    await grant(world, 10 * PRICE, Unit.MONEY)
    await ASKER.get(world, 1)

    denial = await ASKER.lack(world, 2)

    assert denial.scope is Scope.SERVER


@pytest.mark.parametrize(
    ("unit", "amount", "used"), [(Unit.MONEY, 100_000, 90_000), (Unit.SECONDS, 5, 5)]
)
async def test_a_grant_gets_back_what_a_job_did_not_take(
    world: World, unit: Unit, amount: int, used: int
) -> None:
    longer = Offer(make_spec(provider="other", model="long", seconds=10), PRICE)
    small = {Unit.MONEY: PRICE - 100_000, Unit.SECONDS: 5}[unit]
    await world.policies.set_limit(MEMBER, LimitKind.DAY, unit, small, MODERATOR)
    await grant(world, amount, unit)
    job = await ASKER.get(world, 1, alternatives=(longer,))
    assert await world.members.grants(GUILD, REQUESTER) == []

    await make(world, job, cost=90_000)

    taken = await world.count("SELECT coalesce(sum(amount), 0) FROM grant_uses")
    assert taken == used


async def test_a_refund_gives_a_grant_back(world: World) -> None:
    await limit_jobs(world, 1)
    await grant(world, 1, Unit.JOBS)
    await ASKER.get(world, 1)
    second = await ASKER.get(world, 2)

    await world.jobs.cancel(second.id)

    (back,) = await world.members.grants(GUILD, REQUESTER)
    assert back.left == 1
