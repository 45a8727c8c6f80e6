from datetime import datetime, timedelta

import pytest

from bot.domain import Job, JobState, MessageKind, Week
from bot.errors import PlaceClosedError, PostLaterError
from bot.pipeline.weekly import WeeklyChore
from bot.store.community.rankings import RankingStore
from bot.store.community.votes import VoteStore
from bot.store.community.weeklies import WeeklyGallery, WeeklyStore
from tests.factories import GUILD
from tests.manual_clock import START
from tests.pipeline.delivering import FakeSurroundings
from tests.store.voting import GALLERY, RESULT, nowhere, open_gallery, vote
from tests.store.world import World

WEEK = Week.of(START)


@pytest.fixture
def surroundings() -> FakeSurroundings:
    return FakeSurroundings()


@pytest.fixture
def chore(world: World, surroundings: FakeSurroundings) -> WeeklyChore:
    store = WeeklyStore(world.database, world.clock)
    rankings = RankingStore(world.database)
    return WeeklyChore(store, rankings, surroundings, lambda: None)


async def favoured(world: World, number: int, by: int) -> Job:
    job = await world.bring_to(JobState.POSTED, number)
    said = [vote(job, member, message_id=RESULT + number) for member in range(1, by + 1)]
    await VoteStore(world.database, world.clock).apply(said, nowhere)
    return job


def until(world: World, moment: datetime) -> None:
    world.clock.advance(moment - world.clock.now())


async def owed(world: World) -> int:
    return await world.count("SELECT count(*) FROM outbox WHERE kind = 'weekly'")


async def test_the_best_of_a_week_owes_the_list_once_when_it_is_over(
    world: World, chore: WeeklyChore
) -> None:
    await open_gallery(world, votes=9, weekly=True)
    await favoured(world, 1, by=1)
    best = await favoured(world, 2, by=2)

    await chore.tick()
    before = await owed(world)
    until(world, WEEK.end)
    for _ in range(3):
        await chore.tick()

    message = await world.message(best.id, MessageKind.WEEKLY)
    assert (before, await owed(world)) == (0, 1)
    assert (message.channel_id, message.sequence) == (GALLERY, WEEK.sequence)


async def test_a_bot_that_was_off_lists_the_last_week_only(
    world: World, chore: WeeklyChore
) -> None:
    await open_gallery(world, weekly=True)
    await favoured(world, 1, by=1)
    until(world, WEEK.end + timedelta(days=7))
    await favoured(world, 2, by=1)
    until(world, WEEK.end + timedelta(days=15))

    await chore.tick()

    assert await world.count("SELECT sum(sequence) FROM outbox WHERE kind = 'weekly'") == (
        Week.of(WEEK.end + timedelta(days=7)).sequence
    )


@pytest.mark.parametrize("weekly", [False, True])
async def test_a_gallery_that_opens_waits_for_its_first_whole_week(
    world: World, chore: WeeklyChore, *, weekly: bool
) -> None:
    await favoured(world, 1, by=1)
    until(world, WEEK.end + timedelta(hours=1))
    await open_gallery(world, weekly=weekly)

    await chore.tick()

    assert await owed(world) == 0


async def test_a_week_of_which_nothing_may_be_seen_there_is_over_without_a_list(
    world: World, chore: WeeklyChore, surroundings: FakeSurroundings
) -> None:
    await open_gallery(world, weekly=True)
    await favoured(world, 1, by=1)
    until(world, WEEK.end)
    surroundings.is_open = False

    await chore.tick()
    surroundings.is_open = True
    await chore.tick()

    assert await owed(world) == 0


async def test_a_discord_that_says_nothing_is_asked_again(
    world: World, chore: WeeklyChore, surroundings: FakeSurroundings
) -> None:
    await open_gallery(world, weekly=True)
    await favoured(world, 1, by=1)
    until(world, WEEK.end)
    surroundings.trouble = PostLaterError("503")

    await chore.tick()
    first = await owed(world)
    surroundings.trouble = None
    await chore.tick()

    assert (first, await owed(world)) == (0, 1)


async def test_a_server_that_the_bot_has_left_is_asked_once(
    world: World, chore: WeeklyChore, surroundings: FakeSurroundings
) -> None:
    await open_gallery(world, weekly=True)
    await favoured(world, 1, by=1)
    until(world, WEEK.end)
    surroundings.trouble = PlaceClosedError("404")

    await chore.tick()
    surroundings.trouble = None
    await chore.tick()

    assert await owed(world) == 0


async def test_two_that_look_at_once_owe_it_once(world: World) -> None:
    job = await favoured(world, 1, by=1)
    store = WeeklyStore(world.database, world.clock)
    gallery = WeeklyGallery(GUILD, GALLERY, WEEK)

    assert [await store.owe(gallery, job) for _ in range(2)] == [True, False]
    assert await owed(world) == 1
