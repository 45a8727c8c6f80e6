import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import (
    Cleared,
    JobState,
    PostedVideo,
    Standing,
    Vote,
    VoteKind,
    Withdrawn,
)
from bot.store.community.votes import VoteStore
from bot.store.engines.engine import open_database
from bot.store.privacy import PrivacyStore
from tests.factories import CHANNEL, GUILD, REQUESTER
from tests.manual_clock import ManualClock
from tests.store.engines import Engine
from tests.store.voting import (
    DOWN,
    HEART,
    RESULT,
    STAR,
    anywhere,
    copies,
    members,
    nowhere,
    open_gallery,
    vote,
)
from tests.store.world import World, make_world

MESSAGE = PostedVideo(CHANNEL, RESULT)
WEEKS = timedelta(weeks=2)
PROGRAM = (sys.executable, "-m", "tests.store.other_process", "vote")


@pytest.fixture
def votes(world: World) -> VoteStore:
    return VoteStore(world.database, world.clock)


async def test_a_member_counts_once_whatever_they_put_under_it(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)

    await votes.apply([vote(job, 1), vote(job, 1), vote(job, 1, HEART)], nowhere)
    await votes.apply([vote(job, 1, message_id=901), vote(job, 2)], nowhere)

    assert await members(world, job) == 2
    assert await world.count("SELECT count(*) FROM votes") == 4


async def test_of_two_tones_one_may_go_and_the_other_still_counts(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)

    await votes.apply([vote(job, 1, "👍"), vote(job, 1, "👍🏽")], nowhere)
    await votes.apply([Withdrawn(RESULT, 1, "👍🏽")], nowhere)

    assert await members(world, job) == 1


async def test_changes_are_written_in_their_order(world: World, votes: VoteStore) -> None:
    job = await world.bring_to(JobState.POSTED)

    await votes.apply(
        [vote(job, 1), Withdrawn(RESULT, 1, STAR), vote(job, 2), Cleared(RESULT), vote(job, 3)],
        nowhere,
    )
    await votes.apply([vote(job, 4, HEART), Cleared(RESULT, STAR)], nowhere)

    assert await world.count("SELECT max(member_id) FROM votes") == 4
    assert await members(world, job) == 1


async def test_nobody_votes_for_their_own(world: World, votes: VoteStore) -> None:
    job = await world.bring_to(JobState.POSTED)

    await votes.apply([vote(job, REQUESTER)], nowhere)

    assert await members(world, job) == 0


async def test_a_vote_for_a_job_that_is_not_there_is_no_trouble(
    world: World, votes: VoteStore
) -> None:
    now = world.clock.now()
    await votes.apply([Vote(RESULT, 1, STAR, "gone", GUILD, VoteKind.FAVOUR, now)], nowhere)
    await votes.apply([Withdrawn(RESULT, 1, STAR), Cleared(RESULT)], nowhere)

    assert await world.count("SELECT count(*) FROM votes") == 0


