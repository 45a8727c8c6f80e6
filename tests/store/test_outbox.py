import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import (
    Charge,
    Failure,
    FailureKind,
    Job,
    JobState,
    MessageKind,
    MessageState,
)
from bot.errors import StaleJobError
from bot.store.owing import owe
from tests.manual_clock import START
from tests.store.world import MESSAGE_LEASE, World

OWING = {
    MessageKind.CARD: JobState.RESERVED,
    MessageKind.RESULT: JobState.STORED,
    MessageKind.FAILURE: JobState.FAILED,
    MessageKind.DELIVERY: JobState.POSTED,
    MessageKind.CASE: JobState.RESERVED,
    MessageKind.ANSWER: JobState.TOLD,
    MessageKind.JOINED: JobState.POSTED,
    MessageKind.GALLERY: JobState.POSTED,
    MessageKind.WEEKLY: JobState.POSTED,
}
ENDS = {
    **OWING,
    MessageKind.RESULT: JobState.POSTED,
    MessageKind.FAILURE: JobState.TOLD,
}
ONCE = {MessageKind.CARD, MessageKind.RESULT, MessageKind.FAILURE}


async def owing(world: World, kind: MessageKind) -> Job:
    """Bring a job to where it owes a message of that kind."""
    job = await world.bring_to(OWING[kind])
    if kind is MessageKind.DELIVERY:
        await world.deliveries.ask(job.id)
    elif kind not in ONCE:
        async with world.database.write() as connection:
            await owe(connection, job, kind, now=START, channel_id=44, sequence=7)
    return job


async def test_owed_messages_are_claimed_up_to_the_limit_longest_due_first(world: World) -> None:
    await world.reserve(1)
    world.clock.advance(seconds=1)
    await world.reserve(2)
    world.clock.advance(seconds=1)
    await world.reserve(3)

    first = await world.outbox.claim(2, MESSAGE_LEASE)
    second = await world.outbox.claim(2, MESSAGE_LEASE)

    assert {message.job_id for message in first} == {"job0000001", "job0000002"}
    assert [message.job_id for message in second] == ["job0000003"]


async def test_one_job_can_owe_two_messages_at_a_time(world: World) -> None:
    job = await world.bring_to(JobState.STORED)

    claimed = await world.outbox.claim(8, MESSAGE_LEASE)

    assert {(message.job_id, message.kind) for message in claimed} == {
        (job.id, MessageKind.CARD),
        (job.id, MessageKind.RESULT),
    }


async def test_many_claimers_at_once_never_get_the_same_message(world: World) -> None:
    for number in range(1, 21):
        await world.reserve(number)

    rounds = await asyncio.gather(
        *(
            store.claim(3, MESSAGE_LEASE)
            for store in (world.outbox, world.other_outbox)
            for _ in range(5)
        )
    )

    taken = [message.job_id for claimed in rounds for message in claimed]
    assert len(taken) == len(set(taken)) == 20


async def test_a_message_whose_sender_vanished_is_claimed_again(world: World) -> None:
    job = await world.reserve()
    vanished = await world.begin_sending(job.id, MessageKind.CARD)
    world.clock.advance(MESSAGE_LEASE)

    (taken_over,) = await world.other_outbox.claim(8, MESSAGE_LEASE)

    assert taken_over.state is MessageState.SENDING
    assert taken_over.nonce == vanished.nonce
    with pytest.raises(StaleJobError):
        await world.outbox.mark_sent(vanished, channel_id=22, message_id=900)
    assert await world.message(job.id, MessageKind.CARD) == taken_over


async def test_the_first_try_dates_the_nonce_for_all_that_follow(world: World) -> None:
    job = await world.reserve()
    first = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.retry(first, START, problem="away")
    world.clock.advance(seconds=90)

    second = await world.begin_sending(job.id, MessageKind.CARD)

    assert first.first_at == second.first_at == START
    assert (second.state, second.attempts) == (MessageState.SENDING, 1)


@pytest.mark.parametrize("kind", MessageKind)
async def test_a_confirmed_message_and_the_end_of_its_job_are_one_commit(
    world: World, kind: MessageKind
) -> None:
    job = await owing(world, kind)
    message = await world.begin_sending(job.id, kind)

    await world.outbox.mark_sent(message, channel_id=77, message_id=900)

    sent = await world.message(job.id, kind)
    assert (sent.state, sent.channel_id, sent.message_id) == (MessageState.SENT, 77, 900)
    assert await world.message_due_at(job.id, kind) is None
    assert (await world.job(job.id)).state is ENDS[kind]
    assert f"sent:{kind}" in await world.events(job.id)


@pytest.mark.parametrize("kind", [MessageKind.RESULT, MessageKind.FAILURE])
async def test_a_message_is_not_confirmed_when_its_job_can_not_end(
    world: World, kind: MessageKind
) -> None:
    job = await world.bring_to(OWING[kind])
    message = await world.begin_sending(job.id, kind)
    await world.execute("DELETE FROM job_events")
    await world.execute(
        "UPDATE jobs SET state = 'rendered', due_at = created_at,"
        " failure = NULL, charge = NULL, provider_ref = 'r', submitted_at = created_at"
    )

    with pytest.raises(StaleJobError):
        await world.outbox.mark_sent(message, channel_id=22, message_id=900)

    assert await world.message(job.id, kind) == message
    assert await world.events(job.id) == []


