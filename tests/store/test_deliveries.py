import asyncio
import json

import pytest

from bot.domain import Job, JobState, MessageKind, MessageState, Place, Redelivery
from bot.errors import StaleJobError
from bot.store.places import ClosedPlaceStore
from bot.store.record.audit import AuditFilter
from tests.factories import CHANNEL, GUILD, REQUESTER
from tests.store.world import MESSAGE_LEASE, World

ELSEWHERE = CHANNEL + 1


async def undeliverable(world: World) -> Job:
    """Bring a job to its end with a file that nothing took."""
    job = await world.bring_to(JobState.STORED)
    result = await world.begin_sending(job.id, MessageKind.RESULT)
    await world.outbox.give_up(result, problem="closed")
    world.clock.advance(MESSAGE_LEASE)
    failure = await world.begin_sending(job.id, MessageKind.FAILURE)
    await world.outbox.give_up(failure, problem="closed")
    return await world.job(job.id)


@pytest.mark.parametrize("state", [JobState.POSTED, JobState.TOLD])
async def test_a_finished_video_is_owed_once_more(world: World, state: JobState) -> None:
    is_posted = state is JobState.POSTED
    job = await world.bring_to(state) if is_posted else await undeliverable(world)

    outcome = await world.deliveries.ask(job.id)

    owed = await world.message(job.id, MessageKind.DELIVERY)
    assert outcome is Redelivery.OWED
    assert (owed.state, owed.sequence, owed.channel_id) == (MessageState.PENDING, 1, CHANNEL)
    assert owed.nonce == f"grok-{job.id}-d1"
    assert (await world.events(job.id))[-1] == "asked:delivery"
    assert await world.job(job.id) == job


