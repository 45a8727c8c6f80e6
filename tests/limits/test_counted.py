"""Limits as rows fill them: refunds, prices, grants, days that end, and the same thing twice."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import (
    EVERYWHERE,
    Charge,
    Cost,
    FailureKind,
    Job,
    JobState,
    LimitKind,
    Offer,
    PolicyName,
    Refusal,
    Scope,
    Unit,
)
from bot.store.engines.engine import Database
from bot.store.moderation.policies import Where, server
from bot.store.spending.ledger import booked
from tests.factories import GUILD, REQUESTER, make_failure, make_offer, make_spec, make_video
from tests.limits.asking import MODERATOR, PRICE, Person, all_but
from tests.manual_clock import START
from tests.store.world import World

ASKER = Person()
HOUR = timedelta(hours=1)
MEMBER = Where(GUILD, Scope.MEMBER, REQUESTER)


async def limit_jobs(world: World, amount: int, where: Where = MEMBER) -> None:
    await world.policies.set_limit(where, LimitKind.DAY, Unit.JOBS, amount, MODERATOR)


async def limit_money(world: World, amount: int, where: Where | None = None) -> None:
    place = where or server(GUILD)
    await world.policies.set_limit(place, LimitKind.DAY, Unit.MONEY, amount, MODERATOR)


async def spent(database: Database, job: Job) -> Cost:
    async with database.read() as connection:
        return await booked(connection, job.id)


async def make(world: World, job: Job, *, cost: int | None) -> Job:
    """Have a job made, for what the provider says that it cost."""
    submitting = await world.jobs.start_submitting(await world.claim(job.id))
    await world.jobs.mark_rendering(submitting, "ref", world.clock.now())
    await world.jobs.mark_rendered(await world.claim(job.id), None, cost_micros=cost)
    return await world.jobs.mark_stored(await world.claim(job.id), make_video())


@pytest.mark.parametrize(
    ("charge", "cost", "left"),
    [
        (Charge.NONE, None, Cost()),
        (Charge.POSSIBLE, None, Cost(1, 6, PRICE)),
        (Charge.MADE, None, Cost(1, 6, PRICE)),
        (Charge.MADE, 100_000, Cost(1, 6, 100_000)),
    ],
)
async def test_a_failure_gives_back_what_was_surely_not_charged(
    world: World, charge: Charge, cost: int | None, left: Cost
) -> None:
    await limit_jobs(world, 1)
    job = await ASKER.get(world, 1)
    failure = make_failure(FailureKind.REFUSED, charge)

    await world.jobs.fail(await world.claim(job.id), failure, cost_micros=cost)

    assert await spent(world.database, job) == left
    if left.jobs:
        assert (await ASKER.lack(world, 2)).refusal is Refusal.LIMIT
    else:
        await ASKER.get(world, 2)


@pytest.mark.parametrize(("cost", "left"), [(None, PRICE), (0, 0), (1, 1), (PRICE, PRICE)])
async def test_a_finished_job_counts_what_it_did_cost(
    world: World, cost: int | None, left: int
) -> None:
    job = await ASKER.get(world, 1)

    await make(world, job, cost=cost)

    assert await spent(world.database, job) == Cost(1, 6, left)


async def test_a_provider_that_charges_more_than_it_said_is_in_the_rows(world: World) -> None:
    await limit_money(world, 1_000_000)
    job = await ASKER.get(world, 1)

    await make(world, job, cost=1_200_000)
    denial = await ASKER.lack(world, 2)

    assert await spent(world.database, job) == Cost(1, 6, 1_200_000)
    assert denial.gauge is not None
    assert (denial.gauge.used, denial.gauge.limit.amount) == (1_200_000, 1_000_000)
    assert denial.until == datetime(2026, 11, 21, tzinfo=UTC)
    await ASKER.get(world, 3, micros=0)


async def test_the_dearest_alternative_is_reserved_and_what_was_made_is_settled(
    world: World,
) -> None:
    longer = Offer(make_spec(provider="other", model="long", seconds=10), 500_000)
    job = await ASKER.get(world, 1, alternatives=(longer,))
    reserved = await spent(world.database, job)

    await make(world, job, cost=None)

    assert reserved == Cost(1, 10, 500_000)
    assert await spent(world.database, job) == Cost(1, 6, PRICE)


async def test_what_a_job_turned_to_is_what_it_is_settled_for(world: World) -> None:
    longer = Offer(make_spec(provider="other", model="long", seconds=10), 90_000)
    job = await ASKER.get(world, 1, alternatives=(longer,))
    turned = await world.jobs.turn_to(await world.claim(job.id), longer, detail="away")

    await make(world, turned, cost=None)

    assert await spent(world.database, job) == Cost(1, 10, 90_000)


async def test_an_alternative_that_is_not_allowed_costs_nobody_a_place(world: World) -> None:
    dear = make_offer("dear", micros=900_000)
    await limit_money(world, PRICE * 2)
    models = all_but("dear/other-1")
    await world.policies.set_policy(server(GUILD), PolicyName.MODELS, models, MODERATOR)

    first = await ASKER.get(world, 1, alternatives=(dear,))
    await ASKER.get(world, 2, alternatives=(dear,))
    denial = await ASKER.lack(world, 3, alternatives=(dear,))

    assert first.alternatives == ()
    assert (denial.wanted, denial.until) == (PRICE, datetime(2026, 11, 21, tzinfo=UTC))


async def test_a_job_that_never_fits_is_not_told_to_come_back(world: World) -> None:
    await limit_money(world, PRICE - 1)
    await world.policies.set_limit(
        server(GUILD), LimitKind.ROLLING_DAY, Unit.MONEY, PRICE - 1, MODERATOR
    )

    denial = await ASKER.lack(world, 1)

    assert (denial.refusal, denial.until) == (Refusal.LIMIT, None)


async def test_an_unknown_price_is_refused_where_money_is_limited(world: World) -> None:
    await limit_money(world, 1_000_000)

    denial = await ASKER.lack(world, 1, micros=None)
    job = await ASKER.get(world, 2, micros=None, bound_micros=600_000)
    full = await ASKER.lack(world, 3, micros=None, bound_micros=600_000)
    await make(world, job, cost=None)

    assert (denial.refusal, full.refusal) == (Refusal.UNPRICED, Refusal.LIMIT)
    assert await spent(world.database, job) == Cost(1, 6, 600_000)
    assert await world.count("SELECT count(*) FROM audit WHERE action = 'budget.alert'") == 2


async def test_the_same_interaction_after_the_last_place_gives_its_job(world: World) -> None:
    await limit_jobs(world, 1)
    first = await ASKER.get(world, 1)

    again = await ASKER.get(world, 1)
    denial = await ASKER.lack(world, 2)

    assert again == first
    assert denial.refusal is Refusal.LIMIT


async def test_a_repeat_counts_once_more_and_a_second_repeat_not_at_all(world: World) -> None:
    await limit_jobs(world, 2)
    lost = await ASKER.get(world, 1)
    failure = make_failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)
    await world.jobs.fail(await world.claim(lost.id), failure)

    repeat = await ASKER.get(world, 2, repeats=lost.id)
    again = await ASKER.get(world, 3, repeats=lost.id)

    assert again == repeat
    assert (await ASKER.lack(world, 4)).refusal is Refusal.LIMIT


@pytest.mark.parametrize(
    ("begin", "kind", "length"),
    [
        (datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC), LimitKind.DAY, timedelta(seconds=1)),
        (datetime(2026, 2, 1, tzinfo=UTC), LimitKind.MONTH, timedelta(days=28)),
        (datetime(2026, 1, 1, tzinfo=UTC), LimitKind.MONTH, timedelta(days=31)),
        (datetime(2028, 2, 29, tzinfo=UTC), LimitKind.MONTH, timedelta(days=1)),
    ],
    ids=["a second before midnight", "28 days", "31 days", "a leap day"],
)
async def test_what_was_used_up_is_there_again_in_the_next_window_and_not_before(
    world: World, begin: datetime, kind: LimitKind, length: timedelta
) -> None:
    world.clock.advance(begin - START)
    await world.policies.set_limit(server(GUILD), kind, Unit.JOBS, 1, MODERATOR)
    await ASKER.get(world, 1)

    world.clock.advance(length - timedelta(microseconds=1))
    denial = await ASKER.lack(world, 2)
    world.clock.advance(timedelta(microseconds=1))

    assert denial.until == begin + length
    await ASKER.get(world, 3)


@pytest.mark.parametrize("kind", [LimitKind.DAY, LimitKind.ROLLING_DAY, LimitKind.MONTH])
async def test_a_clock_that_is_set_back_gives_nobody_a_second_place(
    world: World, kind: LimitKind
) -> None:
    await world.policies.set_limit(server(GUILD), kind, Unit.JOBS, 1, MODERATOR)
    await ASKER.get(world, 1)

    world.clock.advance(timedelta(hours=-20))

    assert (await ASKER.lack(world, 2)).refusal is Refusal.LIMIT


async def test_the_strictest_of_all_scopes_wins(world: World) -> None:
    for where, amount in ((MEMBER, 5), (server(GUILD), 4)):
        await limit_jobs(world, amount, where)
    person = Where(EVERYWHERE, Scope.PERSON)
    await world.policies.set_limit(person, LimitKind.DAY, Unit.JOBS, 1, None)
    await ASKER.get(world, 1)

    denial = await ASKER.lack(world, 2)

    assert (denial.scope, denial.set_by_id) == (Scope.PERSON, None)


async def test_what_is_refused_leaves_no_row_behind(world: World) -> None:
    await limit_jobs(world, 0)

    await ASKER.lack(world, 1)

    for table in ("jobs", "outbox", "ledger", "job_events"):
        assert await world.count(f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - named above
    assert (await ASKER.lack(world, 1)).refusal is Refusal.LIMIT


async def test_a_limit_that_is_removed_is_none_any_more(world: World) -> None:
    await limit_jobs(world, 0)

    change = await world.policies.remove_limit(MEMBER, LimitKind.DAY, Unit.JOBS, MODERATOR)
    nothing = await world.policies.remove_limit(MEMBER, LimitKind.DAY, Unit.JOBS, MODERATOR)

    assert (change.is_one, nothing.is_one) == (True, False)
    assert (await ASKER.get(world, 1)).state is JobState.RESERVED
