from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa

from bot.domain import Charge, FailureKind, Job, UsageLine, ValidRequest
from bot.store.moderation.policy_schema import ledger
from bot.store.spending.usage_report import UsageFilter, UsageReport
from tests.factories import (
    GUILD,
    make_failure,
    make_job_id,
    make_offer,
    make_origin,
    make_spec,
    make_video,
)
from tests.manual_clock import START
from tests.store.world import World

ABROAD = 12
DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
WEEK = UsageFilter(MIDNIGHT - 3 * DAY, MIDNIGHT + 4 * DAY, guild_id=GUILD)
OTHER = 44


@pytest.fixture
def report(world: World) -> UsageReport:
    return UsageReport(world.database)


async def ask(
    world: World,
    number: int,
    *,
    guild_id: int = GUILD,
    member_id: int = 33,
    model: str = "script-1",
    micros: int | None = 350_000,
    bound_micros: int | None = None,
) -> Job:
    origin = make_origin(number, guild_id=guild_id, requester_id=member_id)
    request = ValidRequest(origin, make_spec(model=model), estimate_micros=micros)
    made = await world.ask(make_job_id(number), request, bound_micros=bound_micros)
    assert isinstance(made, Job)
    return made


async def finish(world: World, job: Job, cost_micros: int | None) -> None:
    in_hand = await world.jobs.start_submitting(await world.claim(job.id))
    await world.jobs.mark_rendering(in_hand, f"ref-{job.id}", world.clock.now())
    await world.jobs.mark_rendered(
        await world.claim(job.id), "https://files.example/1.mp4", cost_micros=cost_micros
    )
    await world.jobs.mark_stored(await world.claim(job.id), make_video())


