import asyncio

import pytest

from bot.domain import (
    Appealed,
    CaseKind,
    CaseState,
    Decided,
    Denial,
    JobState,
    LimitKind,
    MessageKind,
    Refusal,
    Ruling,
    Unit,
)
from bot.store.moderation.case_questions import CaseQuestions
from bot.store.moderation.desk import CaseStore
from bot.store.moderation.policies import server
from tests.factories import (
    GUILD,
    make_asker,
)
from tests.store.held import (
    MODERATOR,
    appealed,
    declined,
    hold,
    order,
    renewal,
)
from tests.store.world import World


@pytest.fixture
def desk(world: World) -> CaseStore:
    return CaseStore(world.database, world.clock)


@pytest.fixture
def cases(world: World) -> CaseQuestions:
    return CaseQuestions(world.database)


async def test_a_decline_can_be_appealed_once(
    world: World, desk: CaseStore, cases: CaseQuestions
) -> None:
    job = await declined(world, desk)

    outcomes = await asyncio.gather(
        *(desk.appeal(job.id, make_asker(job.origin)) for _ in range(5))
    )

    (case_id,) = {one.case_id for one in outcomes if one is not None}
    view = await cases.view(case_id, GUILD)
    assert view is not None
    assert (view.case.kind, view.case.state) == (CaseKind.APPEAL, CaseState.OPEN)
    assert view.first is not None
    assert (view.first.decided_by_id, view.first.reason) == (MODERATOR, "no foxes")
    assert outcomes.count(Appealed(case_id, is_new=True)) == 1
    assert outcomes.count(Appealed(case_id, is_new=False)) == 4
    assert "appealed" in await world.events(job.id)


async def test_what_no_moderator_declined_can_not_be_appealed(
    world: World, desk: CaseStore
) -> None:
    job, _ = await hold(world)

    assert await desk.appeal(job.id, make_asker(job.origin)) is None
    assert await desk.appeal("job0000099", make_asker(job.origin)) is None


async def test_an_appeal_that_is_approved_makes_one_job_however_often(
    world: World, desk: CaseStore
) -> None:
    job, case_id = await appealed(world, desk)

    outcomes = await asyncio.gather(
        *(
            desk.decide(order(Ruling.APPROVE, case_id), renewal(job, number))
            for number in range(2, 7)
        )
    )

    (decided,) = [one for one in outcomes if isinstance(one, Decided)]
    assert decided.made is not None
    assert (decided.made.state, decided.made.held_for) == (JobState.RESERVED, None)
    assert await world.count("SELECT count(*) FROM jobs WHERE repeats = :id", id=job.id) == 1
    assert await world.count("SELECT sum(jobs) FROM ledger") == 1
    assert await world.outbox.message(decided.made.id, MessageKind.CARD) is not None
    assert await world.outbox.message(job.id, MessageKind.ANSWER) is None


async def test_an_appeal_that_a_limit_does_not_let_in_stays_open(
    world: World, desk: CaseStore, cases: CaseQuestions
) -> None:
    job, case_id = await appealed(world, desk)
    await world.policies.set_limit(server(GUILD), LimitKind.DAY, Unit.JOBS, 0, MODERATOR)

    outcome = await desk.decide(order(Ruling.APPROVE, case_id), renewal(job))

    view = await cases.view(case_id)
    assert isinstance(outcome, Denial)
    assert outcome.refusal is Refusal.LIMIT
    assert view is not None
    assert view.case.state is CaseState.OPEN
    assert await world.count("SELECT count(*) FROM jobs") == 1


async def test_a_second_rejection_is_final_and_is_told(world: World, desk: CaseStore) -> None:
    job, case_id = await appealed(world, desk)

    outcome = await desk.decide(order(Ruling.REJECT, case_id))

    answer = await world.message(job.id, MessageKind.ANSWER)
    assert isinstance(outcome, Decided)
    assert (answer.sequence, answer.channel_id) == (case_id, job.origin.channel_id)
    assert await desk.appeal(job.id, make_asker(job.origin)) == Appealed(case_id, is_new=False)
