"""One run of the bot: start, serve until a signal or a fatal end, stop in order."""

import asyncio
import logging
import signal
import traceback
from datetime import timedelta
from typing import Final

import aiohttp
import discord

from bot.app import App, open_app
from bot.client import GrokBot, point_discord_at, why_it_ended
from bot.errors import ConfigurationError, GatewayEndedError
from bot.settings import Settings

log = logging.getLogger(__name__)

_GRACE: Final = timedelta(seconds=8)
"""Of the ten seconds that a container gets to stop; the rest is for closing."""
_BEAT_SECONDS: Final = 10.0


async def run_bot(settings: Settings, *, has_gateway: bool = True) -> None:
    """Run until SIGTERM or SIGINT; without the gateway as one of several workers.

    Raises:
        ConfigurationError: A setting will not do.
        GatewayEndedError: Discord ended the connection for good.
    """
    token = _token(settings)
    stop = asyncio.Event()
    opening = asyncio.current_task()
    is_open = asyncio.Event()

    def on_signal() -> None:
        stop.set()
        # Nothing is in hand while it still opens, so it may simply be given up.
        if opening is not None and not is_open.is_set():
            opening.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    try:
        async with open_app(settings, has_gateway=has_gateway) as app:
            await log_in(app.bot, token)
            is_open.set()
            await serve(app, stop)
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
        log.info("Stopped before it had begun")


async def sync_commands(settings: Settings) -> int:
    """Tell Discord about the commands and return how many there are.

    Raises:
        ConfigurationError: A setting will not do.
        GatewayEndedError: Discord did not take them.
    """
    token = _token(settings)
    point_discord_at(settings)
    async with GrokBot(syncs_by_itself=False) as bot:
        await log_in(bot, token)
        try:
            return len(await bot.tree.sync())
        except (discord.DiscordException, OSError, aiohttp.ClientError) as error:
            raise GatewayEndedError(why_it_ended(error)) from error


def _token(settings: Settings) -> str:
    if settings.discord_token is None:
        raise ConfigurationError(
            "DISCORD_TOKEN is not set. Copy the token from the Bot page of your application "
            "at discord.com/developers into .env, then start the bot again."
        )
    return settings.discord_token.get_secret_value()


async def log_in(bot: GrokBot, token: str) -> None:
    """Log in, load the commands and sync them if they changed.

    Raises:
        GatewayEndedError: Discord refused the token or is out of reach.
    """
    try:
        await bot.login(token)
    except (discord.DiscordException, OSError, aiohttp.ClientError) as error:
        raise GatewayEndedError(why_it_ended(error)) from error


async def serve(app: App, stop: asyncio.Event) -> None:
    """Answer commands and work on jobs until `stop` is set.

    Raises:
        GatewayEndedError: Discord ended the connection for good, or another process has it.
    """
    gateway = asyncio.create_task(_listen(app), name="gateway")
    runner = asyncio.create_task(app.runner.run(), name="runner")
    heart = asyncio.create_task(_beat(app), name="heartbeat")
    company = asyncio.create_task(_look_around(app), name="company")
    chores = asyncio.create_task(_keep_house(app), name="chores")
    stopped = asyncio.create_task(stop.wait(), name="stop")
    ends = {gateway, runner, company, stopped}
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    log.info("Stopping: no new commands, the steps in hand are finished or parked")
    await asyncio.gather(
        app.bot.tree.close(_GRACE), app.runner.stop(_GRACE), app.housekeeper.stop(_GRACE)
    )
    ended = gateway.exception() if gateway.done() else None
    is_ousted = company.done()
    # Both loops end by themselves now: cutting them off in a read would leave a connection open.
    await asyncio.wait({runner}, timeout=_GRACE.total_seconds())
    broken = runner.exception() if runner.done() else None
    await app.bot.close()
    for task in (*ends, chores, heart):
        task.cancel()
    await asyncio.gather(*ends, chores, heart, return_exceptions=True)
    if ended is not None:
        log.error("The gateway connection ended: %r at %s", ended, where(ended))
        raise GatewayEndedError(why_it_ended(ended)) from ended
    if broken is not None:
        raise broken
    if is_ousted:
        raise GatewayEndedError(
            "Another process has taken the gateway over, or a backup is being restored."
        )
    log.info("Stopped")


async def _listen(app: App) -> None:
    if app.has_gateway:
        await app.bot.connect(reconnect=True)
    else:
        await asyncio.Event().wait()


async def _look_around(app: App) -> None:
    if app.company is not None:
        await app.company.run()
    else:
        await asyncio.Event().wait()


async def _keep_house(app: App) -> None:
    """Sweep and back up in one process: the one with the gateway."""
    if app.has_gateway:
        await app.housekeeper.run()


async def _beat(app: App) -> None:
    while True:
        latency = app.bot.latency
        await asyncio.to_thread(
            app.heartbeat.beat,
            gateway_ready=app.bot.is_ready() if app.has_gateway else None,
            latency_seconds=latency,
            last_tick_at=app.runner.last_tick_at,
            has_room=await asyncio.to_thread(app.has_room),
        )
        await app.clock.sleep(_BEAT_SECONDS)


def where(error: BaseException) -> str:
    """Name the place that raised, without what a trace would show."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
