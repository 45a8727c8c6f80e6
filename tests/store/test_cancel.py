from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain import Cancelled, Charge, Failure, FailureKind, JobState, MessageKind, MessageState
from bot.errors import StaleJobError
from tests.manual_clock import START
from tests.store.world import World

FREE = Failure(FailureKind.CANCELLED, Charge.NONE)
LATE = Failure(FailureKind.CANCELLED, Charge.POSSIBLE)


async def test_a_job_nobody_has_in_hand_is_given_up_for_nothing(world: World) -> None:
    job = await world.reserve()

    assert await world.jobs.cancel(job.id) is Cancelled.FREE

    assert (await world.job(job.id)).failure == FREE


async def test_a_worker_about_to_pay_finds_the_job_given_up(world: World) -> None:
    in_hand = await world.bring_to(JobState.RESERVED)

    assert await world.jobs.cancel(in_hand.id) is Cancelled.FREE

    with pytest.raises(StaleJobError):
        await world.jobs.start_submitting(in_hand)
    assert (await world.message(in_hand.id, MessageKind.FAILURE)).state is MessageState.PENDING


@pytest.mark.parametrize("state", [JobState.RENDERING, JobState.RENDERED])
async def test_after_submission_the_charge_may_stand(world: World, state: JobState) -> None:
    in_hand = await world.bring_to(state)

    assert await world.jobs.cancel(in_hand.id) is Cancelled.LATE

    assert (await world.job(in_hand.id)).failure == LATE
    with pytest.raises(StaleJobError):
        await world.jobs.postpone(in_hand, START)


async def test_during_the_paid_call_the_wish_is_noted_and_the_call_goes_on(world: World) -> None:
    in_hand = await world.bring_to(JobState.SUBMITTING)
    world.clock.advance(seconds=2)

    assert await world.jobs.cancel(in_hand.id) is Cancelled.SOON

    job = await world.job(in_hand.id)
    assert (job.state, job.lease) == (JobState.SUBMITTING, in_hand.lease)
    assert job.cancel_requested_at == START + timedelta(seconds=2)


async def test_the_wish_is_heeded_when_the_provider_takes_the_job(world: World) -> None:
    in_hand = await world.bring_to(JobState.SUBMITTING)
    await world.jobs.cancel(in_hand.id)

    moved = await world.jobs.mark_rendering(in_hand, "ref-9", START)

    assert (moved.state, moved.failure) == (JobState.FAILED, LATE)
    assert moved.provider_ref == "ref-9"
    assert await world.events(in_hand.id) == [
        "reserved",
        "submitting",
        "rendering",
        "failed:cancelled",
    ]


async def test_the_wish_is_heeded_when_the_provider_takes_nothing(world: World) -> None:
    in_hand = await world.bring_to(JobState.SUBMITTING)
    await world.jobs.cancel(in_hand.id)

    moved = await world.jobs.put_back(in_hand, START, attempts=1, detail="503")

    assert (moved.state, moved.failure) == (JobState.FAILED, FREE)
    assert (await world.message(in_hand.id, MessageKind.FAILURE)).state is MessageState.PENDING


async def test_another_end_of_the_call_stands_as_it_is(world: World) -> None:
    in_hand = await world.bring_to(JobState.SUBMITTING)
    await world.jobs.cancel(in_hand.id)
    failure = Failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)

    moved = await world.jobs.fail(in_hand, failure)

    assert moved.failure == failure


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (JobState.STORED, Cancelled.TOO_LATE),
        (JobState.POSTED, Cancelled.OVER),
        (JobState.FAILED, Cancelled.OVER),
        (JobState.TOLD, Cancelled.OVER),
    ],
)
async def test_what_is_over_or_nearly_so_is_left_alone(
    world: World, state: JobState, outcome: Cancelled
) -> None:
    job = await world.bring_to(state)

    assert await world.jobs.cancel(job.id) is outcome

    assert await world.job(job.id) == job


async def test_a_second_wish_finds_the_job_over(world: World) -> None:
    job = await world.reserve()
    await world.jobs.cancel(job.id)

    assert await world.jobs.cancel(job.id) is Cancelled.OVER


async def test_a_job_that_does_not_exist_is_the_callers_mistake(world: World) -> None:
    with pytest.raises(sa.exc.NoResultFound):
        await world.jobs.cancel("nosuchjob0")
