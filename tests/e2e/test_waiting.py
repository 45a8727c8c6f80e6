from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Job, JobState
from bot.domain.outlook import ENOUGH
from bot.settings import Settings
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Message
from sandbox.geeknow import GeekNowStandIn
from tests.leaping_clock import LeapingClock
from tests.world import World, running, settings_for

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})
NO_PERCENT = CannedReply(200, {"id": "x", "status": "processing"})
A_TURN_SECONDS = 8
PAST_WHAT_IS_REMEMBERED = timedelta(seconds=61)


def at_a_slow_rate(settings: Settings) -> Settings:
    slow = settings.providers["geeknow"].model_copy(
        update={"requests_per_minute": 60 / A_TURN_SECONDS}
    )
    return settings.model_copy(update={"providers": {"geeknow": slow}})


@pytest.fixture
def clock() -> LeapingClock:
    return LeapingClock()


@pytest.fixture
async def leaping(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path, clock: LeapingClock
) -> AsyncIterator[World]:
    async with running(settings_for(chat, provider, tmp_path), chat, clock) as app:
        yield World(chat, provider, app)


async def card_of(world: World, job: Job, words: str) -> Message:
    return await world.channel.wait_for(
        lambda message: (
            not message.pinged
            and words in str(message.embeds)
            and job.id in str(message.embeds[0]["footer"]["text"])
        )
    )


async def finish(world: World, count: int) -> None:
    for number in range(count):
        await (await world.ask(prompt=f"fox {number}")).answer()
    for job in await world.jobs():
        await world.final_of(job)


async def test_a_card_tells_its_place_and_moves_up_when_the_job_before_it_is_submitted(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    provider.on_query.always(NEVER)
    settings = at_a_slow_rate(settings_for(chat, provider, tmp_path))
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        for number in range(3):
            await (await world.ask(prompt=f"fox {number}")).answer()
        last, before, first = await world.jobs()
        assert first.created_at < before.created_at < last.created_at

        behind = await card_of(world, last, "place 2 of 2 in the queue")
        listed = await (await world.requester.slash(world.channel, "grok jobs")).answer()
        moved_up = await card_of(world, last, "next in the queue")
        states = {job.id: job.state for job in await world.jobs()}

    assert behind.id == moved_up.id
    assert "in the queue" in str(listed.embeds[0]["description"])
    assert states[before.id] is not JobState.RESERVED


async def test_a_card_says_that_nobody_knows_yet_how_long_it_takes(world: World) -> None:
    world.provider.on_query.always(NO_PERCENT)

    answer = await (await world.ask()).answer()
    card = await world.card_with("how long it takes is not known yet")

    assert "usually" not in answer.content
    assert "usually" not in str(card.embeds)


async def test_after_enough_finished_jobs_a_member_is_told_how_long_it_usually_takes(
    leaping: World, clock: LeapingClock
) -> None:
    world = leaping
    await finish(world, ENOUGH)
    clock.leap(PAST_WHAT_IS_REMEMBERED)
    world.provider.on_query.always(NEVER)

    answer = await (await world.ask(prompt="one more")).answer()
    card = await world.card_with("5%")
    models = await (await world.visitor.slash(world.channel, "grok models")).answer()
    job = await world.job_in(JobState.RENDERING)
    shown = await (await world.requester.slash(world.channel, "grok show", id=job.id)).answer()

    assert "It usually takes" in answer.content
    assert " · usually " in str(card.embeds)
    assert str(models.embeds).count("usually ") == 1
    assert "usually " in str(shown.embeds[0]["description"])


async def test_a_card_says_in_the_language_of_the_server_how_long_it_takes(
    leaping: World, clock: LeapingClock
) -> None:
    leaping.chat.guild.state.locale = "pl"
    await finish(leaping, ENOUGH)
    clock.leap(PAST_WHAT_IS_REMEMBERED)
    leaping.provider.on_query.always(NEVER)
    leaping.requester.user.locale = "zh-CN"

    answer = await (await leaping.ask(prompt="one more")).answer()
    card = await leaping.card_with("zwykle")

    assert "通常需要" in answer.content
    assert "usually" not in str(card.embeds)
