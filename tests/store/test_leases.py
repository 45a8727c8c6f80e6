import pytest

from bot.domain import JobState, MessageKind
from bot.errors import StaleJobError
from bot.store.leases import LeaseStore
from tests.factories import make_video
from tests.store.world import LEASES, World


@pytest.fixture
def leases(world: World) -> LeaseStore:
    return LeaseStore(world.database, world.clock)


async def test_holders_are_those_with_a_job_or_a_message_in_hand(
    world: World, leases: LeaseStore
) -> None:
    await world.bring_to(JobState.RENDERING, 1)
    await world.bring_to(JobState.STORED, 2)
    before = await leases.holders()

    await world.other_outbox.claim(8, LEASES[JobState.RENDERING])

    assert before == {"first"}
    assert await leases.holders() == {"first", "second"}


async def test_nobody_holds_what_is_done_or_rests(world: World, leases: LeaseStore) -> None:
    await world.bring_to(JobState.TOLD, 1)
    resting = await world.bring_to(JobState.RENDERING, 2)
    await world.jobs.postpone(resting, world.clock.now())
    await world.execute(
        "UPDATE outbox SET state = 'dropped', due_at = NULL WHERE due_at > :now",
        now=world.clock.now(),
    )

    assert await leases.holders() == set()


async def test_what_the_dead_had_in_hand_is_due_at_once(world: World, leases: LeaseStore) -> None:
    theirs = await world.bring_to(JobState.RENDERED)

    freed = await leases.release(["first", "somebody else"])

    assert freed == 1
    assert [job.id for job in await world.other_jobs.claim(8, LEASES)] == [theirs.id]
    with pytest.raises(StaleJobError):
        await world.jobs.mark_stored(theirs, make_video())


async def test_messages_of_the_dead_are_due_at_once(world: World, leases: LeaseStore) -> None:
    job = await world.reserve()
    theirs = await world.begin_sending(job.id, MessageKind.CARD)

    freed = await leases.release(["first"])

    assert freed == 1
    (taken,) = await world.other_outbox.claim(8, LEASES[JobState.RESERVED])
    assert (taken.job_id, taken.first_at) == (job.id, theirs.first_at)


async def test_the_living_keep_what_they_have(world: World, leases: LeaseStore) -> None:
    theirs = await world.bring_to(JobState.RENDERING)

    freed = await leases.release(["second"])

    assert freed == 0
    assert await world.job(theirs.id) == theirs


async def test_a_paid_call_that_may_be_under_way_keeps_its_lease(
    world: World, leases: LeaseStore
) -> None:
    theirs = await world.bring_to(JobState.SUBMITTING)

    freed = await leases.release(["first"])

    assert freed == 0
    assert (await world.jobs.mark_rendering(theirs, "ref", world.clock.now())).provider_ref == "ref"
