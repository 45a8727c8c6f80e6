from datetime import timedelta

import pytest

from bot.domain import (
    Cancelled,
    CaseState,
    Denial,
    Ending,
    FailureKind,
    Hold,
    Job,
    JobState,
    MessageKind,
    PauseReason,
    PolicyName,
    Refusal,
)
from bot.errors import StaleJobError
from bot.store.engines.restored import make_safe
from bot.store.moderation.policies import server
from tests.factories import GUILD, REQUESTER, make_asker, make_job_id
from tests.limits.asking import MODERATOR, PRICE, Person
from tests.store.world import World

ASKER = Person()
QUARTER = timedelta(minutes=15)
WEEK = timedelta(days=7)


async def price_asked(world: World, number: int = 1) -> Job:
    """Reserve a job that waits for its requester."""
    await set_policy(world, PolicyName.CONFIRM_ABOVE, PRICE - 1)
    return await ASKER.get(world, number)


async def set_policy(world: World, name: PolicyName, value: object) -> None:
    await world.policies.set_policy(server(GUILD), name, value, MODERATOR)


async def booked_jobs(world: World) -> int:
    return await world.count("SELECT coalesce(sum(jobs), 0) FROM ledger")


async def cards(world: World) -> int:
    return await world.count("SELECT count(*) FROM outbox")


async def test_a_job_that_waits_for_its_price_is_counted_and_nobody_else_hears_of_it(
    world: World,
) -> None:
    job = await price_asked(world)

    assert (job.state, job.held_for) == (JobState.RESERVED, Hold.CONFIRMATION)
    assert await world.pause(job) == QUARTER
    assert (await booked_jobs(world), await cards(world)) == (1, 0)
    assert await world.jobs.claim(64, {JobState.RESERVED: QUARTER}) == []


async def test_a_price_that_is_agreed_to_lets_the_job_go_on_at_once(world: World) -> None:
    job = await price_asked(world)
    world.clock.advance(seconds=60)

    made = await world.holds.confirm(job.id, make_asker())
    again = await world.holds.confirm(job.id, make_asker())

    assert isinstance(made, Job)
    assert (made.held_for, made.waiting_since, again) == (None, world.clock.now(), None)
    assert (await world.claim(job.id)).held_for is None
    assert (await world.message(job.id, MessageKind.CARD)).job_id == job.id
    assert (await booked_jobs(world), await cards(world)) == (1, 1)


async def test_whoever_was_blocked_meanwhile_confirms_in_vain(world: World) -> None:
    job = await price_asked(world)
    await world.members.block(GUILD, REQUESTER, until_at=None, reason="spam", by_id=MODERATOR)

    made = await world.holds.confirm(job.id, make_asker())

    assert isinstance(made, Denial)
    assert (made.refusal, made.reason) == (Refusal.BLOCKED, "spam")
    assert (await world.job(job.id)).held_for is Hold.CONFIRMATION
    assert await cards(world) == 0


async def test_a_price_that_is_declined_gives_everything_back_in_silence(world: World) -> None:
    job = await price_asked(world)

    first, second = await world.holds.decline(job.id), await world.holds.decline(job.id)

    over = await world.job(job.id)
    assert (first, second) == (True, False)
    assert (over.state, over.ending) == (JobState.TOLD, Ending.UNCONFIRMED)
    assert (await booked_jobs(world), await cards(world)) == (0, 0)
    assert await world.holds.confirm(job.id, make_asker()) is None


async def test_a_price_that_nobody_answers_is_given_up_after_a_quarter_of_an_hour(
    world: World,
) -> None:
    job = await price_asked(world)
    world.clock.advance(QUARTER)

    over = await world.jobs.expire(await world.claim(job.id))

    assert (over.state, over.ending, over.held_for) == (JobState.TOLD, Ending.UNCONFIRMED, None)
    assert over.failure is not None
    assert over.failure.kind is FailureKind.CANCELLED
    assert (await booked_jobs(world), await cards(world)) == (0, 0)


