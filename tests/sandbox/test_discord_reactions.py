import discord
import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Member, Permission
from tests.sandbox.rest_client import RestClient
from tests.sandbox.small_bot import SmallBot


async def posted(bot: SmallBot, channel: Channel) -> discord.Message:
    return await bot.get_partial_messageable(channel.id).send("look")


async def test_the_bot_hears_who_reacted_to_what(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    await posted(bot, channel)
    (message,) = channel.messages
    await requester.react(message, "⭐")
    await requester.react(message, "⭐")
    await requester.unreact(message, "⭐")
    await requester.unreact(message, "⭐")
    await bot.until(lambda one: "reaction removed" in one.names())

    added, removed = (event for name, event in bot.heard if name.startswith("reaction"))
    assert (added.message_id, added.user_id, str(added.emoji)) == (message.id, requester.id, "⭐")
    assert added.message_author_id == bot.application_id
    assert added.member is not None
    assert (removed.user_id, removed.member) == (requester.id, None)
    assert message.reactions == {}


async def test_the_bots_own_reactions_are_put_read_and_taken_back(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    sent = await posted(bot, channel)
    (message,) = channel.messages
    await sent.add_reaction("👍")
    await sent.add_reaction(discord.PartialEmoji(name="spark", id=99))
    await requester.react(message, "👍")
    fetched = await bot.get_partial_messageable(channel.id).fetch_message(sent.id)
    thumbs = fetched.reactions[0]

    users = [user.id async for user in thumbs.users()]
    await sent.remove_reaction("👍", discord.Object(bot.application_id or 0))

    assert (thumbs.count, thumbs.me, len(fetched.reactions)) == (2, True, 2)
    assert set(users) == {requester.id, bot.application_id}
    assert message.reactions == {"👍": [requester.id], "spark:99": [bot.application_id]}


async def test_reacting_first_needs_a_permission_and_an_emoji(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    sent = await posted(bot, channel)
    await requester.react(channel.messages[0], "⭐")

    with pytest.raises(discord.HTTPException) as unknown:
        await sent.add_reaction("star")
    channel.deny_bot(Permission.ADD_REACTIONS)
    await sent.add_reaction("⭐")
    with pytest.raises(discord.Forbidden) as forbidden:
        await sent.add_reaction("👍")

    assert (unknown.value.code, forbidden.value.code) == (10014, 50013)


async def test_a_message_carries_twenty_kinds_of_reactions(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    sent = await posted(bot, channel)
    for number in range(20):
        await requester.react(channel.messages[0], chr(0x1F600 + number))

    with pytest.raises(discord.HTTPException) as caught:
        await sent.add_reaction("⭐")

    assert caught.value.code == 30010


async def test_others_reactions_are_removed_by_a_manager_only(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    sent = await posted(bot, channel)
    (message,) = channel.messages
    for emoji in ("⭐", "👍", "👎"):
        await requester.react(message, emoji)

    with pytest.raises(discord.Forbidden):
        await sent.clear_reactions()
    channel.overwrite(chat.application_id, allow=Permission.MANAGE_MESSAGES)
    await sent.remove_reaction("⭐", discord.Object(requester.id))
    await sent.clear_reaction("👍")
    after_one = dict(message.reactions)
    await sent.clear_reaction("👍")
    await sent.clear_reactions()
    await bot.until(lambda one: "reactions cleared" in one.names())

    assert after_one == {"👎": [requester.id]}
    assert message.reactions == {}
    assert bot.names().count("emoji cleared") == 1


async def test_who_reacted_is_read_in_pages(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member, rest: RestClient
) -> None:
    sent = await posted(bot, channel)
    for person in (requester, visitor):
        await person.react(channel.messages[0], "⭐")
    path = f"/channels/{channel.id}/messages/{sent.id}/reactions/⭐"

    _, first = await rest.call("GET", f"{path}?limit=1")
    _, second = await rest.call("GET", f"{path}?after={first[0]['id']}")

    assert [one["username"] for one in (*first, *second)] == ["requester", "visitor"]


async def test_a_reaction_in_a_direct_channel_needs_its_own_intent(
    bot: SmallBot, requester: Member
) -> None:
    user = await bot.fetch_user(requester.id)
    await user.send("hello")
    (message,) = requester.direct_channel().messages
    await requester.react(message, "⭐")
    await requester.unreact(message, "⭐")

    await posted(bot, requester.direct_channel())

    assert bot.names() == ["ready"]
