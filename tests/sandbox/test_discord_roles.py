from datetime import timedelta

import discord
import pytest

from sandbox.discord_api import CannotDoError, Channel, DiscordStandIn, Member, Permission, Rules
from tests.sandbox.hand_clock import HandClock
from tests.sandbox.small_bot import Ask, SmallBot, running
from tests.world import record_events


async def test_a_demoted_moderator_is_one_no_more(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    seen: list[tuple[list[str], bool]] = []

    async def act(interaction: Ask) -> None:
        assert isinstance(interaction.user, discord.Member)
        names = [role.name for role in interaction.user.roles if not role.is_default()]
        seen.append((names, interaction.permissions.manage_guild))
        await interaction.response.defer()

    bot.act = act
    moderators = chat.guild.role("moderators")
    deputy = chat.guild.add_member("deputy")
    deputy.give(moderators)
    await (await deputy.slash(channel, "desk")).acknowledged()
    deputy.take(moderators)
    await (await deputy.call(channel, "desk")).acknowledged()

    assert seen == [(["moderators"], True), ([], False)]
    with pytest.raises(CannotDoError, match="no command /desk"):
        await deputy.slash(channel, "desk")


async def test_a_change_of_roles_is_told_to_who_may_hear_of_members(clock: HandClock) -> None:
    intents = discord.Intents(guilds=True, members=True)
    async with (
        DiscordStandIn(clock=clock, rules=Rules(has_members=True)) as chat,
        running(chat, SmallBot(intents)),
    ):
        events = record_events(chat)
        moderators = chat.guild.role("moderators")
        visitor = chat.guild.member("visitor")
        for _ in range(2):
            visitor.give(moderators)
        for _ in range(2):
            visitor.take(moderators)

    told = [data["roles"] for event, data in events if event == "GUILD_MEMBER_UPDATE"]
    member = str(chat.guild.role("members").id)
    assert told == [[member, str(moderators.id)], [member]]


async def test_without_the_intent_the_bot_hears_of_its_own_roles_only(
    chat: DiscordStandIn, bot: SmallBot, visitor: Member
) -> None:
    events = record_events(chat)
    role = chat.guild.add_role("helpers", permissions=Permission.MANAGE_MESSAGES)

    visitor.give(role)
    chat.guild.member("grok-video").give(role)

    (told,) = (data for event, data in events if event == "GUILD_MEMBER_UPDATE")
    assert told["user"]["id"] == str(bot.application_id)
    assert chat.guild.bot_permissions & Permission.MANAGE_MESSAGES


async def test_roles_come_and_go_with_what_they_allowed(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, visitor: Member
) -> None:
    world = chat.backend.world
    sending = Permission.SEND_MESSAGES
    events = record_events(chat)
    channel.overwrite(chat.guild.id, deny=sending)
    role = chat.guild.add_role("helpers")
    channel.overwrite(role.id, allow=sending)
    visitor.give(role)
    before = world.may(visitor.id, sending, channel.state)
    chat.guild.remove_role(role)

    assert (before, world.may(visitor.id, sending, channel.state)) == (True, False)
    assert role.id not in visitor.state.role_ids
    told = [(event, data) for event, data in events if event.startswith("GUILD_ROLE")]
    assert [event for event, _ in told] == ["GUILD_ROLE_CREATE", "GUILD_ROLE_DELETE"]
    assert told[1][1] == {"guild_id": str(chat.guild.id), "role_id": str(role.id)}
    await bot.fetch_user(visitor.id)
    assert bot.guilds[0].get_role(role.id) is None


async def test_a_member_joined_when_the_test_says(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, clock: HandClock
) -> None:
    seen: list[object] = []

    async def act(interaction: Ask) -> None:
        assert isinstance(interaction.user, discord.Member)
        seen.append(interaction.user.joined_at)
        await interaction.response.defer()

    bot.act = act
    long_ago = clock.now() - timedelta(days=400)
    old = chat.guild.add_member("old", joined_at=long_ago)
    new = chat.guild.add_member("new")
    for member in (old, new):
        await (await member.slash(channel, "grok video", prompt="x")).acknowledged()

    assert seen == [long_ago, clock.now()]
