import asyncio
from dataclasses import replace

import pytest

from bot.domain import Hold, Job, JobState, MessageKind, MessageState, PolicyName, Redelivery
from bot.store.moderation.policies import server
from tests.factories import (
    CHANNEL,
    GUILD,
    REQUESTER,
    make_asker,
    make_job_id,
    make_valid_request,
    make_viewer,
)
from tests.limits.asking import MODERATOR
from tests.manual_clock import START
from tests.store.world import World

ELSEWHERE = CHANNEL + 1
STRANGER = REQUESTER + 1


async def reserved(world: World, number: int = 1) -> Job:
    return await world.put(
        make_job_id(number), replace(make_valid_request(number), is_private=True)
    )


async def made_private(world: World, state: JobState = JobState.POSTED) -> Job:
    job = await world.bring_to(state)
    await world.execute("UPDATE jobs SET is_private = true")
    await world.execute("DELETE FROM outbox WHERE kind = 'card'")
    return await world.job(job.id)


async def owed(world: World) -> int:
    return await world.count("SELECT count(*) FROM outbox WHERE due_at IS NOT NULL")


async def test_a_private_job_owes_no_card(world: World) -> None:
    job = await reserved(world)

    assert (await world.job(job.id)).is_private
    assert await owed(world) == 0


async def test_one_that_is_reviewed_owes_the_case_and_no_card(world: World) -> None:
    policies = world.policies
    await policies.set_policy(server(GUILD), PolicyName.REVIEW_CHANNEL, ELSEWHERE, MODERATOR)
    await policies.set_policy(server(GUILD), PolicyName.REVIEW, True, MODERATOR)  # noqa: FBT003 - the value

    await reserved(world)

    assert await world.count("SELECT count(*) FROM cases") == 1
    assert await world.count("SELECT count(*) FROM outbox WHERE kind = 'card'") == 0


async def test_publishing_owes_the_video_to_the_channel_of_the_job_once(world: World) -> None:
    job = await made_private(world)

    outcomes = await asyncio.gather(*(world.deliveries.publish(job.id) for _ in range(5)))

    delivery = await world.message(job.id, MessageKind.DELIVERY)
    assert [one for one in outcomes if one is not None] == [Redelivery.OWED]
    assert (delivery.sequence, delivery.channel_id) == (1, CHANNEL)
    assert not (await world.job(job.id)).is_private
    assert (await world.events(job.id))[-2:] == ["published", "asked:delivery"]
    assert await owed(world) == 1


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("UPDATE jobs SET removed_at = created_at", Redelivery.REMOVED),
        ("UPDATE jobs SET file_removed_at = created_at", Redelivery.NO_VIDEO),
        ("UPDATE jobs SET is_private = false", None),
    ],
)
async def test_what_can_not_be_published_stays_as_it_is(
    world: World, change: str, outcome: Redelivery | None
) -> None:
    job = await made_private(world)
    await world.execute(change)
    before = await world.job(job.id)

    assert await world.deliveries.publish(job.id) is outcome
    assert await world.job(job.id) == before
    assert await owed(world) == 0


async def test_what_is_not_finished_is_not_published(world: World) -> None:
    job = await made_private(world, JobState.STORED)

    assert await world.deliveries.publish(job.id) is Redelivery.NO_VIDEO
    assert (await world.job(job.id)).is_private


async def test_a_private_video_is_delivered_to_no_other_channel(world: World) -> None:
    job = await made_private(world)

    await world.deliveries.ask(job.id, ELSEWHERE, by_id=REQUESTER)

    delivery = await world.message(job.id, MessageKind.DELIVERY)
    assert (delivery.state, delivery.channel_id) == (MessageState.PENDING, CHANNEL)


async def test_a_private_video_is_found_for_its_requester_alone(world: World) -> None:
    job = await made_private(world)
    sent = (await world.outbox.sent(job.id))[MessageKind.RESULT]
    assert sent.message_id is not None
    place = (GUILD, sent.channel_id, sent.message_id)

    own = [await world.questions.shown_by(*place, member_id=REQUESTER)]
    own += await world.questions.videos(make_viewer(), limit=5)
    others = await world.questions.videos(make_viewer(member_id=STRANGER), limit=5)

    assert own == [job, job]
    assert others == []
    assert await world.questions.shown_by(*place, member_id=STRANGER) is None
    assert await world.questions.shown_by(*place) is None


async def test_a_yes_to_the_price_owes_no_card_either(world: World) -> None:
    await world.policies.set_policy(server(GUILD), PolicyName.CONFIRM_ABOVE, 0, MODERATOR)
    request = replace(make_valid_request(), is_private=True, estimate_micros=90_000)
    job = await world.put(make_job_id(), request)

    made = await world.holds.confirm(job.id, make_asker())

    assert isinstance(made, Job)
    assert (job.held_for, made.held_for) == (Hold.CONFIRMATION, None)
    assert await owed(world) == 0


async def test_a_scene_is_published_once_its_storyboard_is_over(world: World) -> None:
    job = await made_private(world)
    await world.execute(
        "INSERT INTO storyboards (id, interaction_id, guild_id, channel_id, requester_id, scenes,"
        " state, created_at, updated_at)"
        " VALUES (7, 9, :guild, :channel, :member, 2, 'running', :at, :at)",
        guild=GUILD,
        channel=CHANNEL,
        member=REQUESTER,
        at=START,
    )
    await world.execute("UPDATE jobs SET storyboard_id = 7, scene = 2")

    running = await world.deliveries.publish(job.id)
    await world.execute("UPDATE storyboards SET state = 'ended'")
    over = await world.deliveries.publish(job.id)

    assert (running, over) == (Redelivery.UNDER_WAY, Redelivery.OWED)
