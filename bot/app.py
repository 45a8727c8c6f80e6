"""The composition root: the only place where the services meet, start and stop."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.client import GrokBot, point_discord_at
from bot.clock import Clock, SystemClock
from bot.domain import JobState
from bot.media.last_frame import FrameTaker
from bot.media.video import VideoProbe
from bot.opening import Opened, open_all
from bot.ops.chores import housekeeper_of
from bot.ops.health import Heartbeat
from bot.ops.housekeeping import Housekeeper
from bot.pipeline.assembly import assemble_delivery, assemble_forms, assemble_ladder
from bot.pipeline.collect import Collector
from bot.pipeline.company import Company
from bot.pipeline.foresight import Foresight
from bot.pipeline.gallery import GalleryGate
from bot.pipeline.inputs import InputReader
from bot.pipeline.lanes import Lane, open_lanes
from bot.pipeline.last_frame import LastFrames
from bot.pipeline.poll import Poller
from bot.pipeline.runner import Runner, Step
from bot.pipeline.scenes import SceneStarter
from bot.pipeline.submit import Submitter
from bot.posting.attachments import PostedFiles
from bot.posting.card_parts import Cards
from bot.posting.cards import Looks
from bot.posting.guilds import GuildLimits
from bot.posting.poster import ChannelPoster
from bot.posting.showcase import Showcase
from bot.posting.surroundings import Surroundings
from bot.providers import check_default_model, read_catalogue
from bot.providers.catalogue import Catalogue
from bot.providers.connections import connect
from bot.rounds import Rounds, assemble_chores, assemble_rounds
from bot.serving import assemble_services
from bot.settings import Settings
from bot.store.migrate import migrate

log = logging.getLogger(__name__)

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
        opened = await open_all(settings, clock, stack, has_gateway=has_gateway)
        await migrate(opened.database)
        # Without it every good video would be taken for a bad one, after it was paid.
        await VideoProbe().check()
        stores = opened.stores
        if opened.presence is None:
            # Alone on this database, whatever is leased belongs to a process that has ended.
            await stores.jobs.release_leases()
            await stores.outbox.release_leases()
            await stores.storyboards.release_leases()
        await stores.pauses.try_all_soon()
        yield _assemble(settings, clock, opened)


def _assemble(settings: Settings, clock: Clock, opened: Opened) -> App:
    bot = opened.bot
    catalogue = read_catalogue(settings)
    check_default_model(settings)
    providers = connect(settings, opened.session)
    if not providers:
        log.warning("No provider has a key; set PROVIDERS__GEEKNOW__API_KEY to make videos")
    lanes = open_lanes(settings, providers)
    looks = _looks(settings, catalogue, lanes)
    offered = catalogue.offered(providers)
    foresight = Foresight(opened.stores.waits, clock)
    cards = Cards(looks, clock, opened.stores.pauses, foresight)
    poster = _poster(clock, opened, looks, offered, cards)
    rounds = assemble_rounds(settings, clock, opened, poster, looks, foresight)
    runner = _runner(settings, clock, opened, lanes, catalogue, poster, rounds)
    storage, fetcher = opened.storage, opened.fetcher
    forms = assemble_forms(settings, clock, storage, fetcher, lanes=lanes)
    bot.services = assemble_services(
        settings, clock, opened, offered, looks, runner.wake, forms=forms, foresight=foresight
    )
    return App(
        bot,
        runner,
        Heartbeat(settings.data_dir / HEARTBEAT_FILE, clock),
        clock,
        has_gateway=opened.has_gateway,
        company=_company(clock, opened, lanes),
        housekeeper=housekeeper_of(
            settings,
            clock,
            opened.database,
            storage,
            more=assemble_chores(clock, opened, runner.wake),
        ),
        has_room=lambda: storage.free_bytes() >= settings.result_max_bytes,
    )


def _runner(
    settings: Settings,
    clock: Clock,
    opened: Opened,
    lanes: Mapping[str, Lane],
    catalogue: Catalogue,
    poster: ChannelPoster,
    rounds: Rounds,
) -> Runner:
    bot, stores = opened.bot, opened.stores
    tiers, database = GuildLimits(bot, clock), opened.database
    ladder = assemble_ladder(
        settings, clock, database, opened.storage, opened.fetcher, tiers=tiers, lanes=lanes
    )
    delivery = assemble_delivery(
        stores.outbox,
        stores.questions,
        opened.storage,
        poster,
        ladder,
        GalleryGate(stores.policies, Surroundings(bot)),
        clock,
        publishes_images=catalogue.publishes_images,
    )
    return Runner(
        stores.jobs,
        stores.outbox,
        stores.questions,
        clock,
        steps=_steps(settings, clock, opened, lanes, catalogue),
        delivery=delivery,
        rounds=rounds,
        worker_limit=settings.worker_limit,
    )


def _poster(
    clock: Clock, opened: Opened, looks: Looks, offered: Catalogue, cards: Cards
) -> ChannelPoster:
    stores = opened.stores
    return ChannelPoster(
        opened.bot,
        looks,
        clock,
        cards,
        stores.closed_places,
        stores.cases,
        Showcase(looks, stores.rankings, Surroundings(opened.bot)),
        offered=[*offered],
        wants_mention=stores.preferences.mentions,
    )


def _company(clock: Clock, opened: Opened, lanes: Mapping[str, Lane]) -> Company | None:
    if opened.presence is None:
        return None
    shares = [opened.budget.share, *(lane.gate.share for lane in lanes.values())]
    return Company(opened.presence, opened.stores.leases, clock, shares=shares)


def _looks(settings: Settings, catalogue: Catalogue, lanes: Mapping[str, Lane]) -> Looks:
    return Looks(
        {name: lane.title for name, lane in lanes.items()},
        {name: lane.schedule.soft_deadline for name, lane in lanes.items()},
        shows_prices=settings.show_prices,
        publishes_images=catalogue.publishes_images,
    )


def _steps(
    settings: Settings,
    clock: Clock,
    opened: Opened,
    lanes: Mapping[str, Lane],
    catalogue: Catalogue,
) -> Mapping[JobState, Step]:
    """Say what is done in each state; deadlines are above the timeouts of the calls within."""
    stores = opened.stores
    inputs = InputReader(
        opened.storage, stores.outbox, PostedFiles(opened.bot, clock), catalogue.transport_of
    )
    submitter = Submitter(stores.jobs, stores.pauses, stores.questions, lanes, inputs, clock)
    starter = SceneStarter(
        submitter,
        stores.jobs,
        stores.scenes,
        stores.questions,
        LastFrames(opened.storage, FrameTaker()),
        opened.storage,
        clock,
        transport_of=catalogue.transport_of,
    )
    poller = Poller(stores.jobs, stores.pauses, stores.questions, lanes, clock)
    collector = Collector(
        stores.jobs,
        lanes,
        opened.fetcher,
        VideoProbe(),
        opened.storage,
        clock,
        room_bytes=settings.result_max_bytes,
    )
    return {
        JobState.RESERVED: Step(starter.step, timedelta(minutes=4)),
        JobState.SUBMITTING: Step(submitter.settle_interrupted, timedelta(seconds=30)),
        JobState.RENDERING: Step(poller.poll, timedelta(minutes=1)),
        JobState.RENDERED: Step(collector.collect, timedelta(minutes=12)),
    }
