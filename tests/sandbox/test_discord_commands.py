from typing import Any

import discord
import pytest

from sandbox.discord_api import CannotDoError, Channel, DiscordStandIn, Member, Upload
from tests.sandbox.small_bot import Ask, SmallBot

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


async def test_a_slash_command_arrives_with_its_options_and_file(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    reference = Upload("my ref.png", PNG)

    run = await requester.slash(
        channel,
        "grok video",
        prompt="a fox",
        duration=6,
        look="16:9",
        image=reference,
        friend=visitor,
    )
    ack = await run.acknowledged()

    image = bot.values["image"]
    assert (ack.type, ack.is_deferred, ack.is_ephemeral) == (5, True, True)
    assert run.ack_seconds == ack.seconds >= 0
    assert (bot.values["prompt"], bot.values["duration"]) == ("a fox", 6)
    assert (image.filename, image.content_type) == ("my_ref.png", "image/png")
    assert await image.read() == PNG
    assert bot.values["friend"].id == visitor.id


async def test_the_bot_is_told_who_asked_where_and_what_it_may_do_there(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    seen: dict[str, Any] = {}

    async def look(interaction: Ask) -> None:
        seen.update(
            user=interaction.user.id,
            guild=interaction.guild_id,
            channel=interaction.channel_id,
            limit=interaction.filesize_limit,
            bot=interaction.app_permissions,
            locale=str(interaction.locale),
        )
        await interaction.response.defer()

    bot.act = look
    requester.user.locale = "de"
    channel.deny_bot(discord.Permissions.attach_files.flag)
    await (await requester.slash(channel, "grok video", prompt="x")).acknowledged()

    assert (seen["user"], seen["guild"], seen["channel"]) == (
        requester.id,
        chat.guild.id,
        channel.id,
    )
    assert (seen["limit"], seen["locale"]) == (10 * 1024 * 1024, "de")
    assert seen["bot"].send_messages
    assert not seen["bot"].attach_files


async def test_suggestions_come_from_the_bot(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    choices = await requester.autocomplete(
        channel, "grok video", focused="model", value="gro", prompt="a fox"
    )

    assert choices == [{"name": "gro-pro", "value": "gro-2"}]
    assert bot.values == {"prompt": "a fox"}


async def test_a_command_can_be_used_on_a_message(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    message = await visitor.say(channel, "animate me", files=[Upload("cat.png", PNG)])

    await (await requester.use_on_message(message, "Animate this")).acknowledged()

    target = bot.values["message"]
    assert (target.id, target.content) == (message.id, "animate me")
    assert await target.attachments[0].read() == PNG


async def test_a_command_can_be_used_on_a_member(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    run = await requester.use_on_member(channel, visitor, "Inspect")
    await run.acknowledged()

    assert bot.values["member"].id == visitor.id


async def test_a_command_that_was_never_synced_cannot_be_used(
    chat: DiscordStandIn, channel: Channel, requester: Member
) -> None:
    with pytest.raises(CannotDoError, match="no command /grok video here"):
        await requester.slash(channel, "grok video", prompt="x")
    with pytest.raises(TimeoutError, match="the command /grok video"):
        await chat.wait_for_command("grok", "video", seconds=0.01)


@pytest.mark.parametrize(
    ("path", "options", "reason"),
    [
        ("grok video", {}, "prompt is required"),
        ("grok video", {"prompt": ""}, "takes 1 to 100 characters"),
        ("grok video", {"prompt": "x" * 101}, "takes 1 to 100 characters"),
        ("grok video", {"prompt": "x", "duration": 16}, "takes 1 to 15"),
        ("grok video", {"prompt": "x", "duration": "6"}, "takes no str"),
        ("grok video", {"prompt": "x", "duration": True}, "takes no bool"),
        ("grok video", {"prompt": "x", "look": "4:3"}, "offers"),
        ("grok video", {"prompt": "x", "speed": 1}, "has no option speed"),
        ("grok audio", {"prompt": "x"}, "no command"),
        ("grok", {}, "no command"),
        ("desk today", {}, "no command"),
        ("grok video", {"prompt": "x", "image": Upload("a.png", bytes(11))}, "too powerful"),
    ],
)
@pytest.mark.usefixtures("bot")
async def test_the_client_stops_what_an_option_does_not_take(
    chat: DiscordStandIn,
    requester: Member,
    path: str,
    options: dict[str, Any],
    reason: str,
) -> None:
    chat.guild.limit_uploads(10)

    with pytest.raises(CannotDoError, match=reason):
        await requester.slash(chat.guild.channel("videos"), path, **options)


@pytest.mark.usefixtures("bot")
async def test_an_option_without_suggestions_has_none(channel: Channel, requester: Member) -> None:
    with pytest.raises(CannotDoError, match="prompt has no suggestions"):
        await requester.autocomplete(channel, "grok video", focused="prompt", value="x")


@pytest.mark.usefixtures("bot")
async def test_a_moderators_command_is_not_offered_to_others(
    channel: Channel, requester: Member, moderator: Member
) -> None:
    with pytest.raises(CannotDoError):
        await requester.slash(channel, "desk")

    assert (await (await moderator.slash(channel, "desk")).acknowledged()).is_deferred


@pytest.mark.usefixtures("bot")
async def test_a_command_for_adults_is_offered_in_their_channels_only(
    chat: DiscordStandIn, channel: Channel, requester: Member
) -> None:
    with pytest.raises(CannotDoError):
        await requester.slash(channel, "adult")

    den = chat.guild.add_channel("den", is_nsfw=True)
    assert (await (await requester.slash(den, "adult")).acknowledged()).is_deferred


@pytest.mark.usefixtures("bot")
async def test_a_guild_only_command_is_not_offered_in_direct_messages(requester: Member) -> None:
    with pytest.raises(CannotDoError):
        await requester.slash(requester.direct_channel(), "grok video", prompt="x")


async def test_a_command_of_the_direct_channel_is_answered_there(
    bot: SmallBot, moderator: Member
) -> None:
    async def answer(interaction: Ask) -> None:
        await interaction.response.send_message(f"in {interaction.guild}")

    bot.act = answer
    run = await moderator.slash(moderator.direct_channel(), "desk")

    assert (await run.answer()).content == "in None"
    assert [one.content for one in moderator.direct_channel().messages] == ["in None"]


@pytest.mark.usefixtures("bot")
async def test_without_the_permission_or_the_bot_no_command_is_offered(
    chat: DiscordStandIn, channel: Channel, requester: Member
) -> None:
    channel.overwrite(chat.guild.id, deny=discord.Permissions.use_application_commands.flag)
    with pytest.raises(CannotDoError, match="USE_APPLICATION_COMMANDS"):
        await requester.slash(channel, "grok video", prompt="x")

    chat.guild.kick_bot()
    with pytest.raises(CannotDoError, match="not in this guild"):
        await chat.guild.member("moderator").slash(channel, "grok video", prompt="x")


@pytest.mark.usefixtures("bot")
async def test_a_menu_holds_the_bots_commands_only(
    channel: Channel, requester: Member, visitor: Member
) -> None:
    message = await visitor.say(channel, "hello")

    with pytest.raises(CannotDoError, match="no command Inspect in this menu"):
        await requester.use_on_message(message, "Inspect")


async def test_options_of_every_kind_arrive(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    got: dict[str, Any] = {}

    @bot.tree.command(description="Everything")
    async def everything(
        interaction: Ask,
        place: discord.TextChannel,
        role: discord.Role,
        speed: float,
        loud: bool,  # noqa: FBT001 - an option of Discord's type 5
        whom: discord.Member | discord.Role,
        who: discord.User,
    ) -> None:
        got.update(place=place.id, role=role.id, speed=speed, loud=loud, whom=whom.id, who=who.id)
        await interaction.response.defer()

    guild = discord.Object(chat.guild.id)
    bot.tree.copy_global_to(guild=guild)
    await bot.tree.sync(guild=guild)
    stranger = chat.add_guild("annex").add_member("stranger")
    role = chat.guild.role("members")
    run = await requester.slash(
        channel,
        "everything",
        place=channel,
        role=role,
        speed=0.5,
        loud=True,
        whom=role,
        who=stranger,
    )
    await run.acknowledged()

    assert got == {
        "place": channel.id,
        "role": role.id,
        "speed": 0.5,
        "loud": True,
        "whom": role.id,
        "who": stranger.id,
    }
