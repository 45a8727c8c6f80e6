from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain import JobState, Policy
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn
from sandbox.xai import XaiStandIn
from tests.cogs.moderation.spoken import admin
from tests.world import World, running, settings_for

NEVER = CannedReply(200, {"status": "pending"})


@pytest.fixture
async def paid(chat: DiscordStandIn, xai: XaiStandIn, tmp_path: Path) -> AsyncIterator[World]:
    """Be where models have a price."""
    async with running(settings_for(chat, xai, tmp_path), chat) as app:
        yield World(chat, xai, app)


@pytest.fixture
async def xai() -> AsyncIterator[XaiStandIn]:
    async with XaiStandIn(clip_scale=0.1) as opened:
        yield opened


async def policies_of(world: World) -> dict[str, Policy]:
    book = await world.app.bot.services.policies.book(world.chat.guild.id)
    return {str(one.name): one for one in book.policies}


async def test_a_budget_is_set_and_removed_with_before_and_after(world: World) -> None:
    first = await admin(world, "budget set", period="day", amount="$1.00")
    second = await admin(world, "budget set", period="day", amount="2.5")
    third = await admin(world, "budget remove", period="day")
    fourth = await admin(world, "budget remove", period="day")

    assert "not limited → $1.00 a day\nDays and months are those of UTC." in first
    assert "$1.00 a day → $2.50 a day" in second
    assert "$2.50 a day → not limited" in third
    assert "no such limit" in fourth


async def test_what_is_used_reserved_and_left_is_shown(paid: World) -> None:
    await admin(paid, "budget set", period="day", amount="1.00")
    await admin(paid, "budget set", period="month", amount="0")
    empty = await admin(paid, "budget show")
    await admin(paid, "budget remove", period="month")
    paid.provider.on_query.always(NEVER)
    await paid.ask(duration=5)
    job = await paid.job_in(JobState.RENDERING)

    shown = await admin(paid, "budget show")

    assert "**$0.00 a month**\n▰▰▰▰▰▰▰▰▰▰▰▰ 100 % used" in empty
    assert job.estimate_micros is not None
    used = job.estimate_micros // 10_000
    assert f"{used} % used\n$0.{used} used, of it $0.{used} reserved" in shown
    assert f"$0.{100 - used} left. It begins anew <t:" in shown
    assert "at 50, 80 and 100 %" in shown


async def test_without_a_budget_it_says_how_to_set_one(world: World) -> None:
    shown = await admin(world, "budget show")

    assert "There is no budget." in shown
    assert "`/grok-admin budget step-down`" in shown
    assert "`/grok-admin budget confirm-above`" in shown


async def test_a_price_to_confirm_is_set_and_switched_off(world: World) -> None:
    on = await admin(world, "budget confirm-above", amount="0.35")
    off = await admin(world, "budget confirm-above", amount=" OFF ")

    assert "Before: not set\nNow: what costs more than $0.35" in on
    assert "Before: what costs more than $0.35\nNow: not set" in off
    assert await policies_of(world) == {}


async def test_a_step_down_is_set_and_switched_off(world: World) -> None:
    on = await admin(
        world, "budget step-down", percent="80 %", longest=4, resolution="480P", review=True
    )
    shown = await admin(world, "budget show")
    off = await admin(world, "budget step-down", percent="off")

    told = "from 80 % of a budget on: at most 4 s, at most 480p, each job is reviewed"
    assert f"**Step-down** for this server\nBefore: not set\nNow: {told}" in on
    assert f"• step-down for this server: {told}" in shown
    assert f"Before: {told}\nNow: not set" in off
    assert await policies_of(world) == {}


@pytest.mark.parametrize(
    ("command", "options", "told"),
    [
        ("set", {"period": "day", "amount": "-1"}, "can't be below zero"),
        ("set", {"period": "month", "amount": "9999999"}, "At most $1,000,000"),
        ("confirm-above", {"amount": "cheap"}, "no amount of dollars"),
        ("step-down", {"percent": "0", "longest": 4}, "percent from 1 to 100"),
        ("step-down", {"percent": "101", "longest": 4}, "percent from 1 to 100"),
        ("step-down", {"percent": "80"}, "Say what is made smaller"),
        ("step-down", {"percent": "80", "resolution": "tiny"}, "is no size"),
    ],
)
async def test_what_will_not_do_gets_a_sentence_and_changes_nothing(
    world: World, command: str, options: dict[str, str | int], told: str
) -> None:
    said = await admin(world, f"budget {command}", **options)

    assert told in said
    book = await world.app.bot.services.policies.book(world.chat.guild.id)
    assert (book.limits, book.policies) == ((), ())


@pytest.mark.parametrize(
    ("command", "focused", "others", "offered"),
    [
        ("confirm-above", "amount", {}, "off"),
        ("step-down", "percent", {}, "80"),
        ("step-down", "resolution", {"percent": "80"}, "720p"),
    ],
)
async def test_what_is_usual_is_suggested(
    world: World, command: str, focused: str, others: dict[str, str], offered: str
) -> None:
    choices = await world.moderator.autocomplete(
        world.channel, f"grok-admin budget {command}", focused=focused, value="", **others
    )

    assert offered in {choice["value"] for choice in choices}
