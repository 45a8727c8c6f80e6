"""Several processes on one PostgreSQL: one with the gateway, workers beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.clock import Clock, SystemClock
from bot.domain import JobState
from bot.errors import GatewayEndedError
from bot.lifecycle import log_in, serve
from bot.ops.health import check
from bot.settings import Settings
from bot.store.engines.engine import open_database
from bot.store.engines.presence import be_present
from bot.store.jobs import JobStore
from sandbox.bot_process import BotProcess
from sandbox.bot_process import settings_for as environment_for
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Message
from sandbox.geeknow import GeekNowStandIn
from tests.leaping_clock import LeapingClock
from tests.store.engines import PostgresEngine
from tests.store_postgres.test_server import cut_off
from tests.world import World, running, settings_for

MINUTE = timedelta(minutes=1)

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


@pytest.fixture
def url(postgres_engine: PostgresEngine) -> str:
    return postgres_engine.migrated()


@pytest.fixture
async def slow_provider() -> AsyncIterator[GeekNowStandIn]:
    async with GeekNowStandIn(render_seconds=1.0, clip_scale=0.1) as opened:
        yield opened


def shared(
    chat: DiscordStandIn, provider: GeekNowStandIn, folder: Path, url: str, name: str
) -> Settings:
    """Return settings of a process that shares database and results, and nothing else."""
    own = {"database_url": url, "data_dir": folder / name}
    return settings_for(chat, provider, folder).model_copy(update=own)


@asynccontextmanager
async def worker(settings: Settings, clock: Clock | None = None) -> AsyncIterator[App]:
    stop = asyncio.Event()
    async with open_app(settings, clock, has_gateway=False) as app:
        assert settings.discord_token is not None
        await log_in(app.bot, settings.discord_token.get_secret_value())
        serving = asyncio.create_task(serve(app, stop))
        try:
            yield app
        finally:
            stop.set()
            await serving


async def until(app: App, chat: DiscordStandIn, state: JobState) -> None:
    """Wait until the requester's job is in `state`, whoever brought it there."""
    member = chat.guild.member("requester").id
    async with asyncio.timeout(60):
        while True:
            jobs = await app.bot.services.questions.of_member(chat.guild.id, member, limit=1)
            if [job.state for job in jobs] == [state]:
                return
            await asyncio.sleep(0.02)


async def until_well(settings: Settings, clock: Clock) -> None:
    """Wait until the health check has nothing to say."""
    async with asyncio.timeout(60):
        while True:
            path = settings.data_dir / "heartbeat.json"
            if await asyncio.to_thread(check, path, clock.now(), MINUTE) is None:
                return
            await asyncio.sleep(0.05)


async def ask(chat: DiscordStandIn) -> None:
    await chat.wait_until_connected(30)
    await chat.wait_for_command("grok", "video", seconds=30)
    run = await chat.guild.member("requester").slash(
        chat.guild.channel("videos"), "grok video", prompt="a fox", duration=1
    )
    await run.answer()


async def final(chat: DiscordStandIn) -> Message:
    channel = chat.guild.channel("videos")
    return await channel.wait_for(lambda message: bool(message.pinged))


async def test_a_worker_ends_what_a_killed_process_with_the_gateway_began(
    chat: DiscordStandIn, slow_provider: GeekNowStandIn, tmp_path: Path, url: str
) -> None:
    environment = environment_for(chat, slow_provider, poll_seconds=0.1) | {
        "DATABASE_URL": url,
        "RESULTS_URL": f"file://{tmp_path}/results",
    }
    # Not done before the worker is there, however slowly that starts.
    slow_provider.on_query.always(NEVER)
    gateway = BotProcess(tmp_path / "gateway", environment)
    await gateway.start()
    try:
        await ask(chat)
        settings = shared(chat, slow_provider, tmp_path, url, "worker")
        clock = LeapingClock()
        async with worker(settings, clock) as app:
            await until(app, chat, JobState.RENDERING)
            await gateway.kill()
            slow_provider.on_query.always(None)

            message = await final(chat)

            await chat.wait_until_disconnected()
            clock.leap(timedelta(seconds=15))
            await until_well(settings, clock)
    finally:
        await gateway.stop()

    assert message.attachments
    assert len(slow_provider.charges) == 1


async def test_a_worker_inherits_what_a_dead_process_had_in_hand(
    chat: DiscordStandIn, slow_provider: GeekNowStandIn, tmp_path: Path, url: str
) -> None:
    clock = LeapingClock()
    async with running(shared(chat, slow_provider, tmp_path, url, "gateway"), chat, clock) as app:
        await World(chat, slow_provider, app).ask()
        await until(app, chat, JobState.RENDERING)
    async with open_database(url) as database:
        dead = JobStore(database, clock, worker="dead")
        while not await dead.claim(1, {JobState.RENDERING: timedelta(hours=1)}):
            clock.leap(MINUTE)

    async with worker(shared(chat, slow_provider, tmp_path, url, "worker"), clock):
        leaping = asyncio.create_task(leap_on(clock))
        message = await final(chat)
        leaping.cancel()

    assert message.attachments
    assert len(slow_provider.charges) == 1


async def leap_on(clock: LeapingClock) -> None:
    """Let seconds pass as minutes would, but never the hour of the lease."""
    for _ in range(100):
        clock.leap(timedelta(seconds=5))
        await asyncio.sleep(0.1)


async def test_commands_are_synced_and_cards_edited_by_the_process_with_the_gateway_alone(
    chat: DiscordStandIn, slow_provider: GeekNowStandIn, tmp_path: Path, url: str
) -> None:
    async with worker(shared(chat, slow_provider, tmp_path, url, "worker")):
        synced_by_worker = chat.asked("PUT", "/applications/*/commands")
        async with running(shared(chat, slow_provider, tmp_path, url, "gateway"), chat) as app:
            world = World(chat, slow_provider, app)
            await world.ask()
            await world.final()
            await world.card_with("Done")
            edits = chat.asked("PATCH", "/channels/*/messages/*")

    assert synced_by_worker == []
    bodies = [str(edit.request) for edit in edits]
    assert len(bodies) == len(set(bodies))


async def test_a_process_whose_gateway_another_one_took_ends_with_a_sentence(
    chat: DiscordStandIn,
    provider: GeekNowStandIn,
    tmp_path: Path,
    postgres_engine: PostgresEngine,
    url: str,
) -> None:
    clock = LeapingClock()
    settings = shared(chat, provider, tmp_path, url, "gateway")
    async with open_app(settings, clock) as app:
        await log_in(app.bot, chat.token)
        serving = asyncio.create_task(serve(app, asyncio.Event()))
        await chat.wait_until_connected()
        cut_off(postgres_engine.server, url)

        async with be_present(url, "another", SystemClock(), has_gateway=True) as another:
            await another.look()
            clock.leap(MINUTE)

            with pytest.raises(GatewayEndedError, match="Another process has taken the gateway"):
                async with asyncio.timeout(60):
                    await serving