async def test_a_wish_is_kept_once_until_its_reaction_is_gone(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    wish = vote(job, REQUESTER, "🔁", kind=VoteKind.AGAIN)

    first = await votes.keep(wish)
    world.clock.advance(seconds=9)
    later = replace(wish, at=world.clock.now())
    again = await votes.keep(later)
    await votes.apply([Withdrawn(RESULT, REQUESTER, "🔁")], nowhere)
    anew = await votes.keep(later)

    assert (first, again, anew) == (wish, wish, later)


async def test_what_happened_while_nobody_listened_is_made_up_for(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    other = vote(job, 4, DOWN, message_id=901, kind=VoteKind.DISFAVOUR)
    await votes.apply(
        [vote(job, 1), vote(job, 2), vote(job, 3, HEART), other],
        nowhere,
    )
    await votes.keep(vote(job, 1, "🔁", kind=VoteKind.AGAIN))
    await votes.keep(vote(job, 2, "🔁", kind=VoteKind.AGAIN))

    found = [
        Standing(STAR, VoteKind.FAVOUR, frozenset({2, 5, REQUESTER})),
        Standing(DOWN, VoteKind.DISFAVOUR, frozenset({6})),
        Standing("🔁", VoteKind.AGAIN, frozenset({2, 7})),
    ]
    await votes.reconcile(job.id, MESSAGE, found, nowhere)
    await votes.reconcile(job.id, MESSAGE, found, nowhere)

    assert await members(world, job) == 2
    assert await members(world, job, VoteKind.DISFAVOUR) == 2
    assert await world.count("SELECT member_id FROM votes WHERE kind = 'again'") == 2
    assert await world.count("SELECT count(*) FROM votes WHERE message_id = 900") == 4


async def test_of_more_than_can_be_asked_for_nobody_is_taken_away(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await votes.apply([vote(job, 1)], nowhere)

    many = Standing(STAR, VoteKind.FAVOUR, frozenset({2}), is_whole=False)
    await votes.reconcile(job.id, MESSAGE, [many], nowhere)

    assert await members(world, job) == 2


async def test_an_emoji_that_means_something_else_now_is_counted_as_that(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await votes.apply([vote(job, 1)], nowhere)

    other = Standing(STAR, VoteKind.DISFAVOUR, frozenset({1}))
    await votes.reconcile(job.id, MESSAGE, [other], nowhere)

    assert await members(world, job) == 0
    assert await members(world, job, VoteKind.DISFAVOUR) == 1


async def test_who_had_themselves_forgotten_is_not_written_down_again(
    world: World, votes: VoteStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await votes.apply([vote(job, 1), vote(job, 2)], nowhere)
    world.clock.advance(seconds=1)
    await PrivacyStore(world.database, world.clock).forget(GUILD, 1)
    before = await members(world, job)

    stands = Standing(STAR, VoteKind.FAVOUR, frozenset({1, 2}))
    await votes.reconcile(job.id, MESSAGE, [stands], nowhere)
    after = await members(world, job)
    await votes.apply([vote(job, 1)], nowhere)

    assert (before, after, await members(world, job)) == (1, 1, 2)


async def test_the_votes_of_a_message_go_with_it(world: World, votes: VoteStore) -> None:
    job = await world.bring_to(JobState.POSTED)
    await votes.apply([vote(job, 1), vote(job, 2, message_id=901)], nowhere)

    await votes.drop(RESULT)

    assert await members(world, job) == 1


async def test_what_was_posted_lately_is_listed_the_newest_first(
    world: World, votes: VoteStore
) -> None:
    await world.bring_to(JobState.POSTED, 1)
    world.clock.advance(WEEKS)
    second = await world.bring_to(JobState.POSTED, 2)
    world.clock.advance(seconds=1)
    third = await world.bring_to(JobState.POSTED, 3)
    await world.bring_to(JobState.STORED, 4)
    direct = await world.bring_to(JobState.POSTED, 5)
    await world.execute("UPDATE outbox SET place = 'requester' WHERE job_id = :job", job=direct.id)

    found = await votes.recent(timedelta(days=1), limit=9)

    assert found == [(third.id, MESSAGE), (second.id, MESSAGE)]
    assert await votes.recent(timedelta(days=1), limit=1) == [(third.id, MESSAGE)]


async def test_three_votes_at_once_owe_one_copy(world: World, votes: VoteStore) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world)

    owed = await asyncio.gather(
        *(votes.apply([vote(job, member)], anywhere) for member in range(1, 9))
    )

    assert sum(owed) == 1
    assert await copies(world, job) == 1


async def test_two_processes_that_hear_the_same_count_it_once(engine: Engine) -> None:
    url = engine.migrated()
    async with open_database(url, patience=timedelta(minutes=1)) as database:
        world = make_world(database, ManualClock())
        job = await world.bring_to(JobState.POSTED)
        others = 39  # of forty one is the requester
        await open_gallery(world, votes=others)
        running = [
            await asyncio.create_subprocess_exec(
                *PROGRAM, url, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
            for _ in range(2)
        ]
        for process in running:
            assert process.stdout is not None
            await process.stdout.readline()
        outputs = await asyncio.gather(
            *(process.communicate(f"{job.id}\n".encode()) for process in running)
        )

        owed = [line for out, _ in outputs for line in out.decode().split()]
        assert owed.count("owed") == 1
        assert owed.count("done") == 2
        assert await members(world, job) == others
        assert await copies(world, job) == 1
