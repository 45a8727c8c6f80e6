import io

import discord
import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Member, Upload
from sandbox.discord_api.state import MEBIBYTE
from tests.sandbox.hand_clock import HandClock
from tests.sandbox.rest_client import RestClient
from tests.sandbox.small_bot import SmallBot, running


def place(bot: SmallBot, channel: Channel) -> discord.PartialMessageable:
    return bot.get_partial_messageable(channel.id)


def clip(size: int = 300) -> discord.File:
    return discord.File(io.BytesIO(bytes(size)), "clip.mp4")


async def test_a_file_is_posted_with_a_nonce(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    sent = await place(bot, channel).send("done", file=clip(), nonce="job-7")
    (message,) = channel.messages
    (exchange,) = chat.asked("POST", "/channels/*/messages")

    assert (message.id, message.content, message.nonce) == (sent.id, "done", "job-7")
    assert (message.attachments[0].filename, message.attachments[0].size) == ("clip.mp4", 300)
    assert await sent.attachments[0].read() == bytes(300)
    assert exchange.files[0].name == "files[0]"
    assert isinstance(exchange.request, dict)
    assert exchange.request["enforce_nonce"] is True


async def test_a_known_nonce_brings_the_earlier_message(bot: SmallBot, channel: Channel) -> None:
    first = await place(bot, channel).send("one", nonce="job-7")
    second = await place(bot, channel).send("two", nonce="job-7")

    assert (second.id, second.content) == (first.id, "one")
    assert len(channel.messages) == 1


async def test_a_nonce_is_forgotten_after_its_window(
    bot: SmallBot, channel: Channel, clock: HandClock
) -> None:
    first = await place(bot, channel).send("one", nonce="job-7")
    clock.advance(minutes=5, seconds=1)
    second = await place(bot, channel).send("two", nonce="job-7")

    assert first.id != second.id
    assert len(channel.messages) == 2


async def test_the_nonce_of_a_deleted_message_is_an_unknown_message(
    bot: SmallBot, channel: Channel, moderator: Member
) -> None:
    await place(bot, channel).send("one", nonce="job-7")
    await moderator.delete(channel.messages[0])

    with pytest.raises(discord.NotFound) as caught:
        await place(bot, channel).send("one", nonce="job-7")

    assert caught.value.code == 10008
    assert [message.deleted for message in channel.everything] == [True]


async def test_a_nonce_that_is_not_enforced_does_nothing(
    channel: Channel, rest: RestClient
) -> None:
    path = f"/channels/{channel.id}/messages"

    for nonce in ("n", "n", 5, 5):
        await rest.call("POST", path, {"content": "x", "nonce": nonce})

    assert [message.nonce for message in channel.messages] == ["n", "n", 5, 5]


@pytest.mark.parametrize(("tier", "limit"), [(0, 10), (1, 10), (2, 50), (3, 100)])
async def test_a_file_over_the_limit_of_the_tier_is_too_large(
    chat: DiscordStandIn, bot: SmallBot, tier: int, limit: int
) -> None:
    chat.guild.boost(tier)
    channel = chat.guild.channel("videos")

    await place(bot, channel).send(file=clip(10 * MEBIBYTE if tier else limit * MEBIBYTE))
    chat.guild.limit_uploads(chat.guild.state.upload_limit_bytes // 1000)
    with pytest.raises(discord.HTTPException) as caught:
        await place(bot, channel).send(file=clip(limit * MEBIBYTE // 1000 + 1))

    assert chat.guild.state.upload_limit_bytes == limit * MEBIBYTE // 1000
    assert (caught.value.status, caught.value.code) == (413, 40005)
    assert len(channel.messages) == 1


async def test_a_message_is_edited_with_its_history(
    bot: SmallBot, channel: Channel, clock: HandClock
) -> None:
    sent = await place(bot, channel).send("one", file=clip(), embed=discord.Embed(title="t"))
    clock.advance(seconds=10)
    partial = place(bot, channel).get_partial_message(sent.id)
    edited = await partial.edit(content="two", embed=None, attachments=[])
    (message,) = channel.messages

    assert (message.content, message.embeds, message.attachments) == ("two", [], [])
    (version,) = message.edits
    assert (version.content, version.embeds[0]["title"]) == ("one", "t")
    assert (version.attachments[0].filename, version.replaced_at) == ("clip.mp4", clock.now())
    assert edited.edited_at == clock.now()


async def test_files_are_kept_or_added_in_an_edit(bot: SmallBot, channel: Channel) -> None:
    sent = await place(bot, channel).send(file=clip())

    again = discord.File(io.BytesIO(b"b"), "b.txt", description="notes")
    await sent.edit(attachments=[*sent.attachments, again])
    await sent.edit(content="kept")

    (message,) = channel.messages
    assert [one.filename for one in message.attachments] == ["clip.mp4", "b.txt"]
    assert message.attachments[1].description == "notes"


async def test_an_embed_shows_its_file_instead_of_the_message(
    bot: SmallBot, channel: Channel
) -> None:
    embed = discord.Embed(title="usage").set_image(url="attachment://chart.png")
    embed.add_field(name="today", value="3")
    file = discord.File(io.BytesIO(b"png"), "chart.png")

    sent = await place(bot, channel).send(embed=embed, file=file)

    assert sent.attachments == []
    assert sent.embeds[0].image.url is not None
    assert "/attachments/" in sent.embeds[0].image.url
    assert channel.messages[0].attachments[0].is_in_embed


async def test_a_reply_names_what_it_replies_to(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    asked = await requester.say(channel, "make it")
    reference = discord.MessageReference(message_id=asked.id, channel_id=channel.id)

    sent = await place(bot, channel).send("made", reference=reference)

    assert channel.messages[-1].reference_id == asked.id
    assert sent.type is discord.MessageType.reply
    resolved = sent.reference and sent.reference.resolved
    assert isinstance(resolved, discord.Message)
    assert (resolved.id, resolved.content) == (asked.id, "")


async def test_a_reply_to_a_deleted_message_is_plain_or_fails_as_asked(
    lax_chat: DiscordStandIn,
) -> None:
    channel = lax_chat.guild.channel("videos")
    requester = lax_chat.guild.member("requester")
    asked = await requester.say(channel, "make it")
    await requester.delete(asked)
    async with running(lax_chat) as bot:
        lenient, strict = (
            discord.MessageReference(
                message_id=asked.id, channel_id=channel.id, fail_if_not_exists=is_strict
            )
            for is_strict in (False, True)
        )
        await place(bot, channel).send("made", reference=lenient)
        with pytest.raises(discord.HTTPException) as caught:
            await place(bot, channel).send("made", reference=strict)

    assert [message.reference_id for message in channel.messages] == [None]
    assert caught.value.code == 50035


async def test_a_reply_outlives_what_it_replied_to(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    asked = await requester.say(channel, "make it")
    reference = discord.MessageReference(message_id=asked.id, channel_id=channel.id)
    sent = await place(bot, channel).send("made", reference=reference)
    await requester.delete(asked)

    fetched = await place(bot, channel).fetch_message(sent.id)

    assert fetched.reference is not None
    assert isinstance(fetched.reference.resolved, discord.DeletedReferencedMessage)


async def test_the_history_is_read_in_pages(bot: SmallBot, channel: Channel) -> None:
    sent = [await place(bot, channel).send(str(number)) for number in range(6)]

    async def page(
        limit: int = 100,
        before: discord.Message | None = None,
        after: discord.Message | None = None,
        around: discord.Message | None = None,
    ) -> list[str]:
        history = place(bot, channel).history(
            limit=limit, before=before, after=after, around=around
        )
        return [one.content async for one in history]

    assert await page() == ["5", "4", "3", "2", "1", "0"]
    assert await page(limit=2) == ["5", "4"]
    assert await page(limit=2, before=sent[3]) == ["2", "1"]
    assert await page(limit=2, after=sent[1]) == ["2", "3"]
    assert await page(limit=3, around=sent[2]) == ["3", "2", "1"]


async def test_the_page_around_a_message_may_be_that_message(
    bot: SmallBot, channel: Channel, rest: RestClient
) -> None:
    sent = [await place(bot, channel).send(str(number)) for number in range(3)]

    _, page = await rest.call("GET", f"/channels/{channel.id}/messages?around={sent[1].id}&limit=1")

    assert [one["content"] for one in page] == ["1"]


async def test_what_others_wrote_is_empty_without_the_intent(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    hidden = await requester.say(channel, "secret", files=[Upload("a.txt", b"a")])
    named = await requester.say(channel, f"<@{bot.application_id}> hello")

    fetched = await place(bot, channel).fetch_message(hidden.id)
    mention = await place(bot, channel).fetch_message(named.id)

    assert (fetched.content, fetched.attachments) == ("", [])
    assert mention.content.endswith("hello")


async def test_a_message_is_deleted_once(bot: SmallBot, channel: Channel) -> None:
    sent = await place(bot, channel).send("one")
    await sent.delete()

    with pytest.raises(discord.NotFound) as caught:
        await sent.delete()

    assert caught.value.code == 10008
    assert channel.messages == []


async def test_typing_is_shown_where_the_bot_may_write(bot: SmallBot, channel: Channel) -> None:
    async with place(bot, channel).typing():
        pass

    channel.deny_bot(discord.Permissions.send_messages.flag)
    with pytest.raises(discord.Forbidden):
        await place(bot, channel).typing()


async def test_waiting_for_a_message_that_never_comes_ends(channel: Channel) -> None:
    with pytest.raises(TimeoutError, match="a message in #videos"):
        await channel.wait_for(lambda _: True, seconds=0.01)
