import io
from collections.abc import Awaitable, Callable

import discord
import pytest

from sandbox.discord_api import CannotDoError, Channel, DiscordStandIn, Member, Permission
from tests.sandbox.small_bot import Ask, SmallBot

Send = Callable[[discord.PartialMessageable], Awaitable[object]]


def text(place: discord.PartialMessageable) -> Awaitable[object]:
    return place.send("hello")


def file(place: discord.PartialMessageable) -> Awaitable[object]:
    return place.send(file=discord.File(io.BytesIO(b"x"), "x.txt"))


def embed(place: discord.PartialMessageable) -> Awaitable[object]:
    return place.send(embed=discord.Embed(title="x"))


@pytest.mark.parametrize(
    ("denied", "send", "code"),
    [
        (Permission.VIEW_CHANNEL, text, 50001),
        (Permission.SEND_MESSAGES, text, 50013),
        (Permission.ATTACH_FILES, file, 50013),
        (Permission.EMBED_LINKS, embed, 50013),
    ],
)
async def test_posting_needs_its_permissions(
    bot: SmallBot, channel: Channel, denied: Permission, send: Send, code: int
) -> None:
    channel.deny_bot(denied)

    with pytest.raises(discord.Forbidden) as caught:
        await send(bot.get_partial_messageable(channel.id))

    assert caught.value.code == code
    assert channel.messages == []


