from typing import Any

import discord
import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Member, Permission
from tests.sandbox.rest_client import RestClient
from tests.sandbox.small_bot import SmallBot

NONE = discord.AllowedMentions.none()


def place(bot: SmallBot, channel: Channel) -> discord.PartialMessageable:
    return bot.get_partial_messageable(channel.id)


async def test_without_a_word_about_it_everybody_named_is_pinged(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    await place(bot, channel).send(f"<@{requester.id}> and <@!{visitor.id}> and <@1>")
    (message,) = channel.messages

    assert message.mentioned == (requester.id, visitor.id)
    assert message.pinged == {requester.id, visitor.id}


async def test_none_pings_nobody(bot: SmallBot, channel: Channel, requester: Member) -> None:
    await place(bot, channel).send(f"<@{requester.id}> @everyone", allowed_mentions=NONE)

    assert channel.messages[0].pinged == set()


async def test_only_the_listed_users_are_pinged(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    one = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(requester.id)])
    await place(bot, channel).send(
        f"<@{requester.id}> <@{visitor.id}> @everyone", allowed_mentions=one
    )

    assert channel.messages[0].pinged == {requester.id}


async def test_a_listed_user_who_is_not_named_is_not_pinged(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    one = discord.AllowedMentions(users=[discord.Object(requester.id)])
    await place(bot, channel).send("nobody", allowed_mentions=one)

    assert channel.messages[0].pinged == set()


async def test_everyone_is_pinged_by_who_may_only(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    await place(bot, channel).send("@everyone")
    channel.overwrite(chat.application_id, allow=Permission.MENTION_EVERYONE)
    await place(bot, channel).send("@here")
    powerless, powerful = channel.messages

    assert (powerless.mentions_everyone, powerless.pinged) == (False, frozenset())
    assert powerful.mentions_everyone
    assert powerful.pinged == set(chat.guild.state.members) - {chat.application_id}
    assert requester.id in powerful.pinged


async def test_a_role_is_pinged_when_it_is_mentionable(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    fans = chat.guild.add_role("fans", is_mentionable=True)
    requester.state.role_ids.append(fans.id)
    closed = chat.guild.role("members")

    await place(bot, channel).send(f"<@&{fans.id}> <@&{closed.id}> <@&5>")
    (message,) = channel.messages

    assert message.mentioned_roles == (fans.id, closed.id)
    assert message.pinged == {requester.id}


async def test_a_reply_pings_the_author_unless_told_not_to(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    asked = await requester.say(channel, "make it")
    partial = place(bot, channel).get_partial_message(asked.id)

    await partial.reply("made")
    await partial.reply("made", mention_author=False)
    await partial.reply("made", allowed_mentions=NONE)
    pinged = [message.pinged for message in channel.messages[1:]]

    assert pinged == [{requester.id}, set(), set()]


async def test_an_edit_pings_nobody_new(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    sent = await place(bot, channel).send(f"<@{requester.id}>")
    await sent.edit(content=f"<@{visitor.id}>")
    (message,) = channel.messages

    assert message.mentioned == (visitor.id,)
    assert message.pinged == {requester.id}


@pytest.mark.parametrize("text", ["`<@{0}>`", "```\n<@{0}>\n```"])
async def test_a_name_in_code_is_no_mention(
    bot: SmallBot, channel: Channel, requester: Member, text: str
) -> None:
    await place(bot, channel).send(text.format(requester.id))

    assert channel.messages[0].pinged == set()


async def test_who_does_not_see_the_channel_is_not_pinged(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    channel.overwrite(requester.id, deny=Permission.VIEW_CHANNEL)
    await place(bot, channel).send(f"<@{requester.id}>")

    assert channel.messages[0].mentioned == (requester.id,)
    assert channel.messages[0].pinged == set()


async def test_an_ephemeral_answer_pings_no_third_person(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    async def act(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"<@{visitor.id}>", ephemeral=True)

    bot.act = act
    message = await (await requester.slash(channel, "grok video", prompt="x")).answer()

    assert message.pinged == set()


async def test_people_ping_too(channel: Channel, requester: Member, visitor: Member) -> None:
    message = await requester.say(channel, f"<@{visitor.id}>")
    reply = await visitor.say(channel, "yes", reply_to=message)

    assert [message.pinged, reply.pinged] == [{visitor.id}, {requester.id}]


@pytest.mark.parametrize(
    "allowed",
    [
        {"parse": ["users"], "users": ["1"]},
        {"parse": ["roles"], "roles": ["1"]},
        {"parse": ["cats"]},
        {"users": ["1"] * 101},
    ],
)
async def test_contradictions_are_refused(
    lax_chat: DiscordStandIn, lax_rest: RestClient, allowed: dict[str, Any]
) -> None:
    path = f"/channels/{lax_chat.guild.channel('videos').id}/messages"

    wrong = await lax_rest.wrong_fields(path, {"content": "x", "allowed_mentions": allowed})

    assert list(wrong) == ["allowed_mentions"]
