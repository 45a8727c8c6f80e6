import asyncio
from datetime import datetime, timedelta

import pytest

from bot.domain import (
    AlreadyDecided,
    CaseKind,
    CaseState,
    Charge,
    Decided,
    Ending,
    Failure,
    FailureKind,
    Hold,
    JobState,
    MemberHistory,
    MessageKind,
    Ruling,
)
from bot.store.moderation.case_questions import CaseQuestions
from bot.store.moderation.desk import BLOCKED_FOR, CaseStore
from bot.store.record.audit import AuditFilter
from tests.factories import (
    GUILD,
    REQUESTER,
    make_asker,
)
from tests.manual_clock import START
from tests.store.held import (
    DESK_CHANNEL,
    MODERATOR,
    OTHER_MODERATOR,
    actions,
    hold,
    order,
)
from tests.store.world import World


@pytest.fixture
def desk(world: World) -> CaseStore:
    return CaseStore(world.database, world.clock)


@pytest.fixture
def cases(world: World) -> CaseQuestions:
    return CaseQuestions(world.database)


async def test_a_held_job_owes_a_card_to_the_moderators_channel(
    world: World, cases: CaseQuestions
) -> None:
    job, case_id = await hold(world)

    card = await world.message(job.id, MessageKind.CASE)
    view = await cases.view(case_id, GUILD)

    assert (card.channel_id, card.sequence, card.nonce) == (
        DESK_CHANNEL,
        case_id,
        f"grok-{job.id}-c{case_id}",
    )
    assert view is not None
    assert (view.case.kind, view.case.state, view.job) == (CaseKind.REVIEW, CaseState.OPEN, job)
    assert view.case.asker == make_asker(job.origin)


async def test_without_a_channel_the_case_waits_in_the_list(
    world: World, cases: CaseQuestions
) -> None:
    job, _ = await hold(world, channel_id=None)

    assert await world.outbox.message(job.id, MessageKind.CASE) is None
    assert [view.job.id for view in await cases.waiting(GUILD, limit=5)] == [job.id]
    assert await cases.count_waiting(GUILD) == 1
    assert await cases.waiting(GUILD + 1, limit=5) == []


async def test_an_approved_job_goes_on(world: World, desk: CaseStore) -> None:
    job, case_id = await hold(world)
    world.clock.advance(seconds=30)

    outcome = await desk.decide(order(Ruling.APPROVE, case_id))

    released = await world.job(job.id)
    assert isinstance(outcome, Decided)
    assert (outcome.case.state, outcome.made) == (CaseState.APPROVED, released)
    assert (released.held_for, released.released_at) == (None, START + timedelta(seconds=30))
    assert await world.due_at(job.id) == world.clock.now()
    assert await actions(world) == ["case.approve"]


async def test_a_rejected_job_is_given_up_with_the_reason_and_costs_nothing(
    world: World, desk: CaseStore
) -> None:
    held, case_id = await hold(world)

    await desk.decide(order(Ruling.REJECT, case_id))

    job = await world.job(held.id)
    assert (job.state, job.ending, job.note) == (JobState.FAILED, Ending.DECLINED, "no foxes")
    assert job.failure == Failure(FailureKind.CANCELLED, Charge.NONE)
    assert await world.count("SELECT coalesce(sum(jobs), 0) FROM ledger") == 0
    assert await world.outbox.message(job.id, MessageKind.FAILURE) is not None
    (row,) = await world.audit.newest(AuditFilter(action="case"), limit=9)
    assert (row.action, row.actor_id, row.target, row.reason) == (
        "case.reject",
        MODERATOR,
        f"case:{case_id} job:{job.id}",
        "no foxes",
    )
    assert (row.before, '"rejected"' in row.after) == ('"open"', True)
    assert not (await world.audit.verify()).problem


async def test_a_block_is_a_rejection_and_a_block_in_one(world: World, desk: CaseStore) -> None:
    job, case_id = await hold(world)

    outcome = await desk.decide(order(Ruling.BLOCK, case_id))

    (block,) = await world.members.blocks(GUILD, limit=5)
    assert isinstance(outcome, Decided)
    assert outcome.case.blocked_until_at == block.until_at == START + BLOCKED_FOR
    assert (block.member_id, block.reason, block.set_by_id) == (REQUESTER, "no foxes", MODERATOR)
    assert (await world.job(job.id)).ending is Ending.DECLINED
    assert await actions(world) == ["case.block"]


@pytest.mark.parametrize("until_at", [None, START + 2 * BLOCKED_FOR])
async def test_a_block_that_lasts_longer_is_not_made_shorter(
    world: World, desk: CaseStore, until_at: datetime | None
) -> None:
    _, case_id = await hold(world)
    await world.members.block(
        GUILD, REQUESTER, until_at=until_at, reason="before", by_id=OTHER_MODERATOR
    )

    await desk.decide(order(Ruling.BLOCK, case_id))

    (block,) = await world.members.blocks(GUILD, limit=5)
    assert (block.until_at, block.reason) == (until_at, "before")


