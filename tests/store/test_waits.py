from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import (
    Hold,
    JobState,
    Measured,
    Mode,
    QueuePlace,
    ValidRequest,
)
from bot.store.engines.engine import Database
from bot.store.waits import WaitStore
from tests.factories import make_failure, make_job_id, make_origin, make_spec, make_video
from tests.manual_clock import START
from tests.store.world import LEASES, World

LONG_AGO = START - timedelta(days=30)
MANY = 200


@pytest.fixture
def waits(database: Database) -> WaitStore:
    return WaitStore(database)


async def wait_at(world: World, number: int, provider: str = "scripted") -> str:
    """Reserve a job that nobody has looked at yet."""
    request = ValidRequest(make_origin(number), make_spec(provider=provider))
    await world.put(make_job_id(number), request)
    world.clock.advance(seconds=1)
    return make_job_id(number)


async def order(waits: WaitStore) -> list[str]:
    places = await waits.places()
    return sorted(places, key=lambda job_id: places[job_id].number)


async def finish(world: World, number: int, *, after: timedelta, resolution: str = "720p") -> None:
    spec = replace(make_spec(), resolution=resolution)
    job = await world.reserve_request(ValidRequest(make_origin(number), spec), number)
    submitting = await world.jobs.start_submitting(job)
    await world.jobs.mark_rendering(submitting, f"ref-{number}", world.clock.now())
    world.clock.advance(after)
    await world.jobs.mark_rendered(await world.claim(job.id), None)
    await world.jobs.mark_stored(await world.claim(job.id), make_video())


async def test_nobody_waits_in_an_empty_database(waits: WaitStore) -> None:
    assert await waits.places() == {}


async def test_jobs_wait_in_the_order_in_which_they_came(world: World, waits: WaitStore) -> None:
    ids = [await wait_at(world, number) for number in (1, 2, 3)]

    assert await waits.places() == {
        job_id: QueuePlace(number, 3) for number, job_id in enumerate(ids, start=1)
    }


async def test_a_job_moves_up_when_the_one_before_it_is_submitted(
    world: World, waits: WaitStore
) -> None:
    first, second = await wait_at(world, 1), await wait_at(world, 2)
    claimed = await world.claim(first)
    before = await waits.places()

    await world.jobs.start_submitting(claimed)

    assert before[second] == QueuePlace(2, 2)
    assert await waits.places() == {second: QueuePlace(1, 1)}


async def test_each_provider_has_a_queue_of_its_own(world: World, waits: WaitStore) -> None:
    first, other = await wait_at(world, 1), await wait_at(world, 2, provider="other")

    assert await waits.places() == {first: QueuePlace(1, 1), other: QueuePlace(1, 1)}


async def test_what_is_held_or_under_way_or_over_stands_in_no_queue(
    world: World, waits: WaitStore
) -> None:
    for number, state in enumerate((JobState.SUBMITTING, JobState.POSTED, JobState.TOLD), start=1):
        await world.bring_to(state, number)
    held = await wait_at(world, 9)
    await world.execute("UPDATE jobs SET held_for = :hold WHERE id = :id", hold=Hold.SCENE, id=held)

    assert await waits.places() == {}


async def test_whoever_was_told_a_turn_goes_before_whoever_has_just_come(
    world: World, waits: WaitStore
) -> None:
    ids = [await wait_at(world, number) for number in (1, 2)]
    claimed = {job.id: job for job in await world.jobs.claim(64, LEASES)}
    for job_id in ids:
        await world.jobs.postpone(claimed[job_id], world.clock.now() + timedelta(minutes=1))

    newcomer = await wait_at(world, 3)

    assert await order(waits) == [*ids, newcomer]


async def test_the_job_that_is_in_hand_again_goes_first(world: World, waits: WaitStore) -> None:
    ids = [await wait_at(world, number) for number in (1, 2)]
    claimed = {job.id: job for job in await world.jobs.claim(64, LEASES)}
    now = world.clock.now()
    await world.jobs.postpone(claimed[ids[0]], now + timedelta(seconds=20))
    await world.jobs.postpone(claimed[ids[1]], now + timedelta(seconds=40))
    world.clock.advance(seconds=30)

    await world.claim(ids[0])

    assert await order(waits) == ids


async def test_a_job_that_was_not_taken_goes_behind_those_that_wait(
    world: World, waits: WaitStore
) -> None:
    first, second = await wait_at(world, 1), await wait_at(world, 2)
    claimed = await world.claim(first)
    submitting = await world.jobs.start_submitting(claimed)
    soon = world.clock.now() + timedelta(seconds=1)

    await world.jobs.put_back(submitting, soon, attempts=1, detail="busy")

    assert await order(waits) == [second, first]


async def test_a_job_that_was_let_go_on_is_the_last_that_came(
    world: World, waits: WaitStore
) -> None:
    held = await wait_at(world, 1)
    await world.execute("UPDATE jobs SET held_for = 'review' WHERE id = :id", id=held)
    waiting = await wait_at(world, 2)
    now = world.clock.now()

    await world.execute(
        "UPDATE jobs SET held_for = NULL, released_at = :now, due_at = :now, lease = lease + 1 "
        "WHERE id = :id",
        now=now,
        id=held,
    )

    assert await order(waits) == [waiting, held]


async def test_many_places_are_read_at_once(world: World, waits: WaitStore) -> None:
    ids = [await wait_at(world, number) for number in range(1, 31)]

    assert await order(waits) == ids


async def test_finished_jobs_are_measured_from_the_paid_call_to_the_checked_file(
    world: World, waits: WaitStore
) -> None:
    await finish(world, 1, after=timedelta(seconds=80))
    await finish(world, 2, after=timedelta(seconds=95), resolution="1080p")

    found = await waits.measured("scripted", "script-1", since=LONG_AGO, limit=MANY)

    assert found == [
        Measured(Mode.TEXT, 6, "1080p", timedelta(seconds=95)),
        Measured(Mode.TEXT, 6, "720p", timedelta(seconds=80)),
    ]


async def test_only_the_newest_of_the_model_are_measured(world: World, waits: WaitStore) -> None:
    for number in (1, 2, 3):
        await finish(world, number, after=timedelta(seconds=number))

    newest = await waits.measured("scripted", "script-1", since=LONG_AGO, limit=2)
    recent = await waits.measured("scripted", "script-1", since=world.clock.now(), limit=MANY)
    others = await waits.measured("scripted", "script-2", since=LONG_AGO, limit=MANY)

    assert [one.took.seconds for one in newest] == [3, 2]
    assert recent == []
    assert others == []


async def test_what_has_no_file_is_not_measured(world: World, waits: WaitStore) -> None:
    await world.bring_to(JobState.RENDERED, 1)
    rendering = await world.bring_to(JobState.RENDERING, 2)
    await world.jobs.fail(rendering, make_failure())

    assert await waits.measured("scripted", "script-1", since=LONG_AGO, limit=MANY) == []


async def test_a_clock_that_was_set_back_measures_nothing(world: World, waits: WaitStore) -> None:
    await finish(world, 1, after=timedelta(seconds=80))
    await world.execute(
        "UPDATE jobs SET submitted_at = :later", later=world.clock.now() + timedelta(seconds=1)
    )

    assert await waits.measured("scripted", "script-1", since=LONG_AGO, limit=MANY) == []
