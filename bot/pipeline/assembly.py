"""Puts the parts of delivery together, for the composition root."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.clock import Clock
from bot.domain import Job
from bot.media.fetch import Fetcher
from bot.media.shrink import Shrinker
from bot.media.storage import ResultStorage
from bot.media.video import LONGEST_JOINED_SECONDS, VideoProbe
from bot.pipeline.deliver import Deliverer
from bot.pipeline.errand import Poster
from bot.pipeline.gallery import GalleryGate
from bot.pipeline.ladder import VideoLadder
from bot.pipeline.lanes import Lane
from bot.pipeline.runner import Delivery
from bot.pipeline.service_links import ServiceLinks
from bot.pipeline.upload_limits import TierLimits, UploadLimits
from bot.pipeline.video_forms import VideoForms
from bot.settings import Settings
from bot.store.engines.engine import Database
from bot.store.outbox import OutboxStore
from bot.store.places import UploadLimitStore
from bot.store.questions import JobQuestions


def assemble_ladder(
    settings: Settings,
    clock: Clock,
    database: Database,
    storage: ResultStorage,
    fetcher: Fetcher,
    *,
    tiers: TierLimits,
    lanes: Mapping[str, Lane],
) -> VideoLadder:
    """Build the ladder of a video as the settings want it."""
    probe = VideoProbe(longest_seconds=LONGEST_JOINED_SECONDS)
    shrinker = Shrinker(probe) if settings.shrink else None
    limits = UploadLimits(
        UploadLimitStore(database, clock),
        tiers,
        setting_bytes=settings.upload_limit_bytes,
    )
    forms = assemble_forms(settings, clock, storage, fetcher, lanes=lanes, shrinker=shrinker)
    return VideoLadder(forms, limits)


def assemble_forms(
    settings: Settings,
    clock: Clock,
    storage: ResultStorage,
    fetcher: Fetcher,
    *,
    lanes: Mapping[str, Lane],
    shrinker: Shrinker | None = None,
) -> VideoForms:
    """Build what finds the form of a video; without a shrinker none is made smaller."""
    links = ServiceLinks(lanes, fetcher, clock, secrets=settings.secrets())
    kept_for = timedelta(days=settings.results_days) or None
    return VideoForms(storage, shrinker, links, clock, kept_for=kept_for)


def assemble_delivery(
    outbox: OutboxStore,
    questions: JobQuestions,
    storage: ResultStorage,
    poster: Poster,
    ladder: VideoLadder,
    gate: GalleryGate,
    clock: Clock,
    *,
    publishes_images: Callable[[Job], bool],
) -> Delivery:
    """Say what is done with an owed message, and how long that may take."""
    deliverer = Deliverer(
        outbox, questions, storage, poster, ladder, gate, clock, publishes_images=publishes_images
    )
    # Longer than making a video smaller and sending it may take together.
    return Delivery(deliverer.deliver, timedelta(minutes=10))
