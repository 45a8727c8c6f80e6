import json
from datetime import timedelta

import pytest

from bot.domain import Charge, Cost, FailureKind, Job, JobState, Unit, ValidRequest
from bot.errors import InvalidRequestError
from bot.store.record.audit import AuditFilter
from bot.store.spending.ledger import booked
from bot.store.spending.refunds import RefundStore
from tests.factories import GUILD, REQUESTER, make_failure, make_origin, make_spec
from tests.store.world import World

IN_DOUBT = make_failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)


async def in_doubt(world: World) -> Job:
    request = ValidRequest(make_origin(), make_spec(), estimate_micros=350_000)
    return await world.jobs.fail(await world.reserve_request(request), IN_DOUBT)


async def sum_of(world: World, job: Job) -> Cost:
    async with world.database.read() as connection:
        return await booked(connection, job.id)


async def test_what_a_job_in_doubt_took_is_given_back_once_and_put_on_record(world: World) -> None:
    refunds = RefundStore(world.database, world.clock)
    job = await in_doubt(world)

    taken = await refunds.refund(job.id, "not on the bill")
    with pytest.raises(InvalidRequestError, match="nothing to give back"):
        await refunds.refund(job.id, "once more")

    assert taken == Cost(1, 6, 350_000)
    assert await sum_of(world, job) == Cost()
    (row,) = await world.audit.newest(AuditFilter(GUILD), limit=9)
    assert (row.action, row.actor_id, row.target) == ("refund.hand", None, f"job:{job.id}")
    assert row.reason == "not on the bill"
    assert json.loads(row.before) == {"jobs": 1, "seconds": 6, "micros": 350_000}


async def test_a_grant_that_paid_for_it_can_be_used_again(world: World) -> None:
    await world.members.grant(
        GUILD,
        REQUESTER,
        unit=Unit.JOBS,
        amount=1,
        expires_at=world.clock.now() + timedelta(days=1),
        reason="",
        by_id=1,
    )
    job = await in_doubt(world)

    await RefundStore(world.database, world.clock).refund(job.id, "not on the bill")

    (grant,) = await world.members.grants(GUILD, REQUESTER)
    assert grant.left == 1


@pytest.mark.parametrize("state", [JobState.RESERVED, JobState.RENDERING, JobState.POSTED])
async def test_a_job_that_has_not_failed_keeps_what_it_took(world: World, state: JobState) -> None:
    job = await world.bring_to(state)

    with pytest.raises(InvalidRequestError, match="not over, or has its video"):
        await RefundStore(world.database, world.clock).refund(job.id, "why")

    assert (await sum_of(world, job)).jobs == 1


async def test_a_job_that_nobody_knows_is_a_sentence(world: World) -> None:
    with pytest.raises(InvalidRequestError, match="There is no job nosuchjob0"):
        await RefundStore(world.database, world.clock).refund("nosuchjob0", "why")
