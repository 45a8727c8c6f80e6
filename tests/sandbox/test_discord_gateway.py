import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Member, Permission, Rules
from tests.sandbox.hand_clock import HandClock
from tests.sandbox.small_bot import SmallBot, failure_of_start, running

ROOT = Path(__file__).parent.parent.parent
CHATTY = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


async def test_op_7_makes_the_bot_resume_and_nothing_is_lost(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    chat.gateway.ask_to_reconnect()
    await chat.wait_until_disconnected()
    run = await requester.slash(channel, "grok video", prompt="meanwhile")

    assert (await run.acknowledged()).is_deferred
    assert bot.values["prompt"] == "meanwhile"
    assert bot.names() == ["ready", "resumed"]
    assert len(chat.gateway.resumes) == 1


async def test_a_cut_connection_is_resumed(chat: DiscordStandIn, bot: SmallBot) -> None:
    chat.gateway.drop()
    await asyncio.sleep(0)
    chat.gateway.drop()
    await bot.until(lambda one: "resumed" in one.names())

    assert len(chat.gateway.identifies) == 1


async def test_close_code_4000_is_resumed(chat: DiscordStandIn, bot: SmallBot) -> None:
    chat.gateway.close(4000)
    await bot.until(lambda one: "resumed" in one.names())

    assert len(chat.gateway.identifies) == 1


@pytest.mark.parametrize(("may_resume", "news"), [(True, "resumed"), (False, "ready")])
async def test_op_9_ends_the_session_or_only_interrupts_it(
    chat: DiscordStandIn, bot: SmallBot, *, may_resume: bool, news: str
) -> None:
    bot.heard.clear()
    chat.gateway.invalidate(may_resume=may_resume)
    await bot.until(lambda one: one.names() == [news])

    assert len(chat.gateway.identifies) == (1 if may_resume else 2)


async def test_a_session_left_too_long_ago_is_begun_anew(
    chat: DiscordStandIn, bot: SmallBot, clock: HandClock
) -> None:
    chat.gateway.ask_to_reconnect()
    await chat.wait_until_disconnected()
    clock.advance(minutes=6)
    await bot.until(lambda one: one.names() == ["ready", "ready"])

    assert len(chat.gateway.resumes) == 1
    chat.gateway.ask_to_reconnect()
    await bot.until(lambda one: one.names() == ["ready", "ready", "resumed"])
    chat.guild.add_channel("later")
    assert len(chat.gateway.sessions) == 1


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_fatal_close_code_ends_the_client(chat: DiscordStandIn, code: int) -> None:
    bot = SmallBot()

    async def close() -> None:
        await chat.wait_until_connected()
        chat.gateway.close(code)

    closing = asyncio.create_task(close())
    error = await failure_of_start(chat, bot, chat.token)
    await closing

    kind = discord.PrivilegedIntentsRequired if code == 4014 else discord.ConnectionClosed
    assert isinstance(error, kind)


async def test_a_malformed_event_ends_the_client(chat: DiscordStandIn) -> None:
    async def spoil() -> None:
        await chat.wait_until_connected()
        chat.gateway.send_malformed()

    spoiling = asyncio.create_task(spoil())
    error = await failure_of_start(chat, SmallBot(), chat.token)
    await spoiling

    assert isinstance(error, KeyError)


async def test_an_intent_that_was_not_granted_is_disallowed(chat: DiscordStandIn) -> None:
    intents = discord.Intents(guilds=True, message_content=True)

    error = await failure_of_start(chat, SmallBot(intents=intents), chat.token)

    assert isinstance(error, discord.PrivilegedIntentsRequired)


async def test_a_silent_connection_is_left_and_resumed(clock: HandClock) -> None:
    rules = Rules(heartbeat_seconds=0.05)
    async with (
        DiscordStandIn(clock=clock, rules=rules) as chat,
        running(chat, SmallBot(heartbeat_timeout=0.2)) as bot,
    ):
        chat.gateway.acks_heartbeats = False
        await bot.until(lambda one: "resumed" in one.names())

    assert chat.gateway.resumes


async def test_events_are_for_those_who_asked_for_them(
    chat: DiscordStandIn, channel: Channel, requester: Member
) -> None:
    async with running(chat) as deaf, running(chat, SmallBot(intents=CHATTY)) as chatty:
        said = await requester.say(channel, "hello")
        await requester.delete(said)
        channel.deny_bot(Permission.VIEW_CHANNEL)
        await requester.say(channel, "unseen")
        await requester.say(requester.direct_channel(), "between us")
        await chatty.until(lambda one: one.names().count("message") == 2)

    heard = [data.content for name, data in chatty.heard if name == "message"]
    assert heard == ["", "between us"]
    assert "deleted" in chatty.names()
    assert deaf.names() == ["ready"]


async def test_a_bot_with_the_granted_intents_reads_everything(clock: HandClock) -> None:
    rules = Rules(has_message_content=True, has_members=True, compress=False)
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True, members=True)
    async with (
        DiscordStandIn(clock=clock, rules=rules) as chat,
        running(chat, SmallBot(intents)) as bot,
    ):
        await chat.guild.member("requester").say(chat.guild.channel("videos"), "hello")
        await bot.until(lambda one: "message" in one.names())
        members = len(bot.guilds[0].members)

    assert bot.heard[-1][1].content == "hello"
    assert members == 4


