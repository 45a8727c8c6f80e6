import asyncio
from datetime import timedelta

import pytest

from bot.domain import JobState
from bot.errors import StaleJobError
from tests.factories import make_failure, make_job_id
from tests.manual_clock import START
from tests.store.world import LEASES, World


async def test_a_claim_takes_the_longest_due_up_to_its_limit(world: World) -> None:
    for number in (3, 1, 2):
        await world.reserve(number)
        world.clock.advance(seconds=1)

    first = await world.jobs.claim(2, LEASES)
    second = await world.jobs.claim(2, LEASES)

    assert {job.id for job in first} == {make_job_id(3), make_job_id(1)}
    assert {job.id for job in second} == {make_job_id(2)}


async def test_nothing_is_claimed_before_it_is_due(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)
    await world.jobs.postpone(job, START + timedelta(minutes=1))

    early = await world.jobs.claim(8, LEASES)
    world.clock.advance(seconds=60)
    in_time = await world.jobs.claim(8, LEASES)

    assert (early, [found.id for found in in_time]) == ([], [job.id])


@pytest.mark.parametrize("state", LEASES)
async def test_a_lease_lasts_as_long_as_its_state_needs(world: World, state: JobState) -> None:
    held = await world.bring_to(state)
    await world.jobs.postpone(held, START)

    claimed = await world.claim(held.id)

    assert (claimed.state, claimed.lease) == (state, held.lease + 1)
    assert await world.due_at(held.id) == START + LEASES[state]


async def test_one_claim_gives_each_state_its_own_lease(world: World) -> None:
    rendering = await world.bring_to(JobState.RENDERING, 1)
    await world.jobs.postpone(rendering, START)
    reserved = await world.reserve(2)

    claimed = await world.jobs.claim(8, LEASES)

    assert len(claimed) == 2
    assert await world.due_at(rendering.id) == START + LEASES[JobState.RENDERING]
    assert await world.due_at(reserved.id) == START + LEASES[JobState.RESERVED]


async def test_only_the_states_that_are_asked_for_are_claimed(world: World) -> None:
    await world.reserve()

    claimed = await world.jobs.claim(8, {JobState.RENDERING: timedelta(minutes=1)})

    assert claimed == []


@pytest.mark.parametrize(
    "state", [JobState.STORED, JobState.POSTED, JobState.FAILED, JobState.TOLD]
)
async def test_a_job_without_a_step_of_its_own_is_never_claimed(
    world: World, state: JobState
) -> None:
    await world.bring_to(state)
    world.clock.advance(timedelta(days=400))

    assert await world.jobs.claim(8, LEASES) == []


async def test_many_claimers_at_once_never_get_the_same_job(world: World) -> None:
    for number in range(1, 31):
        await world.reserve(number)

    rounds = await asyncio.gather(
        *(store.claim(4, LEASES) for store in (world.jobs, world.other_jobs) for _ in range(6))
    )

    taken = [job.id for claimed in rounds for job in claimed]
    assert sorted(taken) == [make_job_id(number) for number in range(1, 31)]


async def test_a_worker_that_wakes_after_its_lease_changes_nothing(world: World) -> None:
    paused = await world.bring_to(JobState.RENDERING)
    world.clock.advance(LEASES[JobState.RENDERING])
    (taken_over,) = await world.other_jobs.claim(8, LEASES)

    with pytest.raises(StaleJobError):
        await world.jobs.mark_rendered(paused, "https://files.example/late.mp4")
    with pytest.raises(StaleJobError):
        await world.jobs.fail(paused, make_failure())

    assert await world.job(paused.id) == taken_over
    assert taken_over.lease == paused.lease + 1


async def test_a_lease_that_has_not_ended_can_not_be_taken_over(world: World) -> None:
    await world.bring_to(JobState.RENDERING)
    world.clock.advance(LEASES[JobState.RENDERING] - timedelta(microseconds=1))

    assert await world.other_jobs.claim(8, LEASES) == []


async def test_a_start_takes_over_what_earlier_processes_had_in_hand(world: World) -> None:
    theirs = await world.bring_to(JobState.RENDERING, 1)
    resting = await world.bring_to(JobState.RENDERING, 2)
    await world.jobs.postpone(resting, START + timedelta(hours=1))

    released = await world.other_jobs.release_leases()

    assert released == 1
    assert [job.id for job in await world.other_jobs.claim(8, LEASES)] == [theirs.id]
    with pytest.raises(StaleJobError):
        await world.jobs.mark_rendered(theirs, None)


async def test_a_start_leaves_its_own_leases_alone(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)

    released = await world.jobs.release_leases()

    assert released == 0
    assert await world.job(job.id) == job


async def test_a_submission_that_a_crash_cut_off_is_found_at_the_next_start(world: World) -> None:
    cut_off = await world.bring_to(JobState.SUBMITTING)

    await world.other_jobs.release_leases()

    (found,) = await world.other_jobs.claim(8, LEASES)
    assert (found.id, found.state) == (cut_off.id, JobState.SUBMITTING)
