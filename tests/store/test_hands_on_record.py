import json

import pytest

from bot.domain import Cancelled, JobState, Redelivery
from bot.store.record.audit import AuditFilter
from tests.factories import CHANNEL, GUILD, REQUESTER
from tests.store.world import World

MODERATOR = 55


async def record(world: World) -> list[tuple[str, int | None, object, object]]:
    rows = await world.audit.newest(AuditFilter(GUILD), limit=9)
    return [
        (one.action, one.actor_id, json.loads(one.before), json.loads(one.after)) for one in rows
    ]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (JobState.RESERVED, Cancelled.FREE),
        (JobState.SUBMITTING, Cancelled.SOON),
        (JobState.RENDERING, Cancelled.LATE),
    ],
)
async def test_a_job_that_a_moderator_gives_up_is_put_on_record(
    world: World, state: JobState, outcome: Cancelled
) -> None:
    job = await world.bring_to(state)

    assert await world.jobs.cancel(job.id, by_id=MODERATOR) is outcome

    assert await record(world) == [("job.cancel", MODERATOR, state, outcome)]


async def test_what_changes_nothing_or_is_the_requester_s_own_is_not_put_on_record(
    world: World,
) -> None:
    posted = await world.bring_to(JobState.POSTED)
    own = await world.reserve(2)

    await world.jobs.cancel(posted.id, by_id=MODERATOR)
    await world.jobs.cancel(own.id, by_id=REQUESTER)
    await world.deliveries.ask(posted.id, by_id=REQUESTER)
    await world.deliveries.ask(own.id, by_id=MODERATOR)

    assert await record(world) == []


async def test_a_delivery_by_hand_is_put_on_record_also_the_operator_s(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)

    await world.deliveries.ask(job.id, by_id=MODERATOR)
    await world.deliveries.ask(job.id, CHANNEL)

    assert await record(world) == [
        ("delivery.hand", None, "posted", {"channel": "22", "outcome": Redelivery.UNDER_WAY}),
        ("delivery.hand", MODERATOR, "posted", {"channel": "22", "outcome": Redelivery.OWED}),
    ]