async def test_a_price_may_be_asked_about_and_then_a_moderator(world: World) -> None:
    await set_policy(world, PolicyName.REVIEW, value=True)
    job = await price_asked(world)

    made = await world.holds.confirm(job.id, make_asker())

    assert isinstance(made, Job)
    assert made.held_for is Hold.REVIEW
    assert await world.pause(job) == WEEK
    assert await world.count("SELECT count(*) FROM cases WHERE state = 'open'") == 1
    assert await world.events(job.id) == ["reserved", "held:confirmation", "held:review"]


@pytest.mark.parametrize("is_reviewed", [False, True], ids=["let go", "on to review"])
async def test_a_yes_in_the_last_moment_is_not_undone_by_who_was_about_to_give_up(
    world: World, *, is_reviewed: bool
) -> None:
    await set_policy(world, PolicyName.REVIEW, is_reviewed)
    job = await price_asked(world)
    world.clock.advance(QUARTER)
    in_hand = await world.claim(job.id)

    made = await world.holds.confirm(job.id, make_asker())
    with pytest.raises(StaleJobError):
        await world.jobs.expire(in_hand)
    await world.other_jobs.release_leases()

    assert isinstance(made, Job)
    assert (await world.job(job.id)).state is JobState.RESERVED
    assert await world.pause(job) == (WEEK if is_reviewed else timedelta(0))


async def test_a_review_that_nobody_makes_ends_after_a_week_and_is_told(world: World) -> None:
    await set_policy(world, PolicyName.REVIEW, value=True)
    job = await ASKER.get(world, 1)
    world.clock.advance(WEEK)

    over = await world.jobs.expire(await world.claim(job.id))

    assert (over.state, over.ending) == (JobState.FAILED, Ending.UNDECIDED)
    assert (await world.message(job.id, MessageKind.FAILURE)).job_id == job.id
    closed = await world.count(f"SELECT count(*) FROM cases WHERE state = '{CaseState.CLOSED}'")  # noqa: S608 - a word of ours
    assert (closed, await booked_jobs(world)) == (1, 0)


@pytest.mark.parametrize(
    ("name", "value", "messages"),
    [(PolicyName.CONFIRM_ABOVE, 0, 0), (PolicyName.REVIEW, True, 2)],
    ids=["for its price", "for review"],
)
async def test_a_held_job_can_be_cancelled_for_free(
    world: World, name: PolicyName, value: object, messages: int
) -> None:
    await set_policy(world, name, value)
    job = await ASKER.get(world, 1)

    assert await world.jobs.cancel(job.id) is Cancelled.FREE

    assert (await booked_jobs(world), await cards(world)) == (0, messages)
    assert await world.count("SELECT count(*) FROM cases WHERE state = 'open'") == 0


async def test_a_provider_that_comes_back_does_not_end_anybodys_time_to_decide(
    world: World,
) -> None:
    job = await price_asked(world)
    await world.pauses.pause("scripted", PauseReason.KEY, "no such key")

    await world.pauses.try_all_soon()
    await world.pauses.resume("scripted")

    assert await world.pause(job) == QUARTER


async def test_a_held_job_of_a_backup_is_told_to_its_channel_as_doubtful(world: World) -> None:
    job = await price_asked(world)

    reopened = await make_safe(world.database, world.clock, ())

    assert reopened.doubtful == 1
    restored = await world.job(job.id)
    assert (restored.state, restored.held_for) == (JobState.SUBMITTING, None)


async def test_two_answers_at_once_are_one_answer(world: World) -> None:
    job = await price_asked(world)

    yes = await world.holds.confirm(job.id, make_asker())
    no = await world.holds.decline(job.id)

    assert isinstance(yes, Job)
    assert no is False
    assert await world.holds.confirm(make_job_id(9), make_asker()) is None
