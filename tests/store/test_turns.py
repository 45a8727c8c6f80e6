from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import Charge, Failure, FailureKind, Job, JobState, Mode
from bot.errors import StaleJobError
from tests.factories import make_failure, make_offer, make_spec, make_valid_request
from tests.manual_clock import START
from tests.store.world import LEASES, World

FIRST, SECOND = make_offer(), make_offer("third", micros=None)
REQUEST = replace(
    make_valid_request(),
    spec=make_spec(mode=Mode.REFERENCES),
    estimate_micros=420_000,
    alternatives=(FIRST, SECOND),
    look="fast",
    source_id="job0000009",
)


@pytest.fixture
async def job(world: World) -> Job:
    return await world.reserve_request(REQUEST)


async def test_a_job_keeps_what_was_asked_for_and_what_it_would_cost(job: Job) -> None:
    assert job.spec == REQUEST.spec
    assert (job.estimate_micros, job.cost_micros) == (420_000, None)
    assert job.alternatives == (FIRST, SECOND)
    assert (job.look, job.source_id) == ("fast", "job0000009")


@pytest.mark.parametrize("has_begun", [False, True], ids=["reserved", "submitting"])
async def test_a_job_turns_to_an_alternative_and_keeps_the_others(
    world: World,
    job: Job,
    has_begun: bool,  # noqa: FBT001 - pytest passes parameters by name
) -> None:
    if has_begun:
        job = await world.jobs.start_submitting(job)

    turned = await world.jobs.turn_to(job, SECOND, detail="busy")

    assert (turned.state, turned.spec) == (JobState.RESERVED, SECOND.spec)
    assert (turned.estimate_micros, turned.alternatives) == (None, (FIRST,))
    assert (turned.submitted_at, turned.attempts) == (None, 0)
    assert await world.due_at(job.id) == START
    assert (await world.questions.history(job.id))[-1] == (
        START,
        "turned",
        "scripted/script-1 to third/other-1: busy",
    )


async def test_a_job_somebody_else_moved_does_not_turn(world: World, job: Job) -> None:
    world.clock.advance(timedelta(hours=1))
    await world.other_jobs.claim(1, LEASES)

    with pytest.raises(StaleJobError):
        await world.jobs.turn_to(job, FIRST, detail="busy")


async def test_a_job_that_is_rendering_never_turns(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING, 2)

    with pytest.raises(StaleJobError):
        await world.jobs.turn_to(job, FIRST, detail="busy")


async def test_a_wish_to_cancel_is_heeded_instead_of_a_turn(world: World, job: Job) -> None:
    job = await world.jobs.start_submitting(job)
    await world.jobs.cancel(job.id)

    turned = await world.jobs.turn_to(job, FIRST, detail="busy")

    assert turned.failure == Failure(FailureKind.CANCELLED, Charge.NONE)


async def test_what_the_provider_charged_stays_through_a_later_failure(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING, 2)
    await world.jobs.mark_rendered(job, None, cost_micros=300_000)
    job = await world.claim(job.id)

    failed = await world.jobs.fail(job, make_failure())

    assert failed.cost_micros == 300_000


async def test_a_failure_may_say_what_it_cost(world: World, job: Job) -> None:
    failed = await world.jobs.fail(job, make_failure(), cost_micros=5)

    assert failed.cost_micros == 5


async def test_jobs_in_flight_are_those_a_provider_has(world: World) -> None:
    states = (JobState.RESERVED, JobState.SUBMITTING, JobState.RENDERING, JobState.RENDERED)
    for number, state in enumerate(states, start=2):
        await world.bring_to(state, number)

    counts = [await world.questions.in_flight(name) for name in ("scripted", "other")]

    assert counts == [2, 0]
