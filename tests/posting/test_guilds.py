from datetime import timedelta

import pytest

from bot.errors import PostLaterError, PostRefusedError
from bot.posting.guilds import DEFAULT_LIMIT, GuildLimits
from sandbox.discord_api import DiscordStandIn, Fault
from tests.manual_clock import ManualClock
from tests.posting.desk import Desk

GUILD = "/guilds/*"
MEBIBYTE = 1024 * 1024


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def limits(desk: Desk, clock: ManualClock) -> GuildLimits:
    return GuildLimits(desk.client, clock)


@pytest.mark.parametrize(("tier", "megabytes"), [(0, 10), (1, 10), (2, 50), (3, 100)])
async def test_the_tier_of_a_server_sets_the_limit(
    limits: GuildLimits, chat: DiscordStandIn, tier: int, megabytes: int
) -> None:
    chat.guild.boost(tier)

    assert await limits.limit_of(chat.guild.id) == megabytes * MEBIBYTE


async def test_a_tier_that_discord_adds_later_is_no_trouble(
    limits: GuildLimits, chat: DiscordStandIn
) -> None:
    reply = {"id": str(chat.guild.id), "name": "workshop", "owner_id": "1", "premium_tier": 7}
    chat.faults.add(Fault("GET", GUILD, status=200, body=reply))

    assert await limits.limit_of(chat.guild.id) == DEFAULT_LIMIT


async def test_a_server_is_asked_about_once_an_hour(
    limits: GuildLimits, chat: DiscordStandIn, clock: ManualClock
) -> None:
    await limits.limit_of(chat.guild.id)
    chat.guild.boost(3)
    clock.advance(timedelta(minutes=59))
    before = await limits.limit_of(chat.guild.id)
    clock.advance(timedelta(minutes=1))
    after = await limits.limit_of(chat.guild.id)

    assert (before, after) == (DEFAULT_LIMIT, 100 * MEBIBYTE)
    assert len(chat.asked("GET", GUILD)) == 2


async def test_no_more_servers_are_remembered_than_allowed(
    desk: Desk, chat: DiscordStandIn, clock: ManualClock
) -> None:
    limits = GuildLimits(desk.client, clock, remembered=1)
    other = chat.add_guild("other")

    for guild_id in (chat.guild.id, other.id, chat.guild.id):
        await limits.limit_of(guild_id)

    assert len(chat.asked("GET", GUILD)) == 3


async def test_a_server_without_the_bot_is_a_refusal(
    limits: GuildLimits, chat: DiscordStandIn
) -> None:
    chat.guild.kick_bot()

    with pytest.raises(PostRefusedError):
        await limits.limit_of(chat.guild.id)


async def test_an_outage_is_for_later(limits: GuildLimits, chat: DiscordStandIn) -> None:
    chat.faults.add(Fault("GET", GUILD, status=503))

    with pytest.raises(PostLaterError):
        await limits.limit_of(chat.guild.id)