async def test_a_retried_message_waits_and_counts_the_try(world: World) -> None:
    job = await world.reserve()
    message = await world.begin_sending(job.id, MessageKind.CARD)
    later = START + timedelta(seconds=30)

    await world.outbox.retry(message, later, problem="Discord is away")

    assert await world.message_due_at(job.id, MessageKind.CARD) == later
    assert await world.outbox.claim(8, MESSAGE_LEASE) == []
    assert (await world.message(job.id, MessageKind.CARD)).attempts == 1
    assert await world.count("SELECT count(*) FROM outbox WHERE problem = 'Discord is away'") == 1


async def test_a_card_that_can_not_be_posted_does_not_stop_its_job(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)
    message = await world.begin_sending(job.id, MessageKind.CARD)

    await world.outbox.give_up(message, problem="closed")

    assert (await world.message(job.id, MessageKind.CARD)).state is MessageState.DROPPED
    assert await world.job(job.id) == job
    assert (await world.questions.history(job.id))[-1] == (START, "dropped:card", "closed")


@pytest.mark.parametrize("kind", [FailureKind.UNDELIVERABLE, FailureKind.LOST])
async def test_a_result_that_can_not_be_posted_becomes_a_failure_to_tell(
    world: World, kind: FailureKind
) -> None:
    job = await world.bring_to(JobState.STORED)
    message = await world.begin_sending(job.id, MessageKind.RESULT)

    await world.outbox.give_up(message, problem="too large", failure=kind)

    failed = await world.job(job.id)
    assert failed.state is JobState.FAILED
    assert failed.failure == Failure(kind, Charge.MADE, "too large")
    assert (await world.message(job.id, MessageKind.RESULT)).state is MessageState.DROPPED
    assert (await world.message(job.id, MessageKind.FAILURE)).state is MessageState.PENDING


async def test_a_result_is_undeliverable_unless_said_otherwise(world: World) -> None:
    job = await world.bring_to(JobState.STORED)
    message = await world.begin_sending(job.id, MessageKind.RESULT)

    await world.outbox.give_up(message, problem="too large")

    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert failure.kind is FailureKind.UNDELIVERABLE


async def test_a_reason_nobody_can_be_told_ends_the_job_all_the_same(world: World) -> None:
    job = await world.bring_to(JobState.FAILED)
    message = await world.begin_sending(job.id, MessageKind.FAILURE)

    await world.outbox.give_up(message, problem="nobody left")

    assert (await world.job(job.id)).state is JobState.TOLD
    assert (await world.events(job.id))[-2:] == ["dropped:failure", "told"]


@pytest.mark.parametrize("kind", MessageKind)
async def test_a_message_that_somebody_removed_counts_as_posted(
    world: World, kind: MessageKind
) -> None:
    job = await owing(world, kind)
    message = await world.begin_sending(job.id, kind)

    await world.outbox.settle_removed(message)

    assert (await world.message(job.id, kind)).state is MessageState.DROPPED
    assert (await world.job(job.id)).state is ENDS[kind]
    assert f"removed:{kind}" in await world.events(job.id)
    assert await world.message_due_at(job.id, kind) is None


@pytest.mark.parametrize(
    ("move", "stale"),
    [
        (move, stale)
        for move in ("start", "sent", "retry", "give_up", "removed")
        for stale in ("lease", "state", "both")
        # It is put off, or given up, whether or not its send had begun.
        if (move, stale) not in {("retry", "state"), ("give_up", "state")}
    ],
)
async def test_a_sender_that_lost_its_message_changes_nothing(
    world: World, move: str, stale: str
) -> None:
    job = await world.bring_to(JobState.STORED)
    message = await world.begin_sending(job.id, MessageKind.RESULT)
    lost = message
    if stale != "state":
        lost = replace(lost, lease=lost.lease - 1)
    if stale != "lease":
        lost = replace(lost, state=MessageState.PENDING)
    moves: dict[str, Callable[[], Awaitable[object]]] = {
        "start": lambda: world.outbox.start_sending(lost),
        "sent": lambda: world.outbox.mark_sent(lost, channel_id=22, message_id=900),
        "retry": lambda: world.outbox.retry(lost, START, problem="away"),
        "give_up": lambda: world.outbox.give_up(lost, problem="closed"),
        "removed": lambda: world.outbox.settle_removed(lost),
    }

    with pytest.raises(StaleJobError):
        await moves[move]()

    assert await world.message(job.id, MessageKind.RESULT) == message
    assert await world.job(job.id) == job


async def test_a_start_takes_over_what_earlier_senders_had_in_hand(world: World) -> None:
    job = await world.reserve()
    theirs = await world.begin_sending(job.id, MessageKind.CARD)

    released = await world.other_outbox.release_leases()

    assert released == 1
    (taken_over,) = await world.other_outbox.claim(8, MESSAGE_LEASE)
    assert taken_over.first_at == theirs.first_at
    with pytest.raises(StaleJobError):
        await world.outbox.mark_sent(theirs, channel_id=22, message_id=900)


async def test_a_start_leaves_its_own_and_resting_messages_alone(world: World) -> None:
    job = await world.reserve()
    message = await world.begin_sending(job.id, MessageKind.CARD)

    own = await world.outbox.release_leases()
    await world.outbox.retry(message, START + timedelta(hours=1), problem="away")
    resting = await world.other_outbox.release_leases()

    assert (own, resting) == (0, 0)


async def test_a_nonce_fits_discord_and_differs_by_kind(world: World) -> None:
    job = await world.bring_to(JobState.STORED)

    nonces = [message.nonce for message in await world.outbox.claim(8, MESSAGE_LEASE)]

    assert sorted(nonces) == [f"grok-{job.id}-c", f"grok-{job.id}-r"]
    assert max(map(len, nonces)) <= 25
