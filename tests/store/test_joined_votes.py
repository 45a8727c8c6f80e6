import pytest

from bot.domain import Job, JobState, MessageKind, PostedVideo, Ruling
from bot.store.community.rankings import RankingFilter, RankingStore
from bot.store.community.votes import VoteStore
from bot.store.moderation.desk import CaseStore, Order
from bot.store.moderation.followed import FollowingStore
from bot.store.moderation.reports import ReportStore
from bot.store.moderation.takedowns import TakedownStore
from tests.factories import CHANNEL, GUILD
from tests.limits.asking import MODERATOR
from tests.store.stories import WHOLE, Stories, make_stories
from tests.store.voting import GALLERY, anywhere, open_gallery, vote
from tests.store.world import World

JOINED = PostedVideo(CHANNEL, 950)
COPY = PostedVideo(GALLERY, 960)


@pytest.fixture
def stories(world: World) -> Stories:
    return make_stories(world)


@pytest.fixture
def takedowns(world: World) -> TakedownStore:
    return TakedownStore(world.database, world.clock)


async def favoured(world: World, stories: Stories) -> list[Job]:
    """Post three scenes and the whole, which somebody favours, and owe its copy."""
    scenes = await stories.told(3)
    await stories.boards.mark_joined(await stories.joining(), WHOLE)
    sending = await world.begin_sending(scenes[2].id, MessageKind.JOINED)
    await world.outbox.mark_sent(sending, channel_id=CHANNEL, message_id=JOINED.message_id)
    await open_gallery(world, votes=1)
    cast = vote(scenes[2], 1, message_id=JOINED.message_id)
    assert await VoteStore(world.database, world.clock).apply([cast], anywhere)
    return scenes


async def post_copy(world: World, scene: Job) -> None:
    sending = await world.begin_sending(scene.id, MessageKind.GALLERY)
    await world.outbox.mark_sent(sending, channel_id=GALLERY, message_id=COPY.message_id)


async def test_a_vote_under_the_whole_brings_the_whole_to_the_gallery_and_the_list(
    world: World, stories: Stories
) -> None:
    scenes = await favoured(world, stories)

    shown = await world.questions.job_of(await world.message(scenes[2].id, MessageKind.GALLERY))
    (best,) = await RankingStore(world.database).best(RankingFilter(GUILD), limit=9)

    assert shown is not None
    assert (shown.video, shown.is_joined) == (WHOLE, True)
    assert (best.job, best.message) == (shown, JOINED)


async def test_the_copy_goes_with_any_part_of_it_and_comes_back(
    world: World, stories: Stories, takedowns: TakedownStore
) -> None:
    scenes = await favoured(world, stories)
    await post_copy(world, scenes[2])
    reports = ReportStore(world.database, world.clock)
    for member_id in (701, 702, 703):
        await reports.report(scenes[0].id, member_id)
    (hiding,) = await takedowns.due(limit=8)
    covered = await takedowns.messages(hiding)
    for message in covered:
        await takedowns.mark_covered(message)

    case_id = await world.count("SELECT max(id) FROM cases")
    desk = CaseStore(world.database, world.clock)
    await desk.decide(Order(case_id, GUILD, Ruling.APPROVE, MODERATOR))

    assert {JOINED, COPY} <= {*covered}
    copy = await world.count("SELECT max(sequence) FROM outbox WHERE kind = 'gallery'")
    assert copy == 2


async def test_what_is_private_in_it_keeps_the_whole_from_others(
    world: World, stories: Stories
) -> None:
    scenes = await favoured(world, stories)
    await world.execute("UPDATE jobs SET is_private = TRUE WHERE scene = 1")

    shown = await world.questions.job_of(await world.message(scenes[2].id, MessageKind.GALLERY))
    (best,) = await RankingStore(world.database).best(RankingFilter(GUILD), limit=9)

    assert shown is not None
    assert shown.is_private
    assert (best.job.id, best.job.is_joined) == (scenes[2].id, False)


async def test_a_video_that_was_private_is_seen_where_it_was_published(world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.execute("UPDATE jobs SET is_private = TRUE")
    await world.deliveries.publish(job.id)
    rankings = RankingStore(world.database)

    before = await rankings.seen(job.id)
    sending = await world.begin_sending(job.id, MessageKind.DELIVERY)
    await world.outbox.mark_sent(sending, channel_id=CHANNEL, message_id=JOINED.message_id)

    assert (before, await rankings.seen(job.id)) == (None, JOINED)


async def test_the_copy_of_the_whole_follows_the_whole_and_no_scene(
    world: World, stories: Stories, takedowns: TakedownStore
) -> None:
    scenes = await favoured(world, stories)
    await post_copy(world, scenes[2])
    following = FollowingStore(world.database, world.clock)
    scene = PostedVideo(CHANNEL, 900)

    assert not await following.original_gone(scenes[2].id, scene)
    assert await following.original_gone(scenes[2].id, JOINED)

    (takedown,) = await takedowns.due(limit=8)
    assert await takedowns.messages(takedown) == [COPY]
