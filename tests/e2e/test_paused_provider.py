import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import Clock, SystemClock
from bot.domain import Job, JobState
from bot.ops.commands.resume import end_pause
from bot.ops.doctor import examine
from bot.ops.finding import Finding
from bot.posting.words import PAUSED
from bot.settings import Settings
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Message
from sandbox.geeknow import GeekNowStandIn
from sandbox.xai import XaiStandIn
from tests.leaping_clock import LeapingClock
from tests.world import World, running, settings_for

WRONG_KEY = "sk-of-somebody-else"
PAST_THE_FIRST_PAUSE = timedelta(seconds=31)
LONGEST_REST = timedelta(seconds=5)


def with_key(settings: Settings, key: str) -> Settings:
    xai = settings.providers["xai"].model_copy(update={"api_key": SecretStr(key)})
    return settings.model_copy(update={"providers": settings.providers | {"xai": xai}})


@pytest.fixture
def settings(
    chat: DiscordStandIn, provider: GeekNowStandIn, xai: XaiStandIn, tmp_path: Path
) -> Settings:
    return settings_for(chat, [provider, xai], tmp_path)


@pytest.fixture
def broken(settings: Settings) -> Settings:
    return with_key(settings, WRONG_KEY)


@asynccontextmanager
async def opened(
    settings: Settings, chat: DiscordStandIn, xai: XaiStandIn, clock: Clock | None = None
) -> AsyncIterator[World]:
    async with running(settings, chat, clock) as app:
        yield World(chat, xai, app)
    await chat.wait_until_disconnected()


async def held(world: World, count: int = 1) -> list[Job]:
    """Ask for videos of xAI, one after another, until every card says that it waits.

    At once, the second could be turned away as well, and the pause would be longer.
    """
    jobs: list[Job] = []
    for _ in range(count):
        await (await world.ask(model="xai/grok-imagine-video")).answer()
        jobs = await world.jobs()
        async with asyncio.timeout(60):
            while len(paused_cards(world)) < len(jobs):  # noqa: ASYNC110 - cards tell nobody
                await asyncio.sleep(0.02)
    return jobs


def paused_cards(world: World) -> list[Message]:
    return [one for one in world.channel.messages if not one.pinged and PAUSED() in str(one.embeds)]


async def all_posted(world: World, jobs: list[Job]) -> None:
    for job in jobs:
        assert (await world.final_of(job)).attachments


def submissions(xai: XaiStandIn) -> int:
    return sum(request.method == "POST" for request in xai.requests)


async def red_lines(settings: Settings) -> list[Finding]:
    return [line for line in await examine(settings, SystemClock()) if not line.is_good]


async def test_jobs_of_a_provider_that_refuses_its_key_wait_while_those_of_others_finish(
    broken: Settings, chat: DiscordStandIn, xai: XaiStandIn, provider: GeekNowStandIn
) -> None:
    async with opened(broken, chat, xai) as world:
        (waiting,) = await held(world)

        await world.ask(model="geeknow/grok-video-3")
        final = await world.final()
        still = await world.job_once(lambda job: job.id == waiting.id)

    assert final.attachments
    assert still.state is JobState.RESERVED
    assert (len(provider.charges), len(xai.charges)) == (1, 0)
    assert WRONG_KEY not in str([message.embeds for message in world.channel.everything])


async def test_the_doctor_is_red_with_the_reason_as_long_as_a_provider_is_paused(
    broken: Settings, settings: Settings, chat: DiscordStandIn, xai: XaiStandIn
) -> None:
    async with opened(broken, chat, xai) as world:
        jobs = await held(world)
        red = await red_lines(broken)
    async with opened(settings, chat, xai) as world:
        await all_posted(world, jobs)
        mended = await red_lines(settings)

    pause = next(line for line in red if "paused since" in line.how)
    assert pause.what == "xAI"
    assert "its key was refused" in pause.how
    assert "PROVIDERS__XAI__API_KEY" in pause.fix
    assert WRONG_KEY not in str(red)
    assert "xAI" not in str(mended)


async def test_a_restart_keeps_the_pause_and_tries_it_with_one_job(
    broken: Settings, chat: DiscordStandIn, xai: XaiStandIn
) -> None:
    async with opened(broken, chat, xai) as world:
        await held(world)
        await held(world)
        before = submissions(xai)

    async with opened(broken, chat, xai) as world:
        async with asyncio.timeout(60):
            while submissions(xai) == before:  # noqa: ASYNC110 - a stand-in tells nobody
                await asyncio.sleep(0.02)
        red = await red_lines(broken)
        jobs = await world.jobs()

    assert (before, submissions(xai)) == (1, 2)
    assert {job.state for job in jobs} <= {JobState.RESERVED, JobState.SUBMITTING}
    assert any("paused since" in line.how for line in red)
    assert xai.charges == []


async def test_after_a_restart_with_a_good_key_the_waiting_jobs_finish_by_themselves(
    broken: Settings, settings: Settings, chat: DiscordStandIn, xai: XaiStandIn
) -> None:
    async with opened(broken, chat, xai) as world:
        jobs = await held(world, 2)

    async with opened(settings, chat, xai) as world:
        await all_posted(world, jobs)

    assert len(xai.charges) == 2


async def test_once_the_account_is_topped_up_the_waiting_jobs_finish_without_a_restart(
    settings: Settings, chat: DiscordStandIn, xai: XaiStandIn
) -> None:
    clock = LeapingClock()
    xai.credit = 0
    async with opened(settings, chat, xai, clock) as world:
        jobs = await held(world, 2)

        xai.credit = 2
        clock.leap(PAST_THE_FIRST_PAUSE)
        await all_posted(world, jobs)

    assert len(xai.charges) == 2


async def test_a_pause_that_is_ended_by_hand_lets_the_waiting_jobs_go_on(
    settings: Settings, chat: DiscordStandIn, xai: XaiStandIn
) -> None:
    clock = LeapingClock()
    xai.credit = 0
    async with opened(settings, chat, xai, clock) as world:
        jobs = await held(world, 2)

        xai.credit = 2
        await end_pause(settings, "xai", clock)
        clock.leap(LONGEST_REST)
        await all_posted(world, jobs)

    assert len(xai.charges) == 2


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (CannedReply(401, {"error": "Invalid token"}), "its key was refused"),
        (CannedReply(402, {"error": "pay"}), "its credit is used up"),
        (CannedReply(403, {"error": "no"}), "its key was refused"),
        (CannedReply(404, "<html>not here</html>"), "is not its API"),
    ],
    ids=["401", "402", "403", "404"],
)
async def test_an_answer_about_the_account_pauses_the_provider_and_fails_no_job(
    settings: Settings, chat: DiscordStandIn, xai: XaiStandIn, reply: CannedReply, reason: str
) -> None:
    xai.on_create.then(reply)

    async with opened(settings, chat, xai) as world:
        jobs = await held(world)
        red = await red_lines(settings)
    async with opened(settings, chat, xai) as world:
        await all_posted(world, jobs)

    assert reason in next(line.how for line in red if "paused since" in line.how)
    assert len(xai.charges) == 1
