import discord
import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Member
from tests.sandbox.small_bot import SmallBot


async def test_a_kicked_bot_has_no_access_until_it_is_invited_again(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    place = bot.get_partial_messageable(channel.id)
    chat.guild.kick_bot()
    await bot.until(lambda one: "removed" in one.names())

    with pytest.raises(discord.Forbidden) as caught:
        await place.send("hello")
    with pytest.raises(discord.Forbidden):
        await bot.fetch_guild(chat.guild.id)
    chat.guild.invite_bot()
    await bot.until(lambda one: "joined" in one.names())
    await place.send("hello again")

    assert caught.value.code == 50001
    assert [message.content for message in channel.messages] == ["hello again"]


async def test_a_second_guild_has_the_same_people_and_its_own_limits(
    chat: DiscordStandIn, bot: SmallBot, requester: Member
) -> None:
    other = chat.add_guild("annex", tier=2)
    await bot.until(lambda one: "joined" in one.names())
    guest = other.add_member("guest")

    run = await other.member("requester").slash(other.channel("videos"), "grok video", prompt="x")
    await run.acknowledged()

    assert other.member("requester").id == requester.id
    assert run.interaction.guild_id == other.id
    assert (other.name, guest.name, len(bot.guilds)) == ("annex", "guest", 2)
    assert chat.backend.world.upload_limit(other.id) == 50 * 1024 * 1024


async def test_a_members_own_subscription_raises_the_limit_of_their_answers(
    chat: DiscordStandIn, requester: Member
) -> None:
    requester.state.upload_limit_bytes = 500 * 1024 * 1024
    world = chat.backend.world

    assert world.upload_limit(chat.guild.id, requester.id) == 500 * 1024 * 1024
    assert world.upload_limit(chat.guild.id) == 10 * 1024 * 1024


async def test_a_deleted_channel_is_unknown_with_its_threads(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    thread = chat.guild.add_thread(channel, "talk")
    said = await requester.say(channel, "hello")
    channel.delete()
    await bot.until(lambda one: "channel gone" in one.names())

    for gone in (channel, thread):
        with pytest.raises(discord.NotFound) as caught:
            await bot.get_partial_messageable(gone.id).send("hello")
        assert caught.value.code == 10003
    assert requester.sees(channel) == []
    assert said.deleted is False


def test_what_is_not_there_is_not_found(chat: DiscordStandIn) -> None:
    for find in (chat.guild.channel, chat.guild.member, chat.guild.role):
        with pytest.raises(LookupError, match=r"no \w+ nothing in workshop"):
            find("nothing")


async def test_new_channels_and_threads_are_told(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    hall = chat.guild.add_channel("hall")
    thread = chat.guild.add_thread(channel, "talk")
    await bot.get_partial_messageable(hall.id).send("first")

    guild = bot.guilds[0]
    assert guild.get_channel(hall.id) is not None
    assert guild.get_thread(thread.id) is not None