async def test_each_delivery_is_a_message_of_its_own(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    for channel_id in (CHANNEL, ELSEWHERE):
        await world.deliveries.ask(job.id, channel_id)
        owed = await world.begin_sending(job.id, MessageKind.DELIVERY)
        await world.outbox.mark_sent(owed, channel_id=channel_id, message_id=channel_id * 10)

    last = (await world.outbox.sent(job.id))[MessageKind.DELIVERY]

    assert (last.sequence, last.channel_id) == (2, ELSEWHERE)
    assert (await world.outbox.sent(job.id))[MessageKind.RESULT].message_id == 900
    assert await world.count("SELECT count(*) FROM outbox WHERE kind = 'delivery'") == 2


async def test_what_is_owed_already_is_not_owed_twice_but_tried_now(world: World) -> None:
    job = await world.bring_to(JobState.STORED)
    result = await world.begin_sending(job.id, MessageKind.RESULT)
    later = world.clock.now() + MESSAGE_LEASE
    await world.outbox.retry(result, later, problem="away")

    outcome = await world.deliveries.ask(job.id, ELSEWHERE)

    assert outcome is Redelivery.UNDER_WAY
    assert await world.message_due_at(job.id, MessageKind.RESULT) == world.clock.now()
    assert await world.outbox.message(job.id, MessageKind.DELIVERY) is None


async def test_what_somebody_has_in_hand_is_left_to_them(world: World) -> None:
    job = await world.bring_to(JobState.STORED)
    result = await world.begin_sending(job.id, MessageKind.RESULT)

    outcome = await world.deliveries.ask(job.id)

    assert outcome is Redelivery.UNDER_WAY
    due_at = await world.message_due_at(job.id, MessageKind.RESULT)
    assert due_at == world.clock.now() + MESSAGE_LEASE
    await world.outbox.mark_sent(result, channel_id=CHANNEL, message_id=900)


async def test_many_wishes_at_once_make_one_delivery(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)

    outcomes = await asyncio.gather(*(world.deliveries.ask(job.id) for _ in range(5)))

    assert sorted(outcomes) == [Redelivery.OWED] + [Redelivery.UNDER_WAY] * 4


async def test_there_is_nothing_to_deliver_without_a_file(world: World) -> None:
    rendering = await world.bring_to(JobState.RENDERING)
    told = await world.bring_to(JobState.TOLD, 2)

    assert await world.deliveries.ask("nosuchjob0") is Redelivery.NO_VIDEO
    assert await world.deliveries.ask(rendering.id) is Redelivery.NO_VIDEO
    assert await world.deliveries.ask(told.id) is Redelivery.NO_VIDEO


async def test_a_stored_job_that_owes_nothing_is_none_of_ours_to_repair(world: World) -> None:
    job = await world.bring_to(JobState.STORED)
    await world.execute("UPDATE outbox SET state = 'dropped', due_at = NULL")

    assert await world.deliveries.ask(job.id) is Redelivery.NO_VIDEO


async def test_a_delivery_that_is_given_up_changes_no_job(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.deliveries.ask(job.id)
    owed = await world.begin_sending(job.id, MessageKind.DELIVERY)

    await world.outbox.give_up(owed, problem="closed")

    assert await world.job(job.id) == job
    dropped = await world.message(job.id, MessageKind.DELIVERY)
    assert dropped.state is MessageState.DROPPED
    assert await world.outbox.message(job.id, MessageKind.FAILURE) is None


async def test_a_sender_of_one_delivery_can_not_touch_another(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.deliveries.ask(job.id)
    first = await world.begin_sending(job.id, MessageKind.DELIVERY)
    await world.outbox.mark_sent(first, channel_id=CHANNEL, message_id=1)
    await world.deliveries.ask(job.id)
    second = await world.begin_sending(job.id, MessageKind.DELIVERY)

    with pytest.raises(StaleJobError):
        await world.outbox.mark_sent(first, channel_id=CHANNEL, message_id=2)

    assert await world.message(job.id, MessageKind.DELIVERY) == second


async def test_a_send_that_is_repeated_keeps_its_date_only_at_its_place(world: World) -> None:
    job = await world.bring_to(JobState.STORED)
    start = world.clock.now()
    first = await world.begin_sending(job.id, MessageKind.RESULT)
    world.clock.advance(seconds=5)

    again = await world.outbox.start_sending(first)
    elsewhere = await world.outbox.start_sending(again, Place.REQUESTER)
    world.clock.advance(seconds=5)
    anew = await world.outbox.start_sending(elsewhere, Place.REQUESTER, again=False)

    assert (again.first_at, again.tried_at) == (start, elsewhere.first_at)
    assert (elsewhere.place, anew.first_at) == (Place.REQUESTER, world.clock.now())


async def test_how_a_try_ended_is_kept_apart_from_when_it_began(world: World) -> None:
    job = await world.bring_to(JobState.STORED)
    message = await world.begin_sending(job.id, MessageKind.RESULT)

    await world.outbox.retry(message, world.clock.now(), problem="broke")
    unknown = await world.begin_sending(job.id, MessageKind.RESULT)
    await world.outbox.retry(unknown, world.clock.now(), problem="503", has_ended=True)
    ended = await world.message(job.id, MessageKind.RESULT)

    assert unknown.tried_at is not None
    assert ended.tried_at is None
    assert ended.first_at == message.first_at


async def test_a_message_that_waits_counts_no_try(world: World) -> None:
    job = await world.bring_to(JobState.STORED)
    message = await world.owed(job.id, MessageKind.RESULT)
    later = world.clock.now() + MESSAGE_LEASE

    await world.outbox.wait(message, later, reason="its turn")

    waiting = await world.message(job.id, MessageKind.RESULT)
    assert (waiting.state, waiting.attempts) == (MessageState.PENDING, 0)
    assert await world.message_due_at(job.id, MessageKind.RESULT) == later


async def test_the_longest_nonce_fits_discord(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.deliveries.ask(job.id)
    await world.execute("UPDATE outbox SET sequence = 9999 WHERE kind = 'delivery'")

    owed = await world.message(job.id, MessageKind.DELIVERY)

    assert len(f"{owed.nonce}p") <= 25


async def test_whoever_asks_gives_the_places_another_chance(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    places = ClosedPlaceStore(world.database, world.clock)
    others = (CHANNEL, ELSEWHERE, job.origin.requester_id)
    for place_id in others:
        await places.note_refusal(place_id, "50013")

    await world.deliveries.ask(job.id, ELSEWHERE)

    assert [await places.refusals(place_id) for place_id in others] == [1, 0, 0]


async def test_a_delivery_by_somebody_else_is_put_on_record(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.deliveries.ask(job.id, by_id=REQUESTER)
    await world.outbox.mark_sent(
        await world.begin_sending(job.id, MessageKind.DELIVERY), channel_id=22, message_id=901
    )

    await world.deliveries.ask(job.id, ELSEWHERE, by_id=44)
    await world.deliveries.ask(job.id, by_id=45)

    hurried, owed = await world.audit.newest(AuditFilter(guild_id=GUILD), limit=9)
    assert {(row.action, row.target) for row in (hurried, owed)} == {
        ("delivery.hand", f"job:{job.id}")
    }
    assert (owed.actor_id, hurried.actor_id) == (44, 45)
    assert json.loads(owed.after) == {"channel": str(ELSEWHERE), "outcome": "owed"}
    assert json.loads(hurried.after)["outcome"] == "under_way"
