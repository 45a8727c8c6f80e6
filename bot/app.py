"""The composition root: the only place where the services meet, start and stop."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import aiohttp

from bot.client import GrokBot, Services, point_discord_at
from bot.clock import Clock, SystemClock
from bot.domain import JobState
from bot.errors import ConfigurationError
from bot.media.fetch import Fetcher
from bot.media.storage import ResultStorage, open_storage
from bot.media.video import VideoProbe
from bot.ops.chores import housekeeper_of
from bot.ops.health import Heartbeat
from bot.ops.housekeeping import Housekeeper
from bot.pipeline.access import JobAccess
from bot.pipeline.assembly import assemble_delivery, assemble_ladder
from bot.pipeline.collect import Collector
from bot.pipeline.company import Company
from bot.pipeline.inputs import InputReader
from bot.pipeline.intake import Intake
from bot.pipeline.lanes import Lane, open_lanes
from bot.pipeline.poll import Poller
from bot.pipeline.redeliver import Redeliverer
from bot.pipeline.refresh import CardRefresher
from bot.pipeline.reserve import Reserver
from bot.pipeline.runner import Runner, Step
from bot.pipeline.submit import Submitter
from bot.pipeline.validate import Validator
from bot.posting.attachments import PostedFiles
from bot.posting.budget import CallBudget
from bot.posting.cards import Looks
from bot.posting.guilds import GuildLimits
from bot.posting.poster import ChannelPoster
from bot.providers import check_default_model, read_catalogue
from bot.providers.catalogue import Catalogue
from bot.providers.connections import connect
from bot.settings import Settings
from bot.store.deliveries import DeliveryStore
from bot.store.engine import Database, open_database, sqlite_path
from bot.store.instance import hold_alone
from bot.store.jobs import JobStore
from bot.store.leases import LeaseStore
from bot.store.markers import MarkerStore
from bot.store.migrate import migrate
from bot.store.outbox import OutboxStore
from bot.store.pauses import PauseStore
from bot.store.places import ClosedPlaceStore
from bot.store.presence import Presence, be_present, worker_name
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
    has_gateway: bool
    company: Company | None
    """Where other processes may work on the same database."""
    housekeeper: Housekeeper
    has_room: Callable[[], bool]
    """Whether finished videos can be fetched: the disk has room for one."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What has to be closed again."""

    database: Database
    storage: ResultStorage
    fetcher: Fetcher
    session: aiohttp.ClientSession
    bot: GrokBot
    budget: CallBudget
    worker: str
    presence: Presence | None


@dataclass(frozen=True, slots=True)
class _Stores:
    """The tables, by what is asked of them."""

    jobs: JobStore
    outbox: OutboxStore
    questions: JobQuestions
    markers: MarkerStore
    pauses: PauseStore
    leases: LeaseStore
    deliveries: DeliveryStore
    closed_places: ClosedPlaceStore


@asynccontextmanager
async def open_app(
    settings: Settings, clock: Clock | None = None, *, has_gateway: bool = True
) -> AsyncIterator[App]:
    """Open everything the bot needs, in order, and close it in the reverse order.

    Without the gateway it is a worker beside others: PostgreSQL only.

    Raises:
        ConfigurationError: A setting will not do; the text says which.
    """
    clock = clock or SystemClock()
    point_discord_at(settings)
    async with AsyncExitStack() as stack:
        opened = await _open(settings, clock, stack, has_gateway=has_gateway)
        await migrate(opened.database)
        # Without it every good video would be taken for a bad one, after it was paid.
        await VideoProbe().check()
        stores = _stores(opened.database, clock, opened.worker)
        if opened.presence is None:
            # Alone on this database, whatever is leased belongs to a process that has ended.
            await stores.jobs.release_leases()
            await stores.outbox.release_leases()
        await stores.pauses.try_all_soon()
        yield _assemble(settings, clock, opened, stores, has_gateway=has_gateway)


async def _open(
    settings: Settings, clock: Clock, stack: AsyncExitStack, *, has_gateway: bool
) -> _Opened:
    storage = open_storage(settings)
    url, worker, budget = settings.database_url, worker_name(), CallBudget()
    path = sqlite_path(url)
    if path is not None and not has_gateway:
        raise ConfigurationError(
            "One process only: SQLite can't be shared by workers. To run with --no-gateway set "
            "DATABASE_URL=postgresql+asyncpg://user:password@host/database"
        )
    if path is not None:
        await stack.enter_async_context(hold_alone(path, clock))
    database = await stack.enter_async_context(open_database(url))
    presence = None
    if path is None:
        others = be_present(url, worker, clock, has_gateway=has_gateway)
        presence = await stack.enter_async_context(others)
    fetcher = Fetcher(
        max_bytes=settings.result_max_megabytes * _MEGABYTE,
        private_hosts=settings.allow_private_hosts,
    )
    return _Opened(
        database=database,
        storage=storage,
        fetcher=await stack.enter_async_context(fetcher),
        session=await stack.enter_async_context(aiohttp.ClientSession(trust_env=False)),
        bot=await stack.enter_async_context(GrokBot(syncs_by_itself=has_gateway, budget=budget)),
        budget=budget,
        worker=worker,
        presence=presence,
    )


