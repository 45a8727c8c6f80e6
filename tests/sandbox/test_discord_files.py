import io

import aiohttp
import discord
import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Member
from tests.sandbox.hand_clock import HandClock
from tests.sandbox.rest_client import RestClient
from tests.sandbox.small_bot import Ask, SmallBot

NAMES = [f"reference-{number}.png" for number in range(1, 8)]


def place(bot: SmallBot, channel: Channel) -> discord.PartialMessageable:
    return bot.get_partial_messageable(channel.id)


async def post(bot: SmallBot, channel: Channel, *names: str) -> discord.Message:
    files = [discord.File(io.BytesIO(name.encode()), name) for name in names]
    return await place(bot, channel).send("card", files=files)


async def fetched(url: str) -> str | int:
    async with aiohttp.ClientSession() as session, session.get(url) as reply:
        return await reply.text() if reply.ok else reply.status


async def test_several_files_keep_their_order(bot: SmallBot, channel: Channel) -> None:
    sent = await post(bot, channel, *NAMES)

    assert [one.filename for one in sent.attachments] == NAMES
    assert [await fetched(one.url) for one in sent.attachments] == NAMES


async def test_a_message_read_again_has_links_that_live_from_then_on(
    bot: SmallBot, channel: Channel, clock: HandClock
) -> None:
    sent = await post(bot, channel, "reference-1.png")
    clock.advance(hours=23)

    read = await place(bot, channel).fetch_message(sent.id)
    clock.advance(hours=2)

    assert await fetched(sent.attachments[0].url) == 404
    assert await fetched(read.attachments[0].url) == "reference-1.png"


@pytest.mark.parametrize("change", [("ex=", "ex=f"), ("hm=", "hm=f"), ("?", "?x")])
async def test_a_link_that_was_changed_is_none(
    bot: SmallBot, channel: Channel, change: tuple[str, str]
) -> None:
    sent = await post(bot, channel, "reference-1.png")

    assert await fetched(sent.attachments[0].url.replace(*change)) == 404


async def test_an_edit_that_says_nothing_of_files_keeps_them(
    bot: SmallBot, channel: Channel
) -> None:
    sent = await post(bot, channel, *NAMES)

    edited = await place(bot, channel).get_partial_message(sent.id).edit(content="moving")

    assert [await fetched(one.url) for one in edited.attachments] == NAMES


async def test_files_that_an_edit_drops_are_gone_for_good(bot: SmallBot, channel: Channel) -> None:
    sent = await post(bot, channel, *NAMES[:3])
    first, second, third = sent.attachments

    some = await sent.edit(attachments=[second])
    left = [await fetched(one.url) for one in (first, second, third)]
    none = await sent.edit(attachments=[])

    assert [one.filename for one in some.attachments] == ["reference-2.png"]
    assert left == [404, "reference-2.png", 404]
    assert none.attachments == []
    assert await fetched(second.url) == 404


async def test_an_edit_that_is_refused_drops_nothing(
    bot: SmallBot, channel: Channel, rest: RestClient
) -> None:
    sent = await post(bot, channel, "reference-1.png")
    path = f"/channels/{channel.id}/messages/{sent.id}"

    code = await rest.code("PATCH", path, {"content": "x" * 2001, "attachments": []})

    assert code == 50035
    assert await fetched(sent.attachments[0].url) == "reference-1.png"


async def test_the_files_of_a_deleted_message_are_gone(
    bot: SmallBot, channel: Channel, moderator: Member
) -> None:
    sent = await post(bot, channel, "reference-1.png")

    await moderator.delete(channel.messages[0])

    assert await fetched(sent.attachments[0].url) == 404


async def test_an_edit_replaces_all_files_with_new_ones(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    sent = await post(bot, channel, *NAMES[:2])

    edited = await sent.edit(attachments=[discord.File(io.BytesIO(b"new"), "new.png")])

    assert [one.filename for one in channel.messages[0].attachments] == ["new.png"]
    assert [await fetched(one.url) for one in edited.attachments] == ["new"]
    assert [await fetched(one.url) for one in sent.attachments] == [404, 404]
    (patch,) = chat.asked("PATCH", "/channels/*/messages/*")
    assert [one.filename for one in patch.files] == ["new.png"]


async def test_the_files_of_an_ephemeral_follow_up_are_for_its_person(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    links: list[discord.Attachment] = []

    async def act(interaction: Ask) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        chart = discord.File(io.BytesIO(b"png"), "chart.png")
        first = await interaction.followup.send("chart", file=chart, wait=True)
        table = discord.File(io.BytesIO(b"a,b"), "table.csv")
        second = await interaction.followup.send("table", file=table, ephemeral=True, wait=True)
        links.extend([*first.attachments, *second.attachments])

    bot.act = act
    await requester.slash(channel, "grok video", prompt="x")
    await bot.until(lambda _: len(links) == 2)

    seen = requester.sees(channel)
    assert [one.attachments[0].filename for one in seen] == ["chart.png", "table.csv"]
    assert [one.attachments[0].data for one in seen] == [b"png", b"a,b"]
    assert [one.content_type for one in links] == ["image/png", "text/csv"]
    assert all(one.ephemeral for one in links)
    assert [await fetched(one.url) for one in links] == ["png", "a,b"]
    assert visitor.sees(channel) == channel.messages == []
    await requester.delete(seen[1])
    assert await fetched(links[1].url) == 404


async def test_a_file_in_a_first_ephemeral_answer_is_ephemeral_and_in_a_channel_not(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    async def act(interaction: Ask) -> None:
        file = discord.File(io.BytesIO(b"a,b"), "table.csv")
        await interaction.response.send_message(file=file, ephemeral=True)

    bot.act = act
    answer = await (await requester.slash(channel, "grok video", prompt="x")).answer()
    sent = await post(bot, channel, "reference-1.png")

    assert answer.attachments[0].is_ephemeral
    assert answer.attachments[0].data == b"a,b"
    assert not sent.attachments[0].ephemeral


async def test_a_direct_message_brings_its_files(bot: SmallBot, requester: Member) -> None:
    user = await bot.fetch_user(requester.id)

    sent = await user.send("yours", file=discord.File(io.BytesIO(b"data"), "data.csv"))

    (message,) = requester.direct_channel().messages
    assert requester.sees(requester.direct_channel()) == [message]
    assert (message.content, message.attachments[0].data) == ("yours", b"data")
    assert await fetched(sent.attachments[0].url) == "data"
