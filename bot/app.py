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
from bot.providers import PROVIDERS, check_default_model
from bot.providers.base import PollSchedule, Provider
from bot.providers.catalogue import CATALOGUE
from bot.providers.client import ApiClient
from bot.settings import Settings
from bot.store.engine import Database, open_database, sqlite_path
from bot.store.instance import hold_alone
from bot.store.jobs import JobStore
from bot.store.markers import MarkerStore
from bot.store.migrate import migrate
from bot.store.outbox import OutboxStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_MEGABYTE: Final = 1_000_000
HEARTBEAT_FILE: Final = "heartbeat.json"
"""Beside the other data; `grok-bot health` reads it."""


@dataclass(frozen=True, slots=True)
class App:
    """A bot that is ready to run."""

    bot: GrokBot
    runner: Runner
    heartbeat: Heartbeat
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Opened:
    """What has to be closed again."""

    database: Database
    storage: ResultStorage
    fetcher: Fetcher
    session: aiohttp.ClientSession
    bot: GrokBot


@dataclass(frozen=True, slots=True)
class _Stores:
    """The tables, by what is asked of them."""

    jobs: JobStore
    outbox: OutboxStore
    questions: JobQuestions
    markers: MarkerStore


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock | None = None) -> AsyncIterator[App]:
    """Open everything the bot needs, in order, and close it in the reverse order.

    Raises:
        ConfigurationError: A setting will not do; the text says which.
    """
    clock = clock or SystemClock()
    point_discord_at(settings)
    async with AsyncExitStack() as stack:
        opened = await _open(settings, clock, stack)
        await migrate(opened.database)
        # Without it every good video would be taken for a bad one, after it was paid.
        await VideoProbe().check()
        stores = _stores(opened.database, clock)
        # Alone on this database, whatever is leased belongs to a process that has ended.
        await stores.jobs.release_leases()
        await stores.outbox.release_leases()
        yield _assemble(settings, clock, opened, stores)


async def _open(settings: Settings, clock: Clock, stack: AsyncExitStack) -> _Opened:
    storage = ResultStorage.from_url(settings.results_url)
    path = sqlite_path(settings.database_url)
    if path is not None:
        await stack.enter_async_context(hold_alone(path, clock))
    database = await stack.enter_async_context(open_database(settings.database_url))
    fetcher = Fetcher(
        max_bytes=settings.result_max_megabytes * _MEGABYTE,
        private_hosts=settings.allow_private_hosts,
    )
    return _Opened(
        database=database,
        storage=storage,
        fetcher=await stack.enter_async_context(fetcher),
        session=await stack.enter_async_context(aiohttp.ClientSession(trust_env=False)),
        bot=await stack.enter_async_context(GrokBot()),
    )


def _stores(database: Database, clock: Clock) -> _Stores:
    worker = f"{os.getpid()}-{secrets.token_hex(4)}"
    return _Stores(
        jobs=JobStore(database, clock, worker=worker),
        outbox=OutboxStore(database, clock, worker=worker),
        questions=JobQuestions(database),
        markers=MarkerStore(database, clock),
    )


def _assemble(settings: Settings, clock: Clock, opened: _Opened, stores: _Stores) -> App:
    bot, storage = opened.bot, opened.storage
    providers = _providers(settings, opened.session)
    schedules = _schedules(settings)
    looks = Looks(
        {name: provider.title for name, provider in PROVIDERS.items()},
        {name: schedule.soft_deadline for name, schedule in schedules.items()},
    )
    poster = ChannelPoster(bot, looks, clock)
    deliverer = Deliverer(stores.outbox, stores.questions, storage, poster, clock)
    runner = Runner(
        stores.jobs,
        stores.outbox,
        stores.questions,
        clock,
        steps=_steps(settings, clock, opened, stores.jobs, providers, schedules),
        delivery=Delivery(deliverer.deliver, timedelta(minutes=3)),
        refresh_cards=CardRefresher(stores.outbox, poster, clock).refresh,
        worker_limit=settings.worker_limit,
    )
    catalogue = CATALOGUE.offered(providers)
    check_default_model(settings)
    validator = Validator(
        catalogue,
        default_model=settings.default_model,
        prompt_max_characters=settings.prompt_max_characters,
    )
    bot.services = Services(
        catalogue=catalogue,
        intake=Intake(validator, Reserver(stores.jobs, storage), storage, runner.wake),
        access=JobAccess(stores.questions, stores.jobs, runner.wake),
        outbox=stores.outbox,
        questions=stores.questions,
        markers=stores.markers,
        looks=looks,
    )
    return App(bot, runner, Heartbeat(settings.data_dir / HEARTBEAT_FILE, clock), clock)


def _steps(
    settings: Settings,
    clock: Clock,
    opened: _Opened,
    jobs: JobStore,
    providers: Mapping[str, Provider],
    schedules: Mapping[str, PollSchedule],
) -> Mapping[JobState, Step]:
    """Say what is done in each state; deadlines are above the timeouts of the calls within."""
    submitter = Submitter(jobs, providers, schedules, opened.storage, clock)
    poller = Poller(jobs, providers, schedules, clock)
    collector = Collector(
        jobs,
        providers,
        schedules,
        opened.fetcher,
        VideoProbe(),
        opened.storage,
        clock,
        room_bytes=settings.result_max_megabytes * _MEGABYTE,
    )
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