async def sum_of_rows(world: World, name: str) -> int:
    """Add up one column of the ledger, in the server and the days of `WEEK`."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(ledger.c[name]), 0)).where(
        ledger.c.guild_id == GUILD,
        ledger.c.counted_at >= WEEK.since,
        ledger.c.counted_at < WEEK.until,
    )
    async with world.database.read() as connection:
        return int((await connection.execute(statement)).scalar_one())


async def test_without_a_job_each_day_of_the_span_is_there_and_empty(report: UsageReport) -> None:
    usage = await report.usage(WEEK)

    assert [one.day for one in usage.days] == [date(2026, 11, day) for day in range(17, 24)]
    assert {one.jobs for one in usage.days} == {0}
    assert (usage.models, usage.members, usage.total.jobs) == ((), (), 0)


async def test_a_span_of_no_length_has_its_day_all_the_same(report: UsageReport) -> None:
    usage = await report.usage(UsageFilter(START, START))

    assert [one.day for one in usage.days] == [START.date()]


async def test_jobs_count_on_their_utc_day_up_to_the_last_moment(
    world: World, report: UsageReport
) -> None:
    world.clock.advance(MIDNIGHT - START)
    await ask(world, 1)
    world.clock.advance(DAY - timedelta(microseconds=1))
    await ask(world, 2)
    world.clock.advance(timedelta(microseconds=1))
    await ask(world, 3)

    usage = await report.usage(UsageFilter(MIDNIGHT, MIDNIGHT + DAY, guild_id=GUILD))
    both = await report.usage(UsageFilter(MIDNIGHT, MIDNIGHT + 2 * DAY, guild_id=GUILD))

    assert [(one.day.day, one.jobs, one.seconds) for one in usage.days] == [(20, 2, 12)]
    assert [(one.day.day, one.jobs, one.micros) for one in both.days] == [
        (20, 2, 700_000),
        (21, 1, 350_000),
    ]


async def test_the_largest_come_first_by_model_and_by_member(
    world: World, report: UsageReport
) -> None:
    await ask(world, 1, model="script-2", member_id=OTHER)
    await ask(world, 2)
    await ask(world, 3, member_id=OTHER)

    usage = await report.usage(WEEK)

    assert usage.models == (
        UsageLine("scripted/script-1", jobs=2, seconds=12, micros=700_000, unpriced=0),
        UsageLine("scripted/script-2", jobs=1, seconds=6, micros=350_000, unpriced=0),
    )
    assert [(line.label, line.jobs) for line in usage.members] == [(str(OTHER), 2), ("33", 1)]
    assert (usage.total.jobs, usage.total.micros) == (3, 1_050_000)


async def test_what_was_given_back_is_not_there_and_what_was_settled_is_what_it_cost(
    world: World, report: UsageReport
) -> None:
    await finish(world, await ask(world, 1), cost_micros=200_000)
    refunded = await ask(world, 2, model="script-2")
    await world.jobs.fail(await world.claim(refunded.id), make_failure())
    doubtful = await ask(world, 3)
    failure = make_failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)
    await world.jobs.fail(await world.claim(doubtful.id), failure)

    usage = await report.usage(WEEK)

    assert (usage.total.jobs, usage.total.micros) == (2, 550_000)
    assert [line.label for line in usage.models] == ["scripted/script-1"]


async def test_a_job_that_turned_to_another_model_is_of_that_one(
    world: World, report: UsageReport
) -> None:
    offer = make_offer()
    request = ValidRequest(make_origin(), make_spec(), (), alternatives=(offer,))
    await world.jobs.turn_to(await world.reserve_request(request), offer, detail="no room")

    (line,) = (await report.usage(WEEK)).models

    assert line.label == "other/other-1"


async def test_a_price_that_nobody_knows_is_counted_as_such_or_as_its_bound(
    world: World, report: UsageReport
) -> None:
    await ask(world, 1, micros=None)
    await ask(world, 2, micros=None, bound_micros=500_000)
    await finish(world, await ask(world, 3, micros=None), cost_micros=70_000)

    total = (await report.usage(WEEK)).total

    assert (total.jobs, total.micros, total.unpriced) == (3, 570_000, 1)


async def test_another_server_is_not_seen_and_filters_narrow(
    world: World, report: UsageReport
) -> None:
    await ask(world, 1, guild_id=ABROAD)
    await ask(world, 2)
    await ask(world, 3, member_id=OTHER, model="script-2")

    here = await report.usage(WEEK)
    of_member = await report.usage(replace(WEEK, member_id=OTHER))
    of_model = await report.usage(replace(WEEK, model="scripted/script-1"))
    servers = await report.servers(UsageFilter(WEEK.since, WEEK.until))

    assert here.total.jobs == 2
    assert [line.label for line in of_member.models] == ["scripted/script-2"]
    assert [line.label for line in of_model.members] == ["33"]
    assert [(line.label, line.jobs) for line in servers] == [(str(GUILD), 2), (str(ABROAD), 1)]


@pytest.mark.parametrize("seed", range(4))
async def test_the_report_is_the_sum_of_the_rows_whatever_happened(
    world: World, report: UsageReport, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - no secret hangs on it
    for number in range(1, 16):
        job = await ask(
            world,
            number,
            guild_id=chance.choice((GUILD, ABROAD)),
            member_id=chance.choice((33, OTHER)),
            model=chance.choice(("script-1", "script-2")),
            micros=chance.choice((None, 90_000, 350_000)),
            bound_micros=chance.choice((None, 500_000)),
        )
        match chance.randrange(4):
            case 0:
                await finish(world, job, chance.choice((None, 0, 123_456)))
            case 1:
                failure = make_failure(charge=chance.choice([*Charge]))
                await world.jobs.fail(await world.claim(job.id), failure)
            case 2:
                await world.jobs.cancel(job.id)
        world.clock.advance(timedelta(hours=chance.randrange(20)))

    usage = await report.usage(WEEK)

    total = usage.total
    for name, shown in (("jobs", total.jobs), ("seconds", total.seconds), ("micros", total.micros)):
        assert shown == await sum_of_rows(world, name)
        for parts in (usage.days, usage.models, usage.members):
            assert sum(getattr(part, name) for part in parts) == shown