async def test_without_the_history_nothing_earlier_is_read_or_replied_to(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    asked = await requester.say(channel, "make it")
    place = bot.get_partial_messageable(channel.id)
    channel.deny_bot(Permission.READ_MESSAGE_HISTORY)

    with pytest.raises(discord.Forbidden) as fetching:
        await place.fetch_message(asked.id)
    with pytest.raises(discord.HTTPException) as replying:
        await place.get_partial_message(asked.id).reply("made")

    assert [one async for one in place.history()] == []
    assert (fetching.value.code, replying.value.code) == (50013, 160002)


async def test_only_a_manager_deletes_and_nobody_edits_what_others_wrote(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    said = await requester.say(channel, "mine")
    partial = bot.get_partial_messageable(channel.id).get_partial_message(said.id)

    with pytest.raises(discord.Forbidden) as deleting:
        await partial.delete()
    with pytest.raises(discord.Forbidden) as editing:
        await partial.edit(content="yours")
    channel.overwrite(bot.application_id or 0, allow=Permission.MANAGE_MESSAGES)
    await partial.delete()

    assert (deleting.value.code, editing.value.code) == (50013, 50005)
    assert said.deleted


async def test_an_edit_with_a_file_needs_the_permission_to_attach(
    bot: SmallBot, channel: Channel
) -> None:
    sent = await bot.get_partial_messageable(channel.id).send("one")
    channel.deny_bot(Permission.ATTACH_FILES)

    with pytest.raises(discord.Forbidden) as caught:
        await sent.add_files(discord.File(io.BytesIO(b"x"), "x.txt"))

    assert caught.value.code == 50013


async def test_overwrites_of_a_member_beat_those_of_roles_and_of_everyone(
    chat: DiscordStandIn, channel: Channel, requester: Member
) -> None:
    world = chat.backend.world
    sending = Permission.SEND_MESSAGES

    channel.overwrite(chat.guild.id, deny=sending)
    by_everyone = world.may(requester.id, sending, channel.state)
    channel.overwrite(chat.guild.role("members").id, allow=sending)
    by_role = world.may(requester.id, sending, channel.state)
    channel.overwrite(requester.id, deny=sending)
    by_member = world.may(requester.id, sending, channel.state)

    assert (by_everyone, by_role, by_member) == (False, True, False)


async def test_an_administrator_may_do_everything(chat: DiscordStandIn, channel: Channel) -> None:
    role = chat.guild.add_role("admins", permissions=Permission.ADMINISTRATOR)
    admin = chat.guild.add_member("admin", roles=(role,))
    channel.overwrite(chat.guild.id, deny=Permission.VIEW_CHANNEL)

    await admin.say(channel, "I may")

    assert [message.author_id for message in channel.messages] == [admin.id]


async def test_people_are_held_to_their_permissions(
    chat: DiscordStandIn, channel: Channel, requester: Member, visitor: Member
) -> None:
    said = await requester.say(channel, "mine")
    with pytest.raises(CannotDoError, match="MANAGE_MESSAGES"):
        await visitor.delete(said)
    channel.overwrite(chat.guild.id, deny=Permission.SEND_MESSAGES)
    channel.overwrite(visitor.id, deny=Permission.ADD_REACTIONS)

    with pytest.raises(CannotDoError, match="SEND_MESSAGES"):
        await requester.say(channel, "more")
    with pytest.raises(CannotDoError, match="ADD_REACTIONS"):
        await visitor.react(said, "⭐")
    await requester.react(said, "⭐")
    await visitor.react(said, "⭐")

    assert said.reactions == {"⭐": [requester.id, visitor.id]}


async def test_a_thread_has_the_rights_of_its_parent_and_its_own_sending(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    thread = chat.guild.add_thread(channel, "talk")
    place = bot.get_partial_messageable(thread.id)

    channel.deny_bot(Permission.SEND_MESSAGES)
    await place.send("still here")
    channel.deny_bot(Permission.SEND_MESSAGES_IN_THREADS)
    with pytest.raises(discord.Forbidden) as caught:
        await place.send("no more")

    assert caught.value.code == 50013
    assert [message.content for message in thread.messages] == ["still here"]


async def test_sending_wakes_an_archived_thread_but_editing_does_not(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    thread = chat.guild.add_thread(channel, "talk")
    place = bot.get_partial_messageable(thread.id)
    sent = await place.send("one")
    thread.archive()

    with pytest.raises(discord.HTTPException) as editing:
        await sent.edit(content="two")
    with pytest.raises(discord.HTTPException) as reacting:
        await sent.add_reaction("⭐")
    with pytest.raises(CannotDoError, match="archived"):
        await requester.slash(thread, "desk")
    await place.send("three")

    assert (editing.value.code, reacting.value.code) == (50083, 50083)
    assert not thread.state.is_archived


async def test_a_locked_thread_takes_nothing(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    thread = chat.guild.add_thread(channel, "talk")
    thread.archive(is_locked=True)

    with pytest.raises(discord.HTTPException) as caught:
        await bot.get_partial_messageable(thread.id).send("hello")

    assert caught.value.code == 160005


async def test_a_command_in_a_thread_is_answered_there(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, moderator: Member
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.send_message(str(interaction.app_permissions.send_messages))

    bot.act = act
    thread = chat.guild.add_thread(channel, "talk")
    answer = await (await moderator.slash(thread, "desk")).answer()

    assert thread.messages == [answer]
    assert chat.guild.channel("talk").id == thread.id


async def test_a_direct_message_reaches_who_lets_it(
    chat: DiscordStandIn, bot: SmallBot, requester: Member
) -> None:
    user = await bot.fetch_user(requester.id)
    await user.send("hello")
    requester.user.are_dms_open = False

    with pytest.raises(discord.Forbidden) as caught:
        await user.send("again")

    assert caught.value.code == 50007
    assert [one.content for one in requester.direct_channel().messages] == ["hello"]
    assert chat.channel_of(requester.direct_channel().id).name == "requester"


async def test_a_direct_channel_needs_a_person(chat: DiscordStandIn, bot: SmallBot) -> None:
    with pytest.raises(discord.NotFound) as caught:
        await bot.http.start_private_message(chat.application_id)

    assert caught.value.code == 10013


async def test_nobody_writes_into_the_direct_channel_of_others(
    requester: Member, visitor: Member
) -> None:
    with pytest.raises(CannotDoError):
        await visitor.say(requester.direct_channel(), "psst")
