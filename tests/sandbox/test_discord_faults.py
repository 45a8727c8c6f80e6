import asyncio
import io

import aiohttp
import discord
import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Fault, Member, Upload
from tests.sandbox.hand_clock import HandClock
from tests.sandbox.rest_client import RestClient
from tests.sandbox.small_bot import SmallBot

MESSAGES = "/channels/*/messages"


def place(bot: SmallBot, channel: Channel) -> discord.PartialMessageable:
    return bot.get_partial_messageable(channel.id)


async def test_a_server_error_after_the_commit_is_healed_by_the_nonce(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    chat.faults.add(Fault("POST", MESSAGES, status=502, after_commit=True))

    sent = await place(bot, channel).send("once", file=discord.File(io.BytesIO(b"x"), "x.mp4"))

    assert [message.id for message in channel.messages] == [sent.id]
    assert [one.status for one in chat.asked("POST", MESSAGES)] == [502, 200]
    assert chat.faults.waiting == ()


async def test_a_server_error_before_the_commit_leaves_nothing(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    chat.faults.add(Fault("POST", MESSAGES, status=503, body="<html>busy</html>", times=None))

    for _ in range(2):
        with pytest.raises(discord.DiscordServerError):
            await place(bot, channel).send("lost")
    chat.faults.clear()
    await place(bot, channel).send("found")

    assert [message.content for message in channel.messages] == ["found"]


@pytest.mark.parametrize("after_commit", [True, False])
async def test_a_dropped_connection_hides_whether_anything_happened(
    chat: DiscordStandIn,
    bot: SmallBot,
    channel: Channel,
    after_commit: bool,  # noqa: FBT001 - a case
) -> None:
    chat.faults.add(Fault("POST", MESSAGES, drop=True, after_commit=after_commit))

    with pytest.raises((aiohttp.ClientError, OSError)):
        await place(bot, channel).send("who knows", nonce="n")
    before = len(channel.messages)
    await place(bot, channel).send("who knows", nonce="n")

    assert before == (1 if after_commit else 0)
    assert len(channel.messages) == 1
    assert [one.status for one in chat.asked("POST", MESSAGES)] == [None, 200]


async def test_a_rate_limit_is_waited_out(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel
) -> None:
    chat.faults.add(Fault("DELETE", MESSAGES, status=500))
    chat.faults.add(Fault("POST", MESSAGES, status=429, times=2))

    await place(bot, channel).send("patience")

    assert [one.status for one in chat.asked("POST", MESSAGES)] == [429, 429, 200]


async def test_a_reply_can_come_late_or_with_other_headers(
    chat: DiscordStandIn, rest: RestClient, clock: HandClock
) -> None:
    headers = {"X-RateLimit-Remaining": "0"}
    chat.faults.add(Fault("GET", "/users/@me", delay_seconds=5, headers=headers))
    chat.faults.add(Fault("GET", "/users/@me", delay_seconds=7, after_commit=True))
    start = clock.now()

    async with rest.session.get(
        f"{chat.api_url}/users/@me", headers={"Authorization": f"Bot {chat.token}"}
    ) as reply:
        remaining = reply.headers["X-RateLimit-Remaining"]
    between = clock.now()
    status, _ = await rest.call("GET", "/users/@me")

    assert (remaining, status) == ("0", 200)
    assert [(between - start).seconds, (clock.now() - between).seconds] == [5, 7]
    assert not any(one.is_faulted for one in chat.exchanges)


async def test_the_true_rate_limit_headers_leave_room(
    chat: DiscordStandIn, rest: RestClient
) -> None:
    async with rest.session.get(f"{chat.api_url}/gateway") as reply:
        assert int(reply.headers["X-RateLimit-Remaining"]) > 10
        assert reply.headers["Content-Type"] == "application/json"


async def test_a_download_can_fail(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    run = await requester.slash(
        channel, "grok video", prompt="x", image=Upload("a.png", b"picture")
    )
    await run.acknowledged()
    image = bot.values["image"]
    chat.faults.add(Fault("GET", "/cdn/**", status=500))
    chat.faults.add(Fault("GET", "/cdn/**", drop=True, times=2))
    chat.faults.add(Fault("GET", "/cdn/**", delay_seconds=1))

    with pytest.raises(discord.HTTPException):
        await image.read()
    # aiohttp repeats a GET once by itself when a connection that was in use before breaks.
    with pytest.raises((aiohttp.ClientError, OSError)):
        await image.read()

    assert await image.read() == b"picture"


async def test_a_link_to_a_file_expires_and_a_new_one_is_signed(
    bot: SmallBot, channel: Channel, clock: HandClock
) -> None:
    file = discord.File(io.BytesIO(b"clip"), "clip.mp4")
    sent = await place(bot, channel).send(file=file)
    clock.advance(hours=24, seconds=1)

    with pytest.raises(discord.NotFound):
        await sent.attachments[0].read()
    fresh = await place(bot, channel).fetch_message(sent.id)

    assert await fresh.attachments[0].read() == b"clip"


async def test_a_forged_link_opens_nothing(
    chat: DiscordStandIn, channel: Channel, requester: Member, rest: RestClient
) -> None:
    said = await requester.say(channel, "", files=[Upload("a.txt", b"a", "text/plain")])
    link = chat.backend.cdn.link(said.attachments[0])

    for forged, status in ((link.replace("ex=", "ex=f"), 404), (link, 200)):
        async with rest.session.get(forged) as reply:
            assert reply.status == status


async def test_waiting_for_a_request_ends_when_it_was_made(
    chat: DiscordStandIn, channel: Channel, rest: RestClient
) -> None:
    waiting = asyncio.create_task(chat.wait_for_request("POST", MESSAGES, count=2))
    for _ in range(2):
        await rest.call("POST", f"/channels/{channel.id}/messages", {"content": "x"})

    assert len(await waiting) == 2
    with pytest.raises(TimeoutError, match="DELETE"):
        await chat.wait_for_request("DELETE", "**", seconds=0.01)


def test_a_pattern_matches_segments() -> None:
    fault = Fault("*", "/a/*/c")

    assert fault.matches("GET", "/a/b/c")
    assert not fault.matches("GET", "/a/b/b/c")
    assert Fault("GET", "/a/**").matches("GET", "/a/b/c")
    assert not Fault("GET", "/a").matches("POST", "/a")
