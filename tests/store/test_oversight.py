from datetime import timedelta

from bot.domain import FailureKind, JobState, MessageKind
from bot.store.oversight import Oversight, Owed
from tests.factories import make_failure
from tests.manual_clock import START
from tests.store.world import World


async def drop_cards(world: World) -> None:
    await world.execute("UPDATE outbox SET due_at = NULL, state = 'dropped' WHERE kind = 'card'")


async def test_open_jobs_are_listed_the_oldest_first_with_what_they_owe(world: World) -> None:
    await world.bring_to(JobState.POSTED, 3)
    await world.bring_to(JobState.STORED, 2)
    world.clock.advance(seconds=5)
    await world.reserve(1)
    await drop_cards(world)
    message = await world.owed("job0000002", MessageKind.RESULT)
    await world.outbox.retry(message, START + timedelta(minutes=1), problem="503")

    first, second = await Oversight(world.database).standing(limit=10)

    assert first.owed == (Owed(MessageKind.RESULT, START, 1, "503"),)
    assert (first.job.id, first.due_at, first.is_in_hand) == ("job0000002", None, False)
    assert (second.job.id, second.owed) == ("job0000001", ())
    assert second.due_at is not None


async def test_a_job_a_worker_has_is_said_to_be_in_hand(world: World) -> None:
    await world.bring_to(JobState.RENDERING)

    (standing,) = await Oversight(world.database).standing(limit=10)

    assert standing.is_in_hand


async def test_a_job_that_is_over_but_owes_its_card_is_listed(world: World) -> None:
    await world.bring_to(JobState.POSTED)

    (standing,) = await Oversight(world.database).standing(limit=10)

    assert [owed.kind for owed in standing.owed] == [MessageKind.CARD]


async def test_no_more_are_listed_than_asked_for(world: World) -> None:
    for number in (1, 2, 3):
        await world.reserve(number)

    assert len(await Oversight(world.database).standing(limit=2)) == 2


async def test_what_became_unknown_of_late_is_listed_also_when_it_was_told(world: World) -> None:
    for number in (1, 2):
        job = await world.bring_to(JobState.SUBMITTING, number)
        await world.jobs.fail(job, make_failure(FailureKind.OUTCOME_UNKNOWN))
        world.clock.advance(timedelta(days=1))
    await world.bring_to(JobState.TOLD, 3)

    found = await Oversight(world.database).unknown_since(START + timedelta(hours=1), limit=10)

    assert [standing.job.id for standing in found] == ["job0000002"]
