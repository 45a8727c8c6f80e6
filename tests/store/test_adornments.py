from datetime import timedelta

import pytest

from bot.domain import Emoji, JobState, MessageKind, Place, PolicyName, PostedVideo
from bot.limits.reactions import with_own
from bot.store.community.adornments import AdornmentStore
from bot.store.moderation.policies import server
from tests.factories import CHANNEL, GUILD
from tests.store.voting import RESULT
from tests.store.world import World

STAR, HEART = Emoji("⭐"), Emoji("❤️")
MESSAGE = PostedVideo(CHANNEL, RESULT)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def adornments(world: World) -> AdornmentStore:
    return AdornmentStore(world.database, world.clock)


async def want(world: World, *emojis: Emoji) -> None:
    value = with_own(None, emojis)
    if value is None:
        await world.policies.remove_policy(server(GUILD), PolicyName.REACTIONS, 77)
    else:
        await world.policies.set_policy(server(GUILD), PolicyName.REACTIONS, value, 77)


async def test_a_result_owes_the_reactions_that_its_server_wants(
    world: World, adornments: AdornmentStore
) -> None:
    await want(world, STAR, HEART)
    await world.bring_to(JobState.POSTED)

    (owed,) = await adornments.due(limit=5)
    await adornments.retry(MESSAGE, world.clock.now() + MINUTE)
    soon = await adornments.due(limit=5)
    world.clock.advance(MINUTE)
    later = await adornments.due(limit=5)
    await adornments.finish(MESSAGE)

    assert (owed.message, owed.emojis) == (MESSAGE, (STAR, HEART))
    assert (soon, later) == ([], [owed])
    assert await adornments.due(limit=5) == []


async def test_where_none_are_wanted_nothing_is_owed(
    world: World, adornments: AdornmentStore
) -> None:
    await world.bring_to(JobState.POSTED)
    await want(world, STAR)

    assert await adornments.due(limit=5) == []


async def test_what_is_wanted_now_is_put_up(world: World, adornments: AdornmentStore) -> None:
    await want(world, STAR)
    await world.bring_to(JobState.POSTED)
    await want(world)

    (owed,) = await adornments.due(limit=5)

    assert owed.emojis == ()


async def test_a_card_and_a_direct_message_get_none(
    world: World, adornments: AdornmentStore
) -> None:
    await want(world, STAR)
    job = await world.bring_to(JobState.STORED)
    card = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.mark_sent(card, channel_id=CHANNEL, message_id=901)
    world.clock.advance(timedelta(minutes=10))
    result = await world.owed(job.id, MessageKind.RESULT)
    sending = await world.outbox.start_sending(result, Place.REQUESTER)
    await world.outbox.mark_sent(sending, channel_id=5, message_id=902)

    assert await adornments.due(limit=5) == []
