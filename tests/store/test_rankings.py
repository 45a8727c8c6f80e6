from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import Job, JobState, MessageKind, PostedVideo, VoteKind, Week
from bot.store.community.rankings import RankingFilter, RankingStore
from bot.store.community.votes import VoteStore
from tests.factories import CHANNEL, GUILD, REQUESTER
from tests.manual_clock import START
from tests.store.voting import RESULT, nowhere, vote
from tests.store.world import World

ALL = RankingFilter(GUILD)


@pytest.fixture
def rankings(world: World) -> RankingStore:
    return RankingStore(world.database)


async def favoured(world: World, number: int, *, by: int, against: int = 0) -> Job:
    """Post a video that so many members are for and against."""
    job = await world.bring_to(JobState.POSTED, number)
    said = [
        *(vote(job, member, message_id=RESULT + number) for member in range(1, by + 1)),
        *(
            vote(job, member, "👎", message_id=RESULT + number, kind=VoteKind.DISFAVOUR)
            for member in range(50, 50 + against)
        ),
    ]
    await VoteStore(world.database, world.clock).apply(said, nowhere)
    return job


async def best(rankings: RankingStore, which: RankingFilter = ALL) -> list[str]:
    return [one.job.id for one in await rankings.best(which, limit=9)]


async def test_the_best_come_first(world: World, rankings: RankingStore) -> None:
    few = await favoured(world, 1, by=1)
    many = await favoured(world, 2, by=3, against=2)
    liked = await favoured(world, 3, by=3, against=1)
    world.clock.advance(seconds=1)
    newer = await favoured(world, 4, by=1)
    await favoured(world, 5, by=0, against=1)

    found = await rankings.best(ALL, limit=9)

    assert [one.job for one in found] == [liked, many, newer, few]
    assert [(one.favours, one.disfavours) for one in found] == [(3, 1), (3, 2), (1, 0), (1, 0)]
    assert await rankings.count(ALL) == 4
    second = await rankings.best(ALL, limit=2, offset=1)
    assert [one.job for one in second] == [many, newer]


async def test_a_member_with_several_emojis_counts_once(
    world: World, rankings: RankingStore
) -> None:
    job = await favoured(world, 1, by=2)
    store = VoteStore(world.database, world.clock)
    more = [vote(job, 1, "❤️"), vote(job, 1, message_id=7), vote(job, 2, "👍")]
    await store.apply(more, nowhere)

    (found,) = await rankings.best(ALL, limit=9)

    assert (found.favours, await rankings.count(ALL)) == (2, 1)


@pytest.mark.parametrize(
    "change", ["removed_at = created_at", "hidden_at = created_at", "is_private = TRUE"]
)
async def test_what_was_withdrawn_is_not_listed(
    world: World, rankings: RankingStore, change: str
) -> None:
    await favoured(world, 1, by=2)
    await world.execute(f"UPDATE jobs SET {change}")  # noqa: S608 - a text of this file

    assert await best(rankings) == []
    assert await rankings.count(ALL) == 0


async def test_a_list_may_be_of_a_time_a_member_and_some_channels(
    world: World, rankings: RankingStore
) -> None:
    old = await favoured(world, 1, by=2)
    world.clock.advance(timedelta(days=8))
    new = await favoured(world, 2, by=1)
    week = START + timedelta(days=1)
    await world.execute("UPDATE jobs SET channel_id = 5, parent_id = 6 WHERE id = :id", id=old.id)

    def which(**values: object) -> RankingFilter:
        return RankingFilter(GUILD, **values)  # type: ignore[arg-type]

    assert await best(rankings, which(since=week)) == [new.id]
    assert await best(rankings, which(until=week)) == [old.id]
    assert await best(rankings, which(member_id=REQUESTER)) == [old.id, new.id]
    assert await best(rankings, which(member_id=1)) == []
    assert await best(rankings, which(channel_ids={CHANNEL})) == [new.id]
    assert await best(rankings, which(channel_ids={6})) == [old.id]
    assert await best(rankings, which(channel_ids=frozenset())) == []
    assert await best(rankings, RankingFilter(GUILD + 1)) == []


async def test_a_video_is_seen_where_its_result_is_or_was_posted_again(
    world: World, rankings: RankingStore
) -> None:
    job = await favoured(world, 1, by=1)
    assert await rankings.seen(job.id) == PostedVideo(CHANNEL, RESULT)

    await world.execute("UPDATE outbox SET place = 'requester' WHERE kind = 'result'")
    assert await rankings.seen(job.id) is None

    await world.deliveries.ask(job.id)
    message = await world.begin_sending(job.id, MessageKind.DELIVERY)
    await world.outbox.mark_sent(message, channel_id=8, message_id=950)
    (found,) = await rankings.best(ALL, limit=9)
    assert found.message == PostedVideo(8, 950)


async def test_the_best_of_a_week_are_of_its_days_and_not_covered(
    world: World, rankings: RankingStore
) -> None:
    job = await favoured(world, 1, by=1)
    covered = await favoured(world, 2, by=2)
    await world.execute("UPDATE jobs SET is_spoiler = TRUE WHERE id = :id", id=covered.id)
    week = Week.of(START)

    found = await rankings.of_week(GUILD, week, limit=5)

    assert [one.job.id for one in found] == [job.id]
    assert await rankings.of_week(GUILD, week.before, limit=5) == []


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), Week(2026, 47)),
        (datetime(2026, 11, 23, tzinfo=UTC), Week(2026, 48)),
        (datetime(2027, 1, 1, tzinfo=UTC), Week(2026, 53)),
        (datetime(2024, 12, 30, tzinfo=UTC), Week(2025, 1)),
    ],
)
def test_a_week_is_that_of_the_calendar(moment: datetime, week: Week) -> None:
    assert Week.of(moment) == week
    assert week.begin <= moment < week.end
    assert Week.counted(week.sequence) == week
    assert week.before.end == week.begin
