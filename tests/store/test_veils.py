import pytest

from bot.domain import JobState, MessageKind, PostedVideo, Removal, Veiled
from bot.store.community.votes import VoteStore
from bot.store.moderation.posted import COVERED
from bot.store.moderation.takedowns import TakedownStore
from bot.store.moderation.veils import VeilStore
from bot.store.record.audit import AuditFilter
from tests.factories import CHANNEL, GUILD, REQUESTER
from tests.store.voting import GALLERY, RESULT, anywhere, open_gallery, vote
from tests.store.world import World


@pytest.fixture
def veils(world: World) -> VeilStore:
    return VeilStore(world.database, world.clock)


async def test_a_veiled_video_is_covered_where_it_is_and_leaves_the_gallery(
    world: World, veils: VeilStore
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await open_gallery(world, votes=1)
    await VoteStore(world.database, world.clock).apply([vote(job, 1)], anywhere)
    copy = await world.begin_sending(job.id, MessageKind.GALLERY)
    await world.outbox.mark_sent(copy, channel_id=GALLERY, message_id=970)
    takedowns = TakedownStore(world.database, world.clock)

    outcomes = [await veils.veil(job.id, REQUESTER) for _ in range(2)]

    (takedown,) = await takedowns.due(limit=5)
    assert outcomes == [Veiled.VEILED, Veiled.ALREADY]
    assert (await world.job(job.id)).is_spoiler
    assert takedown.kind is Removal.VEIL
    assert await takedowns.messages(takedown) == [PostedVideo(CHANNEL, RESULT)]
    assert await takedowns.leaving(takedown) == [PostedVideo(GALLERY, 970)]
    assert not await takedowns.is_awaited(takedown)
    (row,) = await world.audit.newest(AuditFilter(GUILD, action="cover"), limit=5)
    assert (row.actor_id, row.target) == (REQUESTER, f"job:{job.id}")


async def test_what_was_hidden_and_is_to_go_still_goes(world: World, veils: VeilStore) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.execute("UPDATE outbox SET shown = :shown WHERE kind = 'result'", shown=COVERED)
    takedowns = TakedownStore(world.database, world.clock)

    await veils.veil(job.id, REQUESTER)

    (takedown,) = await takedowns.due(limit=5)
    assert await takedowns.messages(takedown) == []
    assert await takedowns.leaving(takedown) == [PostedVideo(CHANNEL, RESULT)]


async def test_a_video_that_is_being_made_is_posted_behind_a_cover(
    world: World, veils: VeilStore
) -> None:
    job = await world.bring_to(JobState.STORED)
    takedowns = TakedownStore(world.database, world.clock)

    await veils.veil(job.id, REQUESTER)

    (takedown,) = await takedowns.due(limit=5)
    assert (await world.job(job.id)).is_spoiler
    assert await takedowns.is_awaited(takedown)


@pytest.mark.parametrize("change", ["removed_at = created_at", "hidden_at = created_at"])
async def test_what_is_withdrawn_is_not_veiled(world: World, veils: VeilStore, change: str) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.execute(f"UPDATE jobs SET {change}")  # noqa: S608 - a text of this file

    assert await veils.veil(job.id, REQUESTER) is Veiled.WITHDRAWN
    assert not (await world.job(job.id)).is_spoiler
