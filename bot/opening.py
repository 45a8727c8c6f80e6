"""Opens what the bot holds while it runs: its files, its database, the web and Discord."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp

from bot.client import GrokBot
from bot.clock import Clock
from bot.errors import ConfigurationError
from bot.media.fetch import Fetcher
from bot.media.storage import ResultStorage, open_storage
from bot.posting.budget import CallBudget
from bot.settings import Settings
from bot.store.community.adornments import AdornmentStore
from bot.store.community.drafts import DraftStore
from bot.store.community.lineage import LineageStore
from bot.store.community.preferences import PreferenceStore
from bot.store.community.presets import PresetStore
from bot.store.community.rankings import RankingStore
from bot.store.community.scenes import SceneStore
from bot.store.community.search import VideoSearch
from bot.store.community.storyboards import StoryboardStore
from bot.store.community.votes import VoteStore
from bot.store.community.weeklies import WeeklyStore
from bot.store.deliveries import DeliveryStore
from bot.store.engines.engine import Database, open_database, sqlite_path
from bot.store.engines.instance import hold_alone
from bot.store.engines.presence import Presence, be_present, worker_name
from bot.store.holds import HoldStore
from bot.store.job_lists import JobLists
from bot.store.jobs import JobStore
from bot.store.leases import LeaseStore
from bot.store.markers import MarkerStore
from bot.store.moderation.case_questions import CaseQuestions
from bot.store.moderation.desk import CaseStore
from bot.store.moderation.exchange import ExchangeStore
from bot.store.moderation.members import MemberStore
from bot.store.moderation.policies import PolicyStore
from bot.store.moderation.prompt_rules import PromptRuleStore
from bot.store.moderation.reports import ReportStore
from bot.store.moderation.takedowns import TakedownStore
from bot.store.moderation.veils import VeilStore
from bot.store.outbox import OutboxStore
from bot.store.pauses import PauseStore
from bot.store.places import ClosedPlaceStore
from bot.store.privacy import PrivacyStore
from bot.store.questions import JobQuestions
from bot.store.record.audit import AuditLog
from bot.store.record.mirrors import MirrorStore
from bot.store.reservations import ReservationStore
from bot.store.retention import RetentionStore
from bot.store.spending.usage_report import UsageReport
from bot.store.waits import WaitStore


@dataclass(frozen=True, slots=True)
class Stores:
    """The tables, by what is asked of them."""

    jobs: JobStore
    outbox: OutboxStore
    questions: JobQuestions
    markers: MarkerStore
    pauses: PauseStore
    leases: LeaseStore
    deliveries: DeliveryStore
    closed_places: ClosedPlaceStore
    reservations: ReservationStore
    policies: PolicyStore
    members: MemberStore
    exchange: ExchangeStore
    holds: HoldStore
    rules: PromptRuleStore
    audit: AuditLog
    takedowns: TakedownStore
    veils: VeilStore
    votes: VoteStore
    adornments: AdornmentStore
    rankings: RankingStore
    weeklies: WeeklyStore
    reports: ReportStore
    preferences: PreferenceStore
    presets: PresetStore
    search: VideoSearch
    privacy: PrivacyStore
    retention: RetentionStore
    cases: CaseQuestions
    desk: CaseStore
    mirrors: MirrorStore
    lists: JobLists
    lineage: LineageStore
    drafts: DraftStore
    usage: UsageReport
    scenes: SceneStore
    storyboards: StoryboardStore
    waits: WaitStore


@dataclass(frozen=True, slots=True)
class Opened:
    """What has to be closed again."""

    database: Database
    storage: ResultStorage
    fetcher: Fetcher
    session: aiohttp.ClientSession
    bot: GrokBot
    budget: CallBudget
    worker: str
    presence: Presence | None
    """Where other processes may work on the same database."""
    has_gateway: bool
    stores: Stores


async def open_all(
    settings: Settings, clock: Clock, stack: AsyncExitStack, *, has_gateway: bool
) -> Opened:
    """Open everything on `stack`, which closes it in the reverse order.

    Raises:
        ConfigurationError: A setting will not do; the text says which.
        StoreUnavailableError: The database is out of reach.
    """
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
        max_bytes=settings.result_max_bytes,
        private_hosts=settings.allow_private_hosts,
    )
    return Opened(
        database=database,
        storage=storage,
        fetcher=await stack.enter_async_context(fetcher),
        session=await stack.enter_async_context(aiohttp.ClientSession(trust_env=False)),
        bot=await stack.enter_async_context(GrokBot(syncs_by_itself=has_gateway, budget=budget)),
        budget=budget,
        worker=worker,
        presence=presence,
        has_gateway=has_gateway,
        stores=_stores(database, clock, worker),
    )


def _stores(database: Database, clock: Clock, worker: str) -> Stores:
    return Stores(
        jobs=JobStore(database, clock, worker=worker),
        outbox=OutboxStore(database, clock, worker=worker),
        questions=JobQuestions(database),
        markers=MarkerStore(database, clock),
        pauses=PauseStore(database, clock),
        leases=LeaseStore(database, clock),
        deliveries=DeliveryStore(database, clock),
        closed_places=ClosedPlaceStore(database, clock),
        reservations=ReservationStore(database, clock),
        policies=PolicyStore(database, clock),
        members=MemberStore(database, clock),
        exchange=ExchangeStore(database, clock),
        holds=HoldStore(database, clock),
        rules=PromptRuleStore(database, clock),
        audit=AuditLog(database),
        takedowns=TakedownStore(database, clock),
        veils=VeilStore(database, clock),
        votes=VoteStore(database, clock),
        adornments=AdornmentStore(database, clock),
        rankings=RankingStore(database),
        weeklies=WeeklyStore(database, clock),
        reports=ReportStore(database, clock),
        preferences=PreferenceStore(database, clock),
        presets=PresetStore(database, clock),
        search=VideoSearch(database),
        privacy=PrivacyStore(database, clock),
        retention=RetentionStore(database, clock),
        cases=CaseQuestions(database),
        desk=CaseStore(database, clock),
        mirrors=MirrorStore(database, clock),
        lists=JobLists(database),
        lineage=LineageStore(database),
        drafts=DraftStore(database, clock),
        usage=UsageReport(database),
        scenes=SceneStore(database, clock),
        storyboards=StoryboardStore(database, clock, worker=worker),
        waits=WaitStore(database),
    )