async def test_two_clients_with_one_token_both_hear_everything(
    chat: DiscordStandIn, channel: Channel, requester: Member
) -> None:
    async with running(chat) as first, running(chat) as second:
        await requester.slash(channel, "grok video", prompt="both")
        second.news = first.news
        await first.until(lambda one: one.errors + second.errors)
        await second.until(lambda one: one.values and first.values)

    (error,) = first.errors + second.errors
    assert isinstance(error, discord.HTTPException)
    assert error.code == 40060


async def test_each_shard_hears_of_its_guilds_only(
    chat: DiscordStandIn, channel: Channel, requester: Member
) -> None:
    mine = (chat.guild.id >> 22) % 2
    owner = SmallBot(shard_id=mine, shard_count=2)
    stranger = SmallBot(shard_id=1 - mine, shard_count=2)
    async with running(chat, owner), running(chat, stranger):
        await (await requester.slash(channel, "grok video", prompt="x")).acknowledged()

    assert owner.values["prompt"] == "x"
    assert stranger.values == {}
    assert list(stranger.guilds) == []


async def test_a_killed_bot_comes_back_with_a_new_session(
    chat: DiscordStandIn, channel: Channel, requester: Member
) -> None:
    environment = {
        **os.environ,
        "DISCORD_API_URL": chat.api_url,
        "DISCORD_GATEWAY_URL": chat.gateway_url,
        "DISCORD_TOKEN": chat.token,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sandbox.small_bot", cwd=ROOT, env=environment
    )
    try:
        await chat.wait_until_connected(20)
    finally:
        process.kill()
        await process.wait()
    await chat.wait_until_disconnected()

    async with running(chat) as bot:
        await (await requester.slash(channel, "grok video", prompt="x")).acknowledged()

    assert bot.values["prompt"] == "x"
    assert len(chat.gateway.identifies) == 2
    assert chat.gateway.resumes == []


class Wire:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, op: int, data: object = None) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def hear(self) -> dict[str, Any]:
        return dict(json.loads(await self.socket.receive_str()))

    async def end(self) -> int | None:
        while (await self.socket.receive()).type != aiohttp.WSMsgType.CLOSE:
            pass
        return self.socket.close_code


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([{"op": 99}], 4001),
        ([["nonsense"]], 4002),
        ([{"op": 3, "d": {}}], 4003),
        ([{"op": 2, "d": {"token": "wrong"}}], 4004),
        ([{"op": 6, "d": {"token": "wrong"}}], 4004),
        ([{"op": 2, "d": "good"}, {"op": 2, "d": "good"}], 4005),
    ],
)
async def test_a_wrong_frame_closes_the_connection(
    chat: DiscordStandIn, frames: list[Any], code: int
) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(chat.gateway_url) as socket:
        wire = Wire(socket)
        for frame in frames:
            if isinstance(frame, dict) and frame.get("d") == "good":
                await wire.say(2, {"token": chat.token, "intents": 0})
            else:
                await socket.send_json(frame)
        await socket.send_bytes(b"ignored")

        assert await wire.end() == code


async def test_without_the_guilds_intent_no_guild_is_sent(chat: DiscordStandIn) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(chat.gateway_url) as socket:
        wire = Wire(socket)
        assert (await wire.hear())["op"] == 10
        await wire.say(2, {"token": chat.token, "intents": 0})
        assert (await wire.hear())["t"] == "READY"
        await wire.say(3, {"status": "online"})
        await wire.say(1, None)

        assert (await wire.hear())["op"] == 11


@pytest.mark.parametrize("sequence", [0, 99])
@pytest.mark.usefixtures("bot")
async def test_a_resume_that_cannot_be_whole_is_invalid(
    chat: DiscordStandIn, sequence: int
) -> None:
    (session_id,) = chat.gateway.sessions
    for _ in range(1001 if sequence == 0 else 0):
        chat.gateway.dispatch("TEST", {})
    async with aiohttp.ClientSession() as session, session.ws_connect(chat.gateway_url) as socket:
        wire = Wire(socket)
        await wire.hear()
        await wire.say(6, {"token": chat.token, "session_id": session_id, "seq": sequence})

        assert await wire.hear() == {"op": 9, "d": False, "s": None, "t": None}