def _stores(database: Database, clock: Clock, worker: str) -> _Stores:
    return _Stores(
        jobs=JobStore(database, clock, worker=worker),
        outbox=OutboxStore(database, clock, worker=worker),
        questions=JobQuestions(database),
        markers=MarkerStore(database, clock),
        pauses=PauseStore(database, clock),
        leases=LeaseStore(database, clock),
        deliveries=DeliveryStore(database, clock),
        closed_places=ClosedPlaceStore(database, clock),
    )


def _assemble(
    settings: Settings, clock: Clock, opened: _Opened, stores: _Stores, *, has_gateway: bool
) -> App:
    bot = opened.bot
    catalogue = read_catalogue(settings)
    check_default_model(settings)
    providers = connect(settings, opened.session)
    if not providers:
        log.warning("No provider has a key; set PROVIDERS__GEEKNOW__API_KEY to make videos")
    lanes = open_lanes(settings, providers)
    looks = _looks(settings, catalogue, lanes)
    poster = ChannelPoster(bot, looks, clock, stores.pauses, stores.closed_places)
    ladder = assemble_ladder(
        settings,
        clock,
        opened.database,
        opened.storage,
        opened.fetcher,
        tiers=GuildLimits(bot, clock),
        lanes=lanes,
    )
    runner = Runner(
        stores.jobs,
        stores.outbox,
        stores.questions,
        clock,
        steps=_steps(settings, clock, opened, stores, lanes, catalogue),
        delivery=assemble_delivery(
            stores.outbox,
            stores.questions,
            opened.storage,
            poster,
            ladder,
            clock,
            publishes_images=catalogue.publishes_images,
        ),
        refresh_cards=CardRefresher(stores.outbox, poster, clock, stores.pauses).refresh
        if has_gateway
        else _leave_cards,
        worker_limit=settings.worker_limit,
    )
    offered = catalogue.offered(providers)
    bot.services = _services(settings, opened.storage, stores, offered, looks, runner)
    return App(
        bot,
        runner,
        Heartbeat(settings.data_dir / HEARTBEAT_FILE, clock),
        clock,
        has_gateway=has_gateway,
        company=_company(clock, opened, stores, lanes),
        housekeeper=housekeeper_of(settings, clock, opened.database, opened.storage),
        has_room=lambda: opened.storage.free_bytes() >= settings.result_max_megabytes * _MEGABYTE,
    )


def _company(
    clock: Clock, opened: _Opened, stores: _Stores, lanes: Mapping[str, Lane]
) -> Company | None:
    if opened.presence is None:
        return None
    shares = [opened.budget.share, *(lane.gate.share for lane in lanes.values())]
    return Company(opened.presence, stores.leases, clock, shares=shares)


async def _leave_cards() -> None:
    """Edit no card: the process with the gateway does, and two would edit each one twice."""


def _looks(settings: Settings, catalogue: Catalogue, lanes: Mapping[str, Lane]) -> Looks:
    return Looks(
        {name: lane.title for name, lane in lanes.items()},
        {name: lane.schedule.soft_deadline for name, lane in lanes.items()},
        shows_prices=settings.show_prices,
        publishes_images=catalogue.publishes_images,
    )


def _services(
    settings: Settings,
    storage: ResultStorage,
    stores: _Stores,
    offered: Catalogue,
    looks: Looks,
    runner: Runner,
) -> Services:
    validator = Validator(
        offered,
        default_model=settings.default_model,
        prompt_max_characters=settings.prompt_max_characters,
    )
    access = JobAccess(stores.questions, stores.jobs, runner.wake)
    places, wake = stores.closed_places, runner.wake
    return Services(
        catalogue=offered,
        intake=Intake(validator, Reserver(stores.jobs, storage), storage, places, wake),
        access=access,
        redeliverer=Redeliverer(access, stores.deliveries, places, wake),
        outbox=stores.outbox,
        questions=stores.questions,
        pauses=stores.pauses,
        markers=stores.markers,
        looks=looks,
        shows_prices=settings.show_prices,
    )


def _steps(
    settings: Settings,
    clock: Clock,
    opened: _Opened,
    stores: _Stores,
    lanes: Mapping[str, Lane],
    catalogue: Catalogue,
) -> Mapping[JobState, Step]:
    """Say what is done in each state; deadlines are above the timeouts of the calls within."""
    inputs = InputReader(
        opened.storage, stores.outbox, PostedFiles(opened.bot, clock), catalogue.transport_of
    )
    submitter = Submitter(stores.jobs, stores.pauses, stores.questions, lanes, inputs, clock)
    poller = Poller(stores.jobs, stores.pauses, stores.questions, lanes, clock)
    collector = Collector(
        stores.jobs,
        lanes,
        opened.fetcher,
        VideoProbe(),
        opened.storage,
        clock,
        room_bytes=settings.result_max_megabytes * _MEGABYTE,
    )
    return {
        JobState.RESERVED: Step(submitter.submit, timedelta(minutes=4)),
        JobState.SUBMITTING: Step(submitter.settle_interrupted, timedelta(seconds=30)),
        JobState.RENDERING: Step(poller.poll, timedelta(minutes=1)),
        JobState.RENDERED: Step(collector.collect, timedelta(minutes=12)),
    }
