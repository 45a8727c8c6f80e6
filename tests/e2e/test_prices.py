from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain import JobState
from bot.settings import Settings
from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn
from sandbox.xai import XaiStandIn
from tests.world import World, running, settings_for

MODELS = ["xai/grok-imagine-video", "geeknow/grok-video-3"]
MONEY = ("$", "price", "charged", "cost", "about")


@pytest.fixture
def settings(
    chat: DiscordStandIn, provider: GeekNowStandIn, xai: XaiStandIn, tmp_path: Path
) -> Settings:
    return settings_for(chat, [xai, provider], tmp_path)


@pytest.fixture
async def quiet(settings: Settings, chat: DiscordStandIn, xai: XaiStandIn) -> AsyncIterator[World]:
    async with running(settings, chat) as app:
        yield World(chat, xai, app)


@pytest.fixture
async def open_about_money(
    settings: Settings, chat: DiscordStandIn, xai: XaiStandIn
) -> AsyncIterator[World]:
    shown = settings.model_copy(update={"show_prices": True})
    async with running(shown, chat) as app:
        yield World(chat, xai, app)


async def everything_said(world: World, model: str) -> str:
    """Have a video made and return all that anybody could read meanwhile."""
    run = await world.ask(model=model)
    await run.answer()
    await world.folded(await world.final())
    job = await world.job_in(JobState.POSTED)
    show = await world.requester.slash(world.channel, "grok show", id=job.id)
    await show.answer()
    models = await world.requester.slash(world.channel, "grok models")
    await models.answer()
    said = [*world.channel.everything, *run.messages, *show.messages, *models.messages]
    now = [f"{message.content} {message.embeds}" for message in said]
    before = [f"{one.content} {one.embeds}" for message in said for one in message.edits]
    return " ".join(now + before)


@pytest.mark.parametrize("model", MODELS)
async def test_nothing_is_said_about_money_by_default(quiet: World, model: str) -> None:
    said = await everything_said(quiet, model)

    assert [word for word in MONEY if word in said.lower()] == []


async def test_what_is_not_shown_is_in_the_row_all_the_same(quiet: World) -> None:
    await quiet.ask(model="xai/grok-imagine-video")
    job = await quiet.job_in(JobState.POSTED)

    assert (job.estimate_micros, job.cost_micros) == (70_000, 70_000)


async def test_where_prices_are_shown_the_estimate_comes_first_and_then_the_charge(
    open_about_money: World,
) -> None:
    world = open_about_money
    answer = await (await world.ask(model="xai/grok-imagine-video", duration=2)).answer()
    final = await world.final()

    assert "about $0.14 at most" in answer.content
    assert "charged $0.14" in final.embeds[0]["footer"]["text"]


async def test_an_unknown_price_is_said_to_be_unknown(open_about_money: World) -> None:
    world = open_about_money

    answer = await (await world.ask(model="geeknow/grok-video-3")).answer()
    final = await world.final()

    assert "price unknown" in answer.content
    assert "price unknown" in final.embeds[0]["footer"]["text"]
    assert "$" not in f"{answer.content} {final.embeds}"
