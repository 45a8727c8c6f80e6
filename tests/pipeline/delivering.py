"""A deliverer with real tables and files, and fakes at the doors to Discord and the services."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.domain import Job, Origin
from bot.errors import FetchError
from bot.media.shrink import Shrinker
from bot.media.storage import ResultStorage
from bot.pipeline.deliver import Deliverer
from bot.pipeline.gallery import GalleryGate
from bot.pipeline.ladder import VideoLadder
from bot.pipeline.service_links import ServiceLinks
from bot.pipeline.upload_limits import UploadLimits
from bot.pipeline.video_forms import VideoForms
from bot.store.places import UploadLimitStore
from tests.pipeline.fakes import FakePoster, make_lane
from tests.store.world import World

MEBIBYTE = 1024 * 1024


@dataclass
class FakeTiers:
    """Knows the limit of each server, or has the trouble it was told to have."""

    limit: int = 10 * MEBIBYTE
    meanwhile: Callable[[], None] = lambda: None
    """What happens until it answers."""
    trouble: Exception | None = None
    asked: list[int] = field(default_factory=list)

    async def limit_of(self, guild_id: int) -> int:
        self.asked.append(guild_id)
        self.meanwhile()
        if self.trouble is not None:
            raise self.trouble
        return self.limit


@dataclass
class FakeLinkCheck:
    """Says of each link whether it works."""

    working: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    async def is_there(self, url: str) -> bool:
        self.asked.append(url)
        return url in self.working


@dataclass
class LinkedStorage:
    """A storage that has a link for everything, as a bucket has."""

    storage: ResultStorage
    url: str | None = None
    trouble: FetchError | None = None

    def work_path(self, name: str) -> Path:
        return self.storage.work_path(name)

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        return await self.storage.verify(key, sha256=sha256, size_bytes=size_bytes)

    async def link_for(self, key: str, expires: timedelta) -> str | None:
        if self.trouble is not None:
            raise self.trouble
        return self.url


@dataclass
class FakeSurroundings:
    """A server in which everybody sees everything, unless a test says otherwise."""

    is_open: bool = True
    trouble: Exception | None = None

    async def may_show(self, origin: Origin, channel_id: int) -> bool:
        if self.trouble is not None:
            raise self.trouble
        return self.is_open


@dataclass
class Rungs:
    """What a test can break on the ladder."""

    world: World
    storage: ResultStorage
    poster: FakePoster
    tiers: FakeTiers = field(default_factory=FakeTiers)
    check: FakeLinkCheck = field(default_factory=FakeLinkCheck)
    surroundings: FakeSurroundings = field(default_factory=FakeSurroundings)
    shrinker: Shrinker | None = None
    setting_bytes: int | None = None
    kept_for: timedelta | None = None
    files: LinkedStorage = field(init=False)

    def __post_init__(self) -> None:
        self.files = LinkedStorage(self.storage)

    def deliverer(self, publishes_images: Callable[[Job], bool] = lambda _: False) -> Deliverer:
        world, clock = self.world, self.world.clock
        lanes = {"scripted": make_lane(None)}
        links = ServiceLinks(lanes, self.check, clock, secrets=("the-key",))
        limits = UploadLimits(
            UploadLimitStore(world.database, clock), self.tiers, setting_bytes=self.setting_bytes
        )
        return Deliverer(
            world.outbox,
            world.questions,
            self.storage,
            self.poster,
            VideoLadder(
                VideoForms(self.files, self.shrinker, links, clock, kept_for=self.kept_for), limits
            ),
            GalleryGate(world.policies, self.surroundings),
            clock,
            publishes_images=publishes_images,
        )
