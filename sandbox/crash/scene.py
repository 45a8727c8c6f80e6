"""One small world to be killed in: a few jobs with their fates, Discord, and their providers."""

import shutil
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.domain import Asker, Origin, PolicyName, UploadedImage, VideoRequest
from bot.media.storage import ResultStorage
from bot.pipeline.reserve import Reserver
from bot.pipeline.validate import Validator
from bot.providers import CATALOGUE
from bot.store.engines.engine import Database, open_database
from bot.store.moderation.policies import PolicyStore, server
from bot.store.reservations import ReservationStore
from sandbox.bot_process import settings_for
from sandbox.canned import CannedReply
from sandbox.crash.databases import Databases, LifeDatabase
from sandbox.crash.kill_points import Point
from sandbox.crash.launch import LOG, Launch
from sandbox.crash.plays import Play, Player
from sandbox.crash.teller import Teller
from sandbox.crash.watch import REJECTED, Watch
from sandbox.crash.weather import StormyFaults, Weather
from sandbox.crash.world_clock import WorldClock
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.world import Rules
from sandbox.geeknow import GeekNowStandIn
from sandbox.kyy import GlobalAiOpcStandIn
from sandbox.pictures import make_picture
from sandbox.provider_stand_in import ProviderStandIn
from sandbox.xai import XaiStandIn

RATE: Final = 25.0
"""How much faster than the machine's the time of a scene runs."""
_POLL_SECONDS: Final = 0.05
_CLIP_SCALE: Final = 0.05
_RESULTS: Final = "data/results"
_REFUSAL: Final = CannedReply(
    400, {"code": "x", "error": "Your prompt violates our content policy"}
)
_BREAKDOWN: Final = {"status": "failed", "error": {"message": "broken", "code": "x"}}


@dataclass(frozen=True, slots=True)
class _Order:
    """What one job is made of."""

    prompt: str
    model: str
    seconds: int
    has_image: bool = False


_ORDERS: Final[Mapping[Play, Sequence[_Order]]] = {
    Play.JOBS: (
        _Order("a fox that arrives", "geeknow/grok-video-3", 1, has_image=True),
        # Its images are on its card, from which the provider fetches them.
        _Order("a fox that is lost halfway", "globalaiopc/grok_video3", 6, has_image=True),
        _Order("a fox that is refused", "xai/grok-imagine-video", 1),
    ),
    Play.MODERATORS: (
        _Order("a fox that is approved", "geeknow/grok-video-3", 1, has_image=True),
        _Order(REJECTED, "geeknow/grok-video-3", 1),
    ),
    Play.STORYBOARD: (),
}
"""What is there from the start."""
_FIRST_ANSWER: Final = timedelta(minutes=5)
"""Discord's three seconds would be a moment of the machine's time here."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is there while a life is lived."""

    folder: Path
    clock: WorldClock
    chat: DiscordStandIn
    providers: tuple[ProviderStandIn, ...]
    weather: Weather
    database: LifeDatabase
    player: Player | None = None
    """The people, where some have something to do."""

    @property
    def has_work(self) -> bool:
        """Whether people have something to do still."""
        return self.player is not None and self.player.has_work

    @property
    def results(self) -> Path:
        """Name the folder of the finished videos."""
        return self.folder / _RESULTS

    @property
    def log(self) -> Path:
        """Name the bot's log."""
        return self.folder / LOG

    def launch(
        self,
        struck_at: Point | None,
        number: signal.Signals,
        *,
        is_for_one: bool = False,
        has_gateway: bool = True,
    ) -> Launch:
        """Say how the bot is started here, and where it sends itself which signal."""
        settings = settings_for(self.chat, *self.providers, poll_seconds=_POLL_SECONDS)
        return Launch(
            str(self.folder),
            settings | {"DATABASE_URL": self.database.url},
            str(self.clock.path),
            struck_at,
            number,
            is_for_one=is_for_one,
            has_gateway=has_gateway,
        )


@asynccontextmanager
async def open_scene(
    folder: Path, databases: Databases, weather: Weather, play: Play = Play.JOBS
) -> AsyncIterator[Scene]:
    """Make the world, with its jobs reserved and nothing done for them yet."""
    _clear(folder)
    clock = WorldClock.make(folder / "clock", rate=RATE)
    kinds = (GeekNowStandIn, GlobalAiOpcStandIn, XaiStandIn)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(databases.fresh(folder))
        rules = Rules(first_answer=_FIRST_ANSWER)
        chat = DiscordStandIn(clock=clock, faults=StormyFaults(weather), rules=rules)
        await stack.enter_async_context(chat)
        made = [kind(clock=clock, polls_needed=1, clip_scale=_CLIP_SCALE) for kind in kinds]
        for provider in made:
            await stack.enter_async_context(provider)
            weather.over(provider)
        _, breaking, refusing = made
        breaking.ending = _BREAKDOWN
        if play is not Play.STORYBOARD:
            refusing.on_create.always(_REFUSAL)
        player = _player(play, chat)
        scene = Scene(folder, clock, chat, tuple(made), weather, database, player)
        await _reserve(scene, _ORDERS[play])
        yield scene


def _player(play: Play, chat: DiscordStandIn) -> Player | None:
    match play:
        case Play.JOBS:
            return None
        case Play.MODERATORS:
            return Watch(chat, chat.guild.channel("videos"))
        case Play.STORYBOARD:
            return Teller(chat)


def _clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


async def _reserve(scene: Scene, orders: Sequence[_Order]) -> None:
    guild = scene.chat.guild
    place = (guild.id, guild.channel("videos").id, guild.member("requester").id)
    picture = UploadedImage("reference.png", make_picture("reference", 90, 60))
    validator = Validator(CATALOGUE, default_model=None, prompt_max_characters=2000)
    storage = ResultStorage.from_url(f"file://{scene.results}")
    guild_id, channel_id, member_id = place
    asker = Asker(member_id, frozenset({guild_id}), channel_id)
    async with open_database(scene.database.url) as database:
        if isinstance(scene.player, Watch):
            await _set_up(scene, scene.player, database)
        reserver = Reserver(ReservationStore(database, scene.clock), storage)
        for number, order in enumerate(orders, start=1):
            request = VideoRequest(
                origin=Origin(number, *place),
                prompt=order.prompt,
                model=order.model,
                seconds=order.seconds,
                images=(picture,) if order.has_image else (),
            )
            await reserver.reserve(await validator.validate(request), asker)


async def _set_up(scene: Scene, watch: Watch, database: Database) -> None:
    """Have every job reviewed, and everything that is decided mirrored."""
    moderators, store = watch.moderators, PolicyStore(database, scene.clock)
    values = {
        PolicyName.LOG_CHANNEL: moderators.log.id,
        PolicyName.REVIEW_CHANNEL: moderators.desk.id,
        PolicyName.REVIEW: True,
    }
    for name, value in values.items():
        await store.set_policy(server(scene.chat.guild.id), name, value, moderators.first.id)
