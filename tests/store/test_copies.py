from dataclasses import replace

import pytest

from bot.domain import Job, JobState, MessageKind, PolicyName, Ruling, Vote, VoteKind
from bot.store.community.votes import VoteStore
from bot.store.engines.restored import make_safe
from bot.store.moderation.desk import CaseStore, Order
from bot.store.moderation.policies import server
from bot.store.moderation.posted import COVERED
from bot.store.moderation.reports import ReportStore
from bot.store.moderation.takedowns import TakedownStore
from tests.factories import GUILD
from tests.store.voting import GALLERY, anywhere, copies, nowhere, open_gallery, vote
from tests.store.world import World

MODERATOR = 77


@pytest.fixture
def votes(world: World) -> VoteStore:
    return VoteStore(world.database, world.clock)


def many(job: Job, count: int = 3) -> list[Vote]:
    return [vote(job, member) for member in range(1, count + 1)]


async def test_the_vote_that_makes_up_the_number_owes_one_copy(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world)

    owed = [await votes.apply([one], anywhere) for one in many(job, 5)]

    assert owed == [False, False, True, False, False]
    message = await world.message(job.id, MessageKind.GALLERY)
    assert (message.channel_id, message.sequence) == (GALLERY, 1)
    assert "asked:gallery" in await world.events(job.id)


async def test_votes_against_a_video_do_not_bring_it_there(world: World, votes: VoteStore) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world, votes=1)

    await votes.apply([replace(vote(job, 1), kind=VoteKind.DISFAVOUR)], anywhere)

    assert await copies(world, job) == 0


async def test_without_a_gallery_nothing_is_owed_and_the_next_vote_makes_up_for_it(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)

    before = await votes.apply(many(job), anywhere)
    await open_gallery(world)
    after = await votes.apply([vote(job, 9)], anywhere)

    assert (before, after) == (False, True)


async def test_what_may_not_be_seen_there_is_not_owed(world: World, votes: VoteStore) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world)

    assert not await votes.apply(many(job), nowhere)
    assert await copies(world, job) == 0


@pytest.mark.parametrize(
    "change",
    [
        "removed_at = created_at",
        "hidden_at = created_at",
        "is_spoiler = TRUE",
        "is_private = TRUE",
        "file_removed_at = created_at",
    ],
)
async def test_a_video_that_was_withdrawn_is_not_copied(
    world: World, votes: VoteStore, change: str
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world)
    await world.execute(f"UPDATE jobs SET {change}")  # noqa: S608 - a text of this file

    assert not await votes.apply(many(job), anywhere)


async def test_a_copy_that_was_covered_comes_again_when_the_video_stays(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world)
    await votes.apply(many(job), anywhere)
    message = await world.begin_sending(job.id, MessageKind.GALLERY)
    await world.outbox.mark_sent(message, channel_id=GALLERY, message_id=970)
    for member in (1, 2, 3):
        await ReportStore(world.database, world.clock).report(job.id, member)
    await world.execute("UPDATE outbox SET shown = :shown WHERE kind = 'gallery'", shown=COVERED)
    world.clock.advance(seconds=1)

    case_id = await world.count("SELECT max(id) FROM cases")
    order = Order(case_id, GUILD, Ruling.APPROVE, MODERATOR)
    await CaseStore(world.database, world.clock).decide(order)

    assert (await world.message(job.id, MessageKind.GALLERY)).sequence == 2
    takedown = (await TakedownStore(world.database, world.clock).due(limit=5))[0]
    leaving = await TakedownStore(world.database, world.clock).messages(takedown)
    assert [one.message_id for one in leaving] == [970]


async def test_a_video_that_had_no_copy_gets_none_by_staying(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world, votes=9)
    await votes.apply(many(job), anywhere)
    for member in (1, 2, 3):
        await ReportStore(world.database, world.clock).report(job.id, member)

    case_id = await world.count("SELECT max(id) FROM cases")
    order = Order(case_id, GUILD, Ruling.APPROVE, MODERATOR)
    await CaseStore(world.database, world.clock).decide(order)

    assert await copies(world, job) == 0


async def test_after_a_restore_a_copy_is_looked_for_before_it_is_posted(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world)
    backed_up_at = world.clock.now()
    world.clock.advance(seconds=99)
    await make_safe(world.database, world.clock, set())

    await votes.apply(many(job), anywhere)

    message = await world.message(job.id, MessageKind.GALLERY)
    assert (message.state, message.first_at) == ("sending", backed_up_at)


async def test_a_gallery_that_was_closed_owes_nothing(world: World, votes: VoteStore) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world)
    await world.policies.remove_policy(server(GUILD), PolicyName.GALLERY, MODERATOR)

    assert not await votes.apply(many(job), anywhere)