async def test_a_shorter_block_is_made_longer(world: World, desk: CaseStore) -> None:
    _, case_id = await hold(world)
    soon = START + timedelta(hours=1)
    await world.members.block(GUILD, REQUESTER, until_at=soon, reason="", by_id=MODERATOR)

    await desk.decide(order(Ruling.BLOCK, case_id))

    (block,) = await world.members.blocks(GUILD, limit=5)
    assert block.until_at == START + BLOCKED_FOR


async def test_two_moderators_at_once_make_one_decision(world: World, desk: CaseStore) -> None:
    job, case_id = await hold(world)
    other_desk = CaseStore(world.database, world.clock)

    outcomes = await asyncio.gather(
        *(
            store.decide(order(ruling, case_id, by_id=by_id))
            for _ in range(5)
            for store, ruling, by_id in (
                (desk, Ruling.APPROVE, MODERATOR),
                (other_desk, Ruling.REJECT, OTHER_MODERATOR),
            )
        )
    )

    (first,) = [one for one in outcomes if isinstance(one, Decided)]
    others = [one for one in outcomes if isinstance(one, AlreadyDecided)]
    assert len(others) == 9
    assert {one.case for one in others} == {first.case}
    is_yes = first.case.decided_by_id == MODERATOR
    assert ((await world.job(job.id)).state is JobState.RESERVED) is is_yes
    assert await actions(world) == ["case.approve" if is_yes else "case.reject"]


async def test_a_decision_and_a_cancellation_at_once_agree(world: World, desk: CaseStore) -> None:
    job, case_id = await hold(world)

    outcome, _ = await asyncio.gather(
        desk.decide(order(Ruling.APPROVE, case_id)), world.jobs.cancel(job.id)
    )

    assert (await world.job(job.id)).state is JobState.FAILED
    if isinstance(outcome, AlreadyDecided):
        assert outcome.case.state is CaseState.CLOSED


@pytest.mark.parametrize("ruling", Ruling)
async def test_a_case_of_another_server_or_of_none_is_not_there(
    world: World, desk: CaseStore, ruling: Ruling
) -> None:
    job, case_id = await hold(world)

    assert await desk.decide(order(ruling, case_id, guild_id=GUILD + 1)) is None
    assert await desk.decide(order(ruling, 999_999)) is None

    assert (await world.job(job.id)).held_for is Hold.REVIEW
    assert await actions(world) == []


async def test_a_job_that_its_requester_cancelled_has_nothing_to_decide(
    world: World, desk: CaseStore, cases: CaseQuestions
) -> None:
    job, case_id = await hold(world)
    await world.jobs.cancel(job.id)

    outcome = await desk.decide(order(Ruling.APPROVE, case_id))

    assert isinstance(outcome, AlreadyDecided)
    assert (outcome.case.state, outcome.case.decided_by_id) == (CaseState.CLOSED, None)
    assert await cases.waiting(GUILD, limit=5) == []


async def test_a_case_whose_job_waits_no_more_is_closed_when_somebody_decides(
    world: World, desk: CaseStore
) -> None:
    job, case_id = await hold(world)
    await world.execute("UPDATE jobs SET held_for = NULL")

    outcome = await desk.decide(order(Ruling.REJECT, case_id))

    assert isinstance(outcome, AlreadyDecided)
    assert outcome.case.state is CaseState.CLOSED
    assert (await world.job(job.id)).state is JobState.RESERVED


async def test_a_job_that_nobody_decides_about_for_a_week_is_given_up(
    world: World, desk: CaseStore
) -> None:
    job, case_id = await hold(world)
    world.clock.advance(timedelta(days=7))
    await world.jobs.expire(await world.claim(job.id))

    outcome = await desk.decide(order(Ruling.APPROVE, case_id))

    assert (await world.job(job.id)).ending is Ending.UNDECIDED
    assert isinstance(outcome, AlreadyDecided)


async def test_a_card_is_stale_once_its_case_is_decided(
    world: World, desk: CaseStore, cases: CaseQuestions
) -> None:
    job, case_id = await hold(world)
    card = await world.begin_sending(job.id, MessageKind.CASE)
    await world.outbox.mark_sent(card, channel_id=DESK_CHANNEL, message_id=900, shown="open")
    assert await cases.stale_cards() == []

    await desk.decide(order(Ruling.REJECT, case_id))
    ((stale, view),) = await cases.stale_cards()
    await world.outbox.mark_shown(stale, "rejected", is_folded=True)

    assert (stale.message_id, view.case.state) == (900, CaseState.REJECTED)
    assert view.history == MemberHistory(made=0, declined=1, reported=0)
    assert await cases.stale_cards() == []


async def test_the_history_counts_what_a_member_did_in_this_server(
    world: World, cases: CaseQuestions
) -> None:
    posted = await world.bring_to(JobState.POSTED, 5)
    await world.execute(
        "INSERT INTO reports (job_id, reporter_id, reason, at) VALUES (:job, 1, '', :at),"
        " (:job, 2, '', :at)",
        job=posted.id,
        at=START,
    )
    _, case_id = await hold(world)

    view = await cases.view(case_id)

    assert view is not None
    assert view.history == MemberHistory(made=1, declined=0, reported=1)
