"""The composition root: the only place where the services meet, start and stop."""

import logging
import os
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import aiohttp

from bot.client import GrokBot, Services, point_discord_at
from bot.clock import Clock, SystemClock
from bot.domain import JobState
from bot.errors import ConfigurationError
from bot.media.fetch import Fetcher
from bot.media.storage import ResultStorage
from bot.media.video import VideoProbe
from bot.ops.health import Heartbeat
from bot.pipeline.access import JobAccess
from bot.pipeline.collect import Collector
from bot.pipeline.deliver import Deliverer
from bot.pipeline.intake import Intake
from bot.pipeline.poll import Poller
from bot.pipeline.refresh import CardRefresher
from bot.pipeline.reserve import Reserver
from bot.pipeline.runner import Delivery, Runner, Step
from bot.pipeline.submit import Submitter
from bot.pipeline.validate import Validator
from bot.posting.cards import Looks
from bot.posting.poster import ChannelPoster
from bot.providers import PROVIDERS
from bot.providers.base import PollSchedule, Provider
from bot.providers.catalogue import CATALOGUE
from bot.providers.client import ApiClient
from bot.settings import Settings
from bot.store.engine import open_database, sqlite_path
from bot.store.instance import hold_alone
from bot.store.jobs import JobStore
from bot.store.markers import MarkerStore
from bot.store.migrate import migrate
from bot.store.outbox import OutboxStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class App:
    """A bot that is ready to run."""

    bot: GrokBot
    runner: Runner
    heartbeat: Heartbeat
    clock: Clock


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock | None = None) -> AsyncIterator[App]:
    """Open everything the bot needs, in order, and close it in the reverse order.

    Raises:
        ConfigurationError: A setting will not do; the text says which.
    """
    clock = clock or SystemClock()
    point_discord_at(settings)
    storage = ResultStorage.from_url(settings.results_url)
    async with AsyncExitStack() as stack:
        path = sqlite_path(settings.database_url)
        if path is not None:
            await stack.enter_async_context(hold_alone(path, clock))
        database = await stack.enter_async_context(open_database(settings.database_url))
        await migrate(database)
        fetcher = await stack.enter_async_context(
            Fetcher(
                max_bytes=settings.result_max_megabytes * _MEGABYTE,
                private_hosts=settings.allow_private_hosts,
            )
        )
        session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
        providers = _providers(settings, session)
        schedules = _schedules(settings)
        worker = f"{os.getpid()}-{secrets.token_hex(4)}"
        jobs = JobStore(database, clock, worker=worker)
        outbox = OutboxStore(database, clock, worker=worker)
        questions = JobQuestions(database)
        bot = await stack.enter_async_context(GrokBot())
        looks = Looks(
            {name: provider.title for name, provider in PROVIDERS.items()},
            {name: schedule.soft_deadline for name, schedule in schedules.items()},
        )
        poster = ChannelPoster(bot, looks, clock)
        submitter = Submitter(jobs, providers, schedules, storage, clock)
        poller = Poller(jobs, providers, schedules, clock)
        room = settings.result_max_megabytes * _MEGABYTE
        collector = Collector(
            jobs, providers, fetcher, VideoProbe(), storage, clock, room_bytes=room
        )
        deliverer = Deliverer(outbox, questions, storage, poster, clock)
        runner = Runner(
            jobs,
            outbox,
            questions,
            clock,
            steps=_steps(submitter, poller, collector),
            delivery=Delivery(deliverer.deliver, timedelta(minutes=3)),
            refresh_cards=CardRefresher(outbox, poster, clock).refresh,
            worker_limit=settings.worker_limit,
        )
        catalogue = CATALOGUE.offered(providers)
        validator = Validator(
            catalogue,
            default_model=settings.default_model,
            prompt_max_characters=settings.prompt_max_characters,
        )
        bot.services = Services(
            settings=settings,
            catalogue=catalogue,
            intake=Intake(validator, Reserver(jobs, storage), storage, runner.wake),
            access=JobAccess(questions, jobs, runner.wake),
            outbox=outbox,
            questions=questions,
            markers=MarkerStore(database, clock),
            looks=looks,
        )
        await jobs.release_leases()
        await outbox.release_leases()
        yield App(bot, runner, Heartbeat(settings.data_dir / "heartbeat.json", clock), clock)


def _steps(submitter: Submitter, poller: Poller, collector: Collector) -> Mapping[JobState, Step]:
    """Say what is done in each state; deadlines are above the timeouts of the calls within."""
    return {
        JobState.RESERVED: Step(submitter.submit, timedelta(minutes=3)),
        JobState.SUBMITTING: Step(submitter.settle_interrupted, timedelta(seconds=30)),
        JobState.RENDERING: Step(poller.poll, timedelta(minutes=1)),
        JobState.RENDERED: Step(collector.collect, timedelta(minutes=12)),
    }


def _providers(settings: Settings, session: aiohttp.ClientSession) -> Mapping[str, Provider]:
    """Make the providers that have a key."""
    unknown = settings.providers.keys() - PROVIDERS.keys()
    if unknown:
        raise ConfigurationError(
            f"PROVIDERS__{min(unknown).upper()}__… names no provider of this bot. "
            f"It knows {', '.join(PROVIDERS)}."
        )
    providers = {}
    for name, given in settings.providers.items():
        kind = PROVIDERS[name]
        if given.api_key is not None:
            base_url = given.base_url or kind.default_base_url
            providers[name] = kind(ApiClient(session, base_url=base_url, api_key=given.api_key))
    if not providers:
        log.warning("No provider has a key; set PROVIDERS__GEEKNOW__API_KEY to make videos")
    return providers


def _schedules(settings: Settings) -> Mapping[str, PollSchedule]:
    """Take each provider's schedule, with the pauses that the settings replace."""
    schedules = {}
    for name, kind in PROVIDERS.items():
        given = settings.providers.get(name)
        pauses = {}
        if given is not None and given.first_poll_seconds is not None:
            pauses["first"] = timedelta(seconds=given.first_poll_seconds)
        if given is not None and given.poll_seconds is not None:
            pauses["interval"] = timedelta(seconds=given.poll_seconds)
        schedules[name] = replace(kind.schedule, **pauses)
    return schedules
