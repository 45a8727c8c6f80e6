from datetime import timedelta

import pytest

from bot.domain import JobState, MessageKind, MessageState
from bot.errors import StaleJobError
from bot.store.engines.restored import Reopened, make_safe
from tests.factories import make_failure
from tests.manual_clock import START
from tests.store.world import World

WEEK = timedelta(days=7)
TEN_SECONDS = timedelta(seconds=10)


async def test_a_job_that_may_have_been_paid_for_since_is_not_submitted_again(
    world: World,
) -> None:
    waiting = await world.reserve(1)
    untouched = await world.reserve(2)
    world.clock.advance(WEEK)

    rows = await make_safe(world.database, world.clock, {untouched.id})

    assert rows == Reopened(jobs=2, open=2, doubtful=1)
    found = await world.claim(waiting.id)
    assert (found.state, found.submitted_at) == (JobState.SUBMITTING, START + WEEK)
    assert (await world.job(untouched.id)).state is JobState.RESERVED
    assert await world.events(waiting.id) == ["reserved", "restored"]
    assert await world.events(untouched.id) == ["reserved"]


async def test_a_worker_of_the_time_before_changes_nothing(world: World) -> None:
    await world.reserve()
    in_hand = await world.claim("job0000001")

    await make_safe(world.database, world.clock, set())

    with pytest.raises(StaleJobError):
        await world.jobs.start_submitting(in_hand)


async def test_what_is_owed_is_looked_for_from_the_moment_it_was_owed(world: World) -> None:
    await world.reserve(1)
    tried = await world.reserve(2)
    world.clock.advance(seconds=30)
    await world.outbox.start_sending(await world.owed(tried.id, MessageKind.CARD))
    world.clock.advance(WEEK)

    await make_safe(world.database, world.clock, set())

    never_tried = await world.message("job0000001", MessageKind.CARD)
    assert (never_tried.state, never_tried.first_at) == (MessageState.SENDING, START)
    assert (await world.message(tried.id, MessageKind.CARD)).first_at == START + timedelta(
        seconds=30
    )


async def test_the_last_try_that_is_known_does_not_end_the_time_that_is_looked_at(
    world: World,
) -> None:
    job = await world.reserve()
    card = await world.outbox.start_sending(await world.owed(job.id, MessageKind.CARD))
    await world.outbox.retry(card, world.clock.now(), problem="503", has_ended=False)

    await make_safe(world.database, world.clock, set())

    assert (await world.message(job.id, MessageKind.CARD)).tried_at is None


async def test_what_comes_to_be_owed_is_looked_for_from_the_last_that_is_known_of_the_job(
    world: World,
) -> None:
    world.clock.advance(seconds=10)
    job = await world.bring_to(JobState.STORED)
    await world.bring_to(JobState.RENDERING, 2)
    world.clock.advance(WEEK)
    await make_safe(world.database, world.clock, set())

    world.clock.advance(WEEK)
    rendering = await world.claim("job0000002")
    await world.jobs.mark_rendered(rendering, "https://files.example/2.mp4")
    await world.jobs.fail(await world.claim("job0000002"), make_failure())

    failure = await world.message("job0000002", MessageKind.FAILURE)
    result = await world.message(job.id, MessageKind.RESULT)
    assert (failure.state, failure.first_at) == (MessageState.SENDING, START + TEN_SECONDS)
    assert (result.state, result.first_at) == (MessageState.SENDING, START + TEN_SECONDS)


async def test_a_job_that_was_never_restored_has_nothing_to_be_looked_for(world: World) -> None:
    job = await world.bring_to(JobState.STORED)

    result = await world.message(job.id, MessageKind.RESULT)
    assert (result.state, result.first_at) == (MessageState.PENDING, None)


async def test_jobs_that_are_over_stay_as_they_are(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)

    rows = await make_safe(world.database, world.clock, set())

    assert rows == Reopened(jobs=1, open=0, doubtful=0)
    assert await world.job(job.id) == job
