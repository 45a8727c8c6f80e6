from datetime import timedelta

import pytest

from bot.domain import Emoji, JobState, PolicyName
from bot.errors import BotError, MessageGoneError, PlaceClosedError, PostLaterError
from bot.limits.reactions import with_own
from bot.pipeline.reacting.adorn import PATIENCE, AdornmentRound
from bot.store.community.adornments import AdornmentStore
from bot.store.moderation.policies import server
from tests.factories import GUILD
from tests.pipeline.reacting import HEART, MESSAGE, STAR, FakeReactions
from tests.store.world import World

SOON = timedelta(seconds=31)


@pytest.fixture
def discord() -> FakeReactions:
    return FakeReactions()


@pytest.fixture
async def adorner(world: World, discord: FakeReactions) -> AdornmentRound:
    """Owe a posted video two reactions."""
    value = with_own(None, [STAR, HEART])
    await world.policies.set_policy(server(GUILD), PolicyName.REACTIONS, value, 77)
    await world.bring_to(JobState.POSTED)
    return AdornmentRound(AdornmentStore(world.database, world.clock), discord, world.clock)


async def left(world: World) -> int:
    return await world.count("SELECT count(*) FROM outbox WHERE adorn_at IS NOT NULL")


async def test_each_emoji_is_put_up_once(
    adorner: AdornmentRound, discord: FakeReactions, world: World
) -> None:
    for _ in range(2):
        await adorner.round()

    assert discord.put == [(MESSAGE, STAR), (MESSAGE, HEART)]
    assert await left(world) == 0


async def test_what_broke_off_is_done_again_as_a_whole(
    adorner: AdornmentRound, discord: FakeReactions, world: World
) -> None:
    discord.troubles = [PostLaterError("503")]

    await adorner.round()
    await adorner.round()
    first = list(discord.put)
    world.clock.advance(SOON)
    await adorner.round()

    assert first == [(MESSAGE, HEART)]
    assert discord.put[1:] == [(MESSAGE, STAR), (MESSAGE, HEART)]
    assert await left(world) == 0


@pytest.mark.parametrize(
    ("trouble", "put"),
    [(PlaceClosedError("403"), [HEART]), (MessageGoneError("404"), [])],
)
async def test_what_is_not_allowed_or_gone_is_not_tried_again(
    adorner: AdornmentRound,
    discord: FakeReactions,
    world: World,
    trouble: BotError,
    put: list[Emoji],
) -> None:
    discord.troubles = [trouble]

    await adorner.round()

    assert [emoji for _, emoji in discord.put] == put
    assert await left(world) == 0


async def test_after_an_hour_nobody_misses_them(
    adorner: AdornmentRound, discord: FakeReactions, world: World
) -> None:
    discord.troubles = [PostLaterError("503"), PostLaterError("503")]
    world.clock.advance(PATIENCE)

    await adorner.round()

    assert (discord.put, await left(world)) == ([], 0)
