from datetime import timedelta

import pytest

from bot.domain import (
    CaseKind,
    Job,
    JobState,
    MessageKind,
    MessageState,
    Place,
    PolicyName,
    PostedVideo,
    Redelivery,
    Removal,
    Removed,
    Ruling,
    Takedown,
)
from bot.store.moderation.desk import CaseStore, Order
from bot.store.moderation.policies import server
from bot.store.moderation.posted import COVERED
from bot.store.moderation.reports import ReportStore
from bot.store.moderation.takedowns import TakedownStore
from bot.store.record.audit import AuditFilter
from tests.factories import CHANNEL, GUILD, REQUESTER, make_viewer
from tests.manual_clock import START
from tests.store.world import World

MODERATOR = 77
RESULT = PostedVideo(CHANNEL, 900)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def takedowns(world: World) -> TakedownStore:
    return TakedownStore(world.database, world.clock)


async def posted(world: World) -> Job:
    """Bring a job to its end, with its card folded."""
    job = await world.bring_to(JobState.POSTED)
    await world.execute(
        "UPDATE outbox SET state = 'sent', message_id = 500, due_at = NULL, shown = 'done',"
        " folded_at = :at WHERE kind = 'card'",
        at=world.clock.now(),
    )
    return job


async def deliver(world: World, job: Job, place: Place = Place.CHANNEL) -> PostedVideo:
    await world.deliveries.ask(job.id, CHANNEL + 1, for_moderator=True)
    owed = await world.owed(job.id, MessageKind.DELIVERY)
    sending = await world.outbox.start_sending(owed, place)
    await world.outbox.mark_sent(sending, channel_id=CHANNEL + 1, message_id=901)
    return PostedVideo(CHANNEL + 1, 901, REQUESTER if place is Place.REQUESTER else None)


async def the_one(takedowns: TakedownStore) -> Takedown:
    (takedown,) = await takedowns.due(limit=5)
    return takedown


async def test_a_removal_is_one_commit_with_its_line_on_record(
    world: World, takedowns: TakedownStore
) -> None:
    job = await posted(world)

    outcome = await takedowns.remove(job.id, MODERATOR)

    removed = await world.job(job.id)
    assert outcome is Removed.REMOVED
    assert (removed.removed_by_id, removed.removed_at) == (MODERATOR, START)
    assert removed.updated_at == job.updated_at
    assert await the_one(takedowns) == Takedown(job.id, Removal.REMOVE, MODERATOR, False, START)  # noqa: FBT003 - as the row
    (row,) = await world.audit.newest(AuditFilter(GUILD), limit=5)
    assert (row.action, row.actor_id, row.target) == ("removal.ask", MODERATOR, f"job:{job.id}")
    assert [one.job_id for _, one in await world.outbox.live_cards()] == [job.id]


async def test_a_removal_takes_every_message_that_has_the_video(
    world: World, takedowns: TakedownStore
) -> None:
    job = await posted(world)
    direct = await deliver(world, job, Place.REQUESTER)
    seen = PostedVideo(CHANNEL, 999)

    await takedowns.remove(job.id, MODERATOR, seen)

    assert await takedowns.messages(await the_one(takedowns)) == [RESULT, direct, seen]


async def test_a_message_that_is_known_is_not_listed_twice(
    world: World, takedowns: TakedownStore
) -> None:
    job = await posted(world)

    await takedowns.remove(job.id, MODERATOR, RESULT)

    assert await takedowns.messages(await the_one(takedowns)) == [RESULT]


async def test_the_second_removal_changes_nothing(world: World, takedowns: TakedownStore) -> None:
    job = await posted(world)
    await takedowns.remove(job.id, MODERATOR)
    world.clock.advance(MINUTE)

    outcome = await takedowns.remove(job.id, REQUESTER)

    assert outcome is Removed.ALREADY
    assert (await world.job(job.id)).removed_by_id == MODERATOR
    assert len(await world.audit.newest(AuditFilter(GUILD), limit=5)) == 1


@pytest.mark.parametrize("state", [JobState.RENDERING, JobState.STORED, JobState.TOLD])
async def test_without_a_posted_video_nothing_is_removed(
    world: World, takedowns: TakedownStore, state: JobState
) -> None:
    job = await world.bring_to(state)

    assert await takedowns.remove(job.id, MODERATOR) is Removed.NO_VIDEO
    assert await world.job(job.id) == job
    assert await takedowns.due(limit=5) == []


async def test_the_file_goes_by_the_setting_of_the_server(
    world: World, takedowns: TakedownStore
) -> None:
    job = await posted(world)
    await world.policies.set_policy(server(GUILD), PolicyName.REMOVE_FILES, True, MODERATOR)  # noqa: FBT003 - the value

    await takedowns.remove(job.id, MODERATOR)

    assert (await the_one(takedowns)).removes_file


