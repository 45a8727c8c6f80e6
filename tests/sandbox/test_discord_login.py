import discord
import pytest

from sandbox.discord_api import BOT_PERMISSIONS, DiscordStandIn
from tests.sandbox.rest_client import RestClient
from tests.sandbox.small_bot import SmallBot, failure_of_start


async def test_the_real_client_logs_in_and_syncs_its_commands(
    chat: DiscordStandIn, bot: SmallBot
) -> None:
    await chat.wait_until_connected()
    await chat.wait_for_command("grok", "video")

    assert bot.is_ready()
    assert bot.user is not None
    assert bot.user.id == chat.application_id == bot.application_id
    assert [guild.id for guild in bot.guilds] == [chat.guild.id]
    assert {command.name for command in chat.commands} >= {"grok", "desk", "Animate this"}


async def test_a_wrong_token_is_refused_at_login(chat: DiscordStandIn) -> None:
    error = await failure_of_start(chat, SmallBot(), "no-such-token")

    assert isinstance(error, discord.LoginFailure)


async def test_the_bot_has_the_permissions_of_its_invitation(
    chat: DiscordStandIn, bot: SmallBot
) -> None:
    held = bot.guilds[0].me.guild_permissions.value

    assert held & BOT_PERMISSIONS == BOT_PERMISSIONS
    assert held == chat.guild.bot_permissions
    assert not bot.guilds[0].me.guild_permissions.administrator


async def test_the_client_can_fetch_what_it_was_told(chat: DiscordStandIn, bot: SmallBot) -> None:
    videos = chat.guild.channel("videos")
    requester = chat.guild.member("requester")

    channel = await bot.fetch_channel(videos.id)
    guild = await bot.fetch_guild(chat.guild.id)
    brief = await bot.fetch_guild(chat.guild.id, with_counts=False)
    user = await bot.fetch_user(requester.id)
    member = await guild.fetch_member(requester.id)
    application = await bot.application_info()

    assert isinstance(channel, discord.TextChannel)
    assert (channel.name, guild.name) == ("videos", chat.guild.name)
    assert (guild.approximate_member_count, user.name, member.id) == (4, "requester", user.id)
    assert brief.approximate_member_count is None
    assert application.id == chat.application_id


async def test_synced_commands_can_be_read_back_and_keep_their_ids(bot: SmallBot) -> None:
    first = {command.name: command.id for command in await bot.tree.fetch_commands()}
    await bot.tree.sync()
    again = await bot.tree.fetch_command(first["Inspect"])

    assert again.id == first["Inspect"]
    assert first == {command.name: command.id for command in await bot.tree.fetch_commands()}


async def test_commands_of_a_guild_are_kept_apart_from_global_ones(
    chat: DiscordStandIn, bot: SmallBot
) -> None:
    guild = discord.Object(chat.guild.id)
    bot.tree.copy_global_to(guild=guild)

    synced = await bot.tree.sync(guild=guild)

    assert {command.guild_id for command in synced} == {chat.guild.id}
    assert len(await bot.tree.fetch_commands(guild=guild)) == len(chat.commands)
    assert not {command.id for command in synced} & {command.id for command in chat.commands}


async def test_the_gateway_address_is_told(chat: DiscordStandIn, rest: RestClient) -> None:
    _, plain = await rest.call("GET", "/gateway")
    _, for_bot = await rest.call("GET", "/gateway/bot")

    assert plain == {"url": chat.gateway_url}
    assert for_bot["url"] == chat.gateway_url
    assert for_bot["session_start_limit"]["remaining"] == 1000


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/channels/1", 10003),
        ("/guilds/1", 10004),
        ("/users/1", 10013),
        ("/guilds/{guild}/members/1", 10007),
        ("/applications/{application}/commands/1", 10063),
        ("/applications/1/commands", 50001),
        ("/applications/{application}/guilds/1/commands", 50001),
    ],
)
async def test_what_does_not_exist_has_its_code(
    chat: DiscordStandIn, rest: RestClient, path: str, code: int
) -> None:
    filled = path.format(guild=chat.guild.id, application=chat.application_id)

    assert await rest.code("GET", filled) == code


async def test_a_call_with_a_wrong_token_is_unauthorized(rest: RestClient) -> None:
    status, answer = await rest.call("GET", "/users/@me", token="wrong")  # noqa: S106 - not one

    assert (status, answer["message"]) == (401, "401: Unauthorized")


async def test_an_endpoint_that_is_not_played_is_not_found(lax_rest: RestClient) -> None:
    assert await lax_rest.call("GET", "/voice/regions") == (
        404,
        {"message": "404: Not Found", "code": 0},
    )
