import asyncio
import re
from datetime import timedelta
from pathlib import Path

from bot.domain import LimitKind, Unit
from bot.store.moderation.policies import server
from sandbox.discord_api import Channel, DiscordStandIn, Fault, Permission
from sandbox.geeknow import GeekNowStandIn
from tests.leaping_clock import LeapingClock
from tests.world import World, running, settings_for

A_BIT = timedelta(seconds=7)
LATER = timedelta(minutes=10)
A_DAY = timedelta(days=1)


async def set_limits(world: World, *amounts: int) -> None:
    """Put something on record for each amount."""
    policies, here = world.app.bot.services.policies, server(world.chat.guild.id)
    for amount in amounts:
        await policies.set_limit(here, LimitKind.DAY, Unit.JOBS, amount, world.moderator.id)


async def set_log_channel(world: World, channel: Channel | None) -> None:
    options = {} if channel is None else {"channel": channel}
    run = await world.moderator.slash(world.channel, "grok-admin log-channel", **options)
    assert "mirrored" in (await run.answer()).content


def mirrored(channel: Channel) -> list[int]:
    """Return the numbers of the rows in a channel, in the order in which they stand there."""
    embeds = [embed for message in channel.messages for embed in message.embeds]
    text = "\n".join(str(embed["description"]) for embed in embeds)
    return [int(number) for number in re.findall(r"^`#([0-9]+)`", text, re.MULTILINE)]


async def until_mirrored(channel: Channel, clock: LeapingClock, *numbers: int) -> None:
    """Return once exactly these rows are in the channel, and stay so for some rounds."""
    async with asyncio.timeout(60):
        while mirrored(channel) != [*numbers]:
            await asyncio.sleep(0.05)
            clock.leap(timedelta(seconds=2))
    for _ in range(4):
        clock.leap(timedelta(seconds=2))
        await asyncio.sleep(0.05)
    assert mirrored(channel) == [*numbers]


async def until_sent(world: World, channel: Channel, count: int = 1) -> None:
    await world.chat.wait_for_request("POST", f"/channels/{channel.id}/messages", count=count)


async def test_the_record_is_mirrored_from_the_row_on_that_set_the_channel(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    clock, log = LeapingClock(), chat.guild.add_channel("log")
    async with running(settings_for(chat, provider, tmp_path), chat, clock) as app:
        world = World(chat, provider, app)
        await set_limits(world, 1, 2)
        await set_log_channel(world, log)
        await until_mirrored(log, clock, 3)
        await set_limits(world, *range(3, 13))
        await until_mirrored(log, clock, *range(3, 14))

    first = log.messages[0]
    assert "set the log channel for this server" in str(first.embeds[0]["description"])
    assert re.fullmatch("record 3 to 3 · [0-9a-f]{12}", first.embeds[0]["footer"]["text"])
    assert "a limit of 3 jobs a day for this server; before: 2 jobs a day" in str(log.messages)
    assert all(message.pinged == frozenset() for message in log.messages)


async def test_a_lost_reply_leaves_exactly_one_message(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    clock, log = LeapingClock(), chat.guild.add_channel("log")
    fault = Fault("POST", f"/channels/{log.id}/messages", drop=True, after_commit=True)
    async with running(settings_for(chat, provider, tmp_path), chat, clock) as app:
        world = World(chat, provider, app)
        chat.faults.add(fault)
        await set_log_channel(world, log)
        await until_sent(world, log, 2)
        await set_limits(world, 1)
        await until_mirrored(log, clock, 1, 2)

    assert len(log.messages) == 2


async def test_a_lost_reply_is_looked_for_after_a_restart_that_took_long(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    clock, log = LeapingClock(), chat.guild.add_channel("log")
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat, clock) as app:
        chat.faults.add(Fault("POST", f"/channels/{log.id}/messages", drop=True, after_commit=True))
        world = World(chat, provider, app)
        await set_log_channel(world, log)
        await until_sent(world, log)
    clock.leap(LATER)

    async with running(settings, chat, clock) as app:
        world = World(chat, provider, app)
        await set_limits(world, 1)
        await until_mirrored(log, clock, 1, 2)

    assert len(chat.asked("GET", f"/channels/{log.id}/messages")) == 1


async def test_a_log_channel_that_was_deleted_and_made_anew_gets_what_it_missed(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    clock, log = LeapingClock(), chat.guild.add_channel("log")
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat, clock) as app:
        world = World(chat, provider, app)
        await set_log_channel(world, log)
        await until_mirrored(log, clock, 1)
        log.delete()
        await set_limits(world, 1, 2)
        await until_sent(world, log, 2)

    async with running(settings, chat, clock) as app:
        world = World(chat, provider, app)
        await set_limits(world, 3)
        anew = chat.guild.add_channel("log")
        await app.bot.wait_for("guild_channel_create", timeout=10)
        await set_log_channel(world, anew)
        await until_mirrored(anew, clock, 2, 3, 4, 5)


async def test_a_channel_that_was_closed_for_a_day_gets_what_it_missed(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    clock, log = LeapingClock(), chat.guild.add_channel("log")
    async with running(settings_for(chat, provider, tmp_path), chat, clock) as app:
        world = World(chat, provider, app)
        await set_log_channel(world, log)
        await until_mirrored(log, clock, 1)
        log.deny_bot(Permission.SEND_MESSAGES)
        await set_limits(world, 1, 2)
        await until_sent(world, log, 2)
        for _ in range(9):
            clock.leap(LATER)
            await asyncio.sleep(0.1)
        tries = len(chat.asked("POST", f"/channels/{log.id}/messages"))
        log.state.overwrites.clear()
        clock.leap(A_DAY)
        await until_mirrored(log, clock, 1, 2, 3)

    assert tries == 3


async def test_the_last_row_says_that_the_log_was_switched_off(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    clock, log = LeapingClock(), chat.guild.add_channel("log")
    async with running(settings_for(chat, provider, tmp_path), chat, clock) as app:
        world = World(chat, provider, app)
        await set_log_channel(world, log)
        await until_mirrored(log, clock, 1)
        await set_log_channel(world, None)
        await set_limits(world, 1, 2)
        await until_mirrored(log, clock, 1, 2)
        await set_log_channel(world, log)
        await until_mirrored(log, clock, 1, 2, 5)

    assert "took back the log channel" in str(log.messages[1].embeds)


async def test_what_a_filter_stops_is_mirrored_without_its_words(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    clock, log = LeapingClock(), chat.guild.add_channel("log")
    async with running(settings_for(chat, provider, tmp_path), chat, clock) as app:
        world = World(chat, provider, app)
        await set_log_channel(world, log)
        await until_mirrored(log, clock, 1)
        chat.guild.block("darn")
        members = app.bot.services.members
        await members.block(
            chat.guild.id, world.visitor.id, until_at=None, reason="darn", by_id=world.moderator.id
        )
        await until_mirrored(log, clock, 1, 2)

    assert "darn" not in str(log.messages[1].embeds)
    assert "`block.set`" in str(log.messages[1].embeds)