async def test_a_removed_video_is_neither_posted_nor_used_again(
    world: World, takedowns: TakedownStore
) -> None:
    job = await posted(world)
    await takedowns.remove(job.id, MODERATOR)

    assert await world.deliveries.ask(job.id, for_moderator=True) is Redelivery.REMOVED
    assert await world.questions.videos(make_viewer(), limit=5) == []


async def test_a_delivery_on_its_way_is_awaited(world: World, takedowns: TakedownStore) -> None:
    job = await posted(world)
    await world.deliveries.ask(job.id)
    await takedowns.remove(job.id, MODERATOR)
    takedown = await the_one(takedowns)

    is_awaited = await takedowns.is_awaited(takedown)
    await world.execute("UPDATE outbox SET state = 'dropped', due_at = NULL")

    assert is_awaited
    assert not await takedowns.is_awaited(takedown)


async def test_what_could_not_be_done_comes_back(world: World, takedowns: TakedownStore) -> None:
    job = await posted(world)
    await takedowns.remove(job.id, MODERATOR)

    await takedowns.retry(await the_one(takedowns), START + MINUTE)
    at_once = await takedowns.due(limit=5)
    world.clock.advance(MINUTE)
    later = await the_one(takedowns)
    await takedowns.finish(later)

    assert (at_once, later.attempts) == ([], 1)
    assert await takedowns.due(limit=5) == []


async def report(world: World, job: Job, *members: int) -> None:
    store = ReportStore(world.database, world.clock)
    for member in members:
        await store.report(job.id, member)


async def decide(world: World, ruling: Ruling) -> None:
    case_id = await world.count("SELECT max(id) FROM cases WHERE state = 'open'")
    order = Order(case_id, GUILD, ruling, MODERATOR, "because")
    await CaseStore(world.database, world.clock).decide(order)


async def test_a_hidden_video_is_covered_but_not_what_moderators_have_posted_since(
    world: World, takedowns: TakedownStore
) -> None:
    job = await posted(world)
    await report(world, job, 1, 2, 3)
    refused = await world.deliveries.ask(job.id)
    world.clock.advance(MINUTE)
    await deliver(world, job)

    takedown = await the_one(takedowns)

    assert refused is Redelivery.HIDDEN
    assert (takedown.kind, takedown.by_id) == (Removal.HIDE, None)
    assert await takedowns.messages(takedown) == [RESULT]


async def test_a_removal_during_a_cover_is_not_lost(world: World, takedowns: TakedownStore) -> None:
    job = await posted(world)
    await report(world, job, 1, 2, 3)
    hiding = await the_one(takedowns)
    await takedowns.remove(job.id, MODERATOR)

    await takedowns.finish(hiding)

    assert (await the_one(takedowns)).kind is Removal.REMOVE
    assert (await world.job(job.id)).hidden_at is None


async def test_a_video_that_stays_is_posted_again_and_its_cover_cleared_away(
    world: World, takedowns: TakedownStore
) -> None:
    job = await posted(world)
    await report(world, job, 1, 2, 3)
    await takedowns.mark_covered(RESULT)

    await decide(world, Ruling.APPROVE)

    takedown = await the_one(takedowns)
    owed = await world.message(job.id, MessageKind.DELIVERY)
    assert (await world.job(job.id)).hidden_at is None
    assert (takedown.kind, owed.state) == (Removal.CLEAR, MessageState.PENDING)
    assert await takedowns.messages(takedown) == [RESULT]
    assert (await world.message(job.id, MessageKind.RESULT)).shown == COVERED


async def test_a_video_that_was_not_hidden_stays_as_it_is(
    world: World, takedowns: TakedownStore
) -> None:
    job = await posted(world)
    await report(world, job, 1)

    await decide(world, Ruling.APPROVE)

    assert await takedowns.due(limit=5) == []
    assert await world.outbox.message(job.id, MessageKind.DELIVERY) is None


async def test_a_rejected_video_is_removed_by_who_decided(
    world: World, takedowns: TakedownStore
) -> None:
    job = await posted(world)
    await report(world, job, 1, 2, 3)

    await decide(world, Ruling.REJECT)

    removed = await world.job(job.id)
    assert (removed.removed_by_id, removed.note) == (MODERATOR, "because")
    assert (await the_one(takedowns)).kind is Removal.REMOVE
    actions = [row.action for row in await world.audit.newest(AuditFilter(GUILD), limit=5)]
    assert actions == ["case.reject", "removal.ask", "report.hide"]


async def test_a_removal_closes_the_case_about_it(world: World, takedowns: TakedownStore) -> None:
    job = await posted(world)
    await report(world, job, 1)

    await takedowns.remove(job.id, REQUESTER)

    closed = "SELECT count(*) FROM cases WHERE state = 'closed' AND kind = :kind"
    assert await world.count(closed, kind=CaseKind.REPORT) == 1
