from typing import Any

import discord
import pytest

from sandbox.discord_api import CannotDoError, Channel, DiscordStandIn, Member, Permission
from tests.sandbox.small_bot import Ask, SmallBot, running
from tests.world import record_events


async def test_a_category_and_its_channels_are_known_from_the_start(chat: DiscordStandIn) -> None:
    studio = chat.guild.add_category("studio")
    takes = chat.guild.add_channel("takes", is_nsfw=True, category=studio)
    async with running(chat) as bot:
        guild = bot.guilds[0]
        category, channel = guild.get_channel(studio.id), guild.get_channel(takes.id)

    assert isinstance(category, discord.CategoryChannel)
    assert isinstance(channel, discord.TextChannel)
    assert (category.name, category.channels) == ("studio", [channel])
    assert (channel.category_id, channel.is_nsfw()) == (studio.id, True)


async def test_a_command_in_a_category_tells_it_and_its_age_restriction(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    seen: list[tuple[object, bool]] = []

    async def act(interaction: Ask) -> None:
        place = interaction.channel
        assert isinstance(place, discord.TextChannel)
        seen.append((place.category_id, place.is_nsfw()))
        await interaction.response.defer()

    bot.act = act
    studio = chat.guild.add_category("studio")
    takes = chat.guild.add_channel("takes", is_nsfw=True, category=studio)
    for place in (takes, channel):
        await (await requester.slash(place, "grok video", prompt="x")).acknowledged()

    assert seen == [(studio.id, True), (None, False)]


async def test_the_overwrites_of_a_channel_decide_and_not_its_categorys(
    chat: DiscordStandIn, requester: Member
) -> None:
    studio = chat.guild.add_category("studio")
    takes = chat.guild.add_channel("takes", category=studio)

    studio.overwrite(chat.guild.id, deny=Permission.SEND_MESSAGES)
    said = await requester.say(takes, "still here")
    takes.overwrite(chat.guild.id, deny=Permission.SEND_MESSAGES)
    with pytest.raises(CannotDoError, match="SEND_MESSAGES"):
        await requester.say(takes, "no more")

    assert takes.messages == [said]


async def test_nobody_writes_or_commands_in_a_category(
    chat: DiscordStandIn, bot: SmallBot, moderator: Member
) -> None:
    studio = chat.guild.add_category("studio")

    with pytest.raises(discord.HTTPException) as caught:
        await bot.get_partial_messageable(studio.id).send("hello")
    for act in (moderator.say(studio, "hello"), moderator.slash(studio, "desk")):
        with pytest.raises(CannotDoError, match="no messages"):
            await act

    assert (caught.value.status, caught.value.code) == (400, 50008)


async def test_the_channels_of_a_deleted_category_stay(
    chat: DiscordStandIn, bot: SmallBot, requester: Member
) -> None:
    studio = chat.guild.add_category("studio")
    takes = chat.guild.add_channel("takes", category=studio)
    studio.delete()
    await bot.until(lambda one: "channel gone" in one.names())

    said = await requester.say(takes, "still here")

    left = bot.guilds[0].get_channel(takes.id)
    assert isinstance(left, discord.TextChannel)
    assert (left.category_id, takes.messages) == (None, [said])


async def with_place_option(chat: DiscordStandIn, bot: SmallBot, got: dict[str, Any]) -> None:
    guild = discord.Object(chat.guild.id)

    @bot.tree.command(description="Rules of a place", guild=guild)
    async def rules(
        interaction: Ask,
        place: discord.TextChannel | discord.CategoryChannel | discord.Thread | None = None,
        studio: discord.CategoryChannel | None = None,
        whom: discord.Member | discord.Role | None = None,
        role: discord.Role | None = None,
    ) -> None:
        got.update(place=place, studio=studio, whom=whom, role=role)
        await interaction.response.defer()

    await bot.tree.sync(guild=guild)


async def test_a_category_a_thread_a_role_and_a_member_are_given_to_options(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    got: dict[str, Any] = {}
    await with_place_option(chat, bot, got)
    studio = chat.guild.add_category("studio")
    thread = chat.guild.add_thread(channel, "talk")
    helpers = chat.guild.add_role("helpers", permissions=Permission.MANAGE_MESSAGES)

    for place in (thread, channel, studio):
        run = await requester.slash(channel, "rules", place=place, studio=studio, whom=visitor)
        await run.acknowledged()
        assert (got["place"].id, got["studio"].id) == (place.id, studio.id)
    await (await requester.slash(channel, "rules", whom=helpers, role=helpers)).acknowledged()

    assert (got["whom"].id, got["role"].id) == (helpers.id, helpers.id)
    assert got["role"].permissions.manage_messages
    with pytest.raises(CannotDoError, match="takes no channel of type"):
        await requester.slash(channel, "rules", studio=channel)


async def test_a_thread_is_as_age_restricted_as_its_channel(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    seen: list[bool] = []

    async def act(interaction: Ask) -> None:
        assert isinstance(interaction.channel, discord.Thread)
        seen.append(interaction.channel.is_nsfw())
        await interaction.response.defer()

    bot.act = act
    den = chat.guild.add_channel("den", is_nsfw=True)
    inside, outside = (chat.guild.add_thread(one, f"in {one.name}") for one in (den, channel))
    events = record_events(chat)
    for thread in (inside, outside):
        await (await requester.slash(thread, "grok video", prompt="x")).acknowledged()
    await (await requester.slash(inside, "adult")).acknowledged()
    with pytest.raises(CannotDoError):
        await requester.slash(outside, "adult")

    assert seen == [True, False, True]
    told = [data["channel"] for event, data in events if event == "INTERACTION_CREATE"]
    assert [("nsfw" in one, one["parent_id"]) for one in told] == [
        (False, str(parent.id)) for parent in (den, channel, den)
    ]
