from datetime import timedelta

import pytest

from bot.domain import SentFile
from bot.store.community.drafts import LIFE, DraftStore
from bot.store.retention import RetentionStore
from tests.factories import GUILD, REQUESTER
from tests.store.world import World

FOX = SentFile("fox.png", "https://cdn.example/fox.png", 900)
BEAR = SentFile("bear", "https://cdn.example/bear")
SECOND = timedelta(seconds=1)


@pytest.fixture
def drafts(world: World) -> DraftStore:
    return DraftStore(world.database, world.clock)


async def test_images_are_found_again_by_their_member_in_their_server(drafts: DraftStore) -> None:
    first = await drafts.keep(GUILD, REQUESTER, [FOX])
    second = await drafts.keep(GUILD, REQUESTER, [FOX, BEAR])

    assert await drafts.images(first, GUILD, REQUESTER) == (FOX,)
    assert await drafts.images(second, GUILD, REQUESTER) == (FOX, BEAR)
    assert await drafts.images(first, GUILD, REQUESTER + 1) is None
    assert await drafts.images(first, GUILD + 1, REQUESTER) is None
    assert await drafts.images(99, GUILD, REQUESTER) is None


async def test_they_are_known_for_a_day_and_then_swept(world: World, drafts: DraftStore) -> None:
    old = await drafts.keep(GUILD, REQUESTER, [FOX])
    world.clock.advance(LIFE - SECOND)
    young = await drafts.keep(GUILD, REQUESTER, [BEAR])
    still = await drafts.images(old, GUILD, REQUESTER)
    world.clock.advance(SECOND)

    expired = await drafts.images(old, GUILD, REQUESTER)
    world.clock.advance(SECOND)
    await RetentionStore(world.database, world.clock).drop_drafts(world.clock.now() - LIFE)

    assert (still, expired) == ((FOX,), None)
    assert await world.count("SELECT count(*) FROM drafts") == 1
    assert await drafts.images(young, GUILD, REQUESTER) == (BEAR,)
