import asyncio

import pytest

from bot.domain import Job, JobState, PolicyName, Reported, Ruling
from bot.store.moderation.desk import CaseStore, Order
from bot.store.moderation.policies import server
from bot.store.moderation.reports import ReportStore
from bot.store.moderation.takedowns import TakedownStore
from bot.store.record.audit import AuditFilter
from tests.factories import GUILD, REQUESTER
from tests.store.world import World

MODERATOR = 77
OPEN = "SELECT count(*) FROM cases WHERE kind = 'report' AND state = 'open'"


@pytest.fixture
def reports(world: World) -> ReportStore:
    return ReportStore(world.database, world.clock)


async def is_hidden(world: World, job: Job) -> bool:
    return (await world.job(job.id)).hidden_at is not None


async def approve(world: World) -> None:
    case_id = await world.count("SELECT max(id) FROM cases")
    order = Order(case_id, GUILD, Ruling.APPROVE, MODERATOR)
    await CaseStore(world.database, world.clock).decide(order)


async def test_three_members_hide_a_video_and_open_one_case(
    world: World, reports: ReportStore
) -> None:
    job = await world.bring_to(JobState.POSTED)

    hidden = []
    for member in (1, 2, 3):
        assert await reports.report(job.id, member) is Reported.COUNTED
        hidden.append(await is_hidden(world, job))

    assert hidden == [False, False, True]
    assert await world.count(OPEN) == 1
    (row,) = await world.audit.newest(AuditFilter(GUILD), limit=5)
    assert (row.action, row.actor_id, row.after) == ("report.hide", None, '{"reports": 3}')


async def test_one_member_counts_once(world: World, reports: ReportStore) -> None:
    job = await world.bring_to(JobState.POSTED)

    outcomes = [await reports.report(job.id, 1, "spam") for _ in range(3)]

    assert outcomes == [Reported.COUNTED, Reported.AGAIN, Reported.AGAIN]
    assert not await is_hidden(world, job)
    assert await world.count(f"{OPEN} AND why LIKE '%spam%'") == 1


async def test_a_private_video_is_not_reported(world: World, reports: ReportStore) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.execute("UPDATE jobs SET is_private = TRUE")

    assert await reports.report(job.id, 1) is Reported.PRIVATE
    assert await reports.report(job.id, REQUESTER) is Reported.OWN
    assert await world.count("SELECT count(*) FROM reports") == 0
    assert await world.count(OPEN) == 0


async def test_three_at_once_hide_once(world: World, reports: ReportStore) -> None:
    job = await world.bring_to(JobState.POSTED)

    await asyncio.gather(*(reports.report(job.id, member) for member in range(1, 9)))

    assert await is_hidden(world, job)
    assert len(await world.audit.newest(AuditFilter(GUILD, action="report.hide"), limit=9)) == 1
    assert await world.count("SELECT count(*) FROM reports") == 8


async def test_a_requester_does_not_report_their_own(world: World, reports: ReportStore) -> None:
    job = await world.bring_to(JobState.POSTED)

    assert await reports.report(job.id, REQUESTER) is Reported.OWN
    assert await world.count(OPEN) == 0


async def test_what_is_removed_is_not_reported(world: World, reports: ReportStore) -> None:
    job = await world.bring_to(JobState.POSTED)
    await TakedownStore(world.database, world.clock).remove(job.id, MODERATOR)

    assert await reports.report(job.id, 1) is Reported.REMOVED
    assert await world.count("SELECT count(*) FROM reports") == 0


@pytest.mark.parametrize(("value", "hides"), [(0, False), (1, True), (4, False)])
async def test_a_server_sets_its_own_number(
    world: World, reports: ReportStore, value: int, *, hides: bool
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.policies.set_policy(server(GUILD), PolicyName.HIDE_AT, value, MODERATOR)

    for member in (1, 2, 3):
        await reports.report(job.id, member)

    assert await is_hidden(world, job) is hides


async def test_after_a_decision_only_new_reporters_count(
    world: World, reports: ReportStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    for member in (1, 2, 3):
        await reports.report(job.id, member)
    world.clock.advance(seconds=1)
    await approve(world)
    world.clock.advance(seconds=1)

    hidden = [await is_hidden(world, job)]
    for member in (1, 2, 3, 4, 5, 6):
        await reports.report(job.id, member)
        hidden.append(await is_hidden(world, job))

    assert hidden == [False, False, False, False, False, False, True]
    assert await world.count(OPEN) == 1
