"""A desk for reactions with real tables, and fakes at the doors to Discord."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain import (
    Emoji,
    Job,
    PostedVideo,
    Reacted,
    Reactor,
    Unreacted,
    Viewer,
)
from bot.errors import BotError
from bot.pipeline.access import JobAccess
from bot.pipeline.reacting.desk import ReactionDesk
from bot.pipeline.reacting.wish import Wish
from bot.pipeline.removals import Removals
from bot.posting.direct import DirectFile
from bot.posting.forms import VideoForm
from bot.posting.reactions import Pile
from bot.store.community.votes import VoteStore
from bot.store.moderation.reports import ReportStore
from bot.store.moderation.takedowns import TakedownStore
from tests.factories import CHANNEL, GUILD, make_asker, make_origin
from tests.store.voting import RESULT, anywhere
from tests.store.world import World

MESSAGE = PostedVideo(CHANNEL, RESULT)
STAR, HEART, FLAG = Emoji("⭐"), Emoji("❤️"), Emoji("🚩")


def reacted(
    member_id: int,
    emoji: Emoji = STAR,
    message: PostedVideo = MESSAGE,
    *,
    is_moderator: bool = False,
) -> Reacted:
    viewer = Viewer(GUILD, message.channel_id, member_id, is_moderator)
    asker = make_asker(make_origin(channel_id=message.channel_id, requester_id=member_id))
    return Reacted(message, emoji, Reactor(viewer, asker, may_ask=True, may_write=True))


def unreacted(member_id: int, emoji: Emoji = STAR, message: PostedVideo = MESSAGE) -> Unreacted:
    return Unreacted(message, emoji, member_id)


@dataclass
class FakeActs:
    """Remembers what was asked for."""

    wishes: list[Wish] = field(default_factory=list)
    turned_down: list[Wish] = field(default_factory=list)
    is_closed: bool = False

    async def do(self, wish: Wish) -> None:
        self.wishes.append(wish)

    async def turn_down(self, wish: Wish) -> None:
        self.turned_down.append(wish)

    def close(self) -> None:
        self.is_closed = True


@dataclass
class FakeReactions:
    """Discord's side of reactions: who stands under which message."""

    piles_of: dict[int, dict[Emoji, set[int]]] = field(default_factory=dict)
    own: set[Emoji] = field(default_factory=set)
    troubles: list[BotError | Exception] = field(default_factory=list)
    taken_off: list[tuple[PostedVideo, Emoji, int]] = field(default_factory=list)
    put: list[tuple[PostedVideo, Emoji]] = field(default_factory=list)
    notes: list[tuple[int, int, str]] = field(default_factory=list)
    removed_notes: list[PostedVideo] = field(default_factory=list)
    asked: list[Emoji] = field(default_factory=list)
    elsewhere: Reactor | None = None

    async def piles(self, message: PostedVideo) -> list[Pile]:
        self._fail()
        found = self.piles_of.get(message.message_id, {})
        return [
            Pile(emoji, len(people) + (emoji in self.own), emoji in self.own)
            for emoji, people in found.items()
        ]

    async def people(
        self, message: PostedVideo, pile: Pile, *, most: int
    ) -> tuple[frozenset[int], bool]:
        self.asked.append(pile.emoji)
        people = sorted(self.piles_of[message.message_id][pile.emoji])
        return frozenset(people[:most]), len(people) <= most

    async def take_off(self, message: PostedVideo, emoji: Emoji, member_id: int) -> bool:
        self._fail()
        self.taken_off.append((message, emoji, member_id))
        return True

    async def put_up(self, message: PostedVideo, emoji: Emoji) -> None:
        self._fail()
        self.put.append((message, emoji))

    async def reactor_in(self, guild_id: int, channel_id: int, member_id: int) -> Reactor | None:
        return self.elsewhere

    async def post_note(self, channel_id: int, member_id: int, text: str) -> PostedVideo:
        self._fail()
        self.notes.append((channel_id, member_id, text))
        return PostedVideo(channel_id, len(self.notes))

    async def remove_note(self, note: PostedVideo) -> None:
        self._fail()
        self.removed_notes.append(note)

    def _fail(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)


@dataclass
class FakeDirect:
    """Direct messages that are open, or have the trouble that they were told to have."""

    troubles: list[Exception] = field(default_factory=list)
    said: list[tuple[int, str]] = field(default_factory=list)
    clips: list[tuple[str, int, VideoForm | None]] = field(default_factory=list)

    async def send(self, member_id: int, text: str, files: Sequence[DirectFile]) -> None:
        self._fail()
        self.said.append((member_id, text))

    async def send_clip(
        self, job: Job, member_id: int, form: VideoForm | None, message: PostedVideo
    ) -> None:
        self._fail()
        self.clips.append((job.id, member_id, form))

    def _fail(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)


@dataclass
class Parlour:
    """A desk, and what is behind it."""

    world: World
    acts: FakeActs = field(default_factory=FakeActs)
    discord: FakeReactions = field(default_factory=FakeReactions)
    woken: list[bool] = field(default_factory=list)
    desk: ReactionDesk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = self.make_desk()

    @property
    def votes(self) -> VoteStore:
        return VoteStore(self.world.database, self.world.clock)

    @property
    def removals(self) -> Removals:
        world = self.world
        access = JobAccess(world.questions, world.jobs, self._wake)
        takedowns = TakedownStore(world.database, world.clock)
        reports = ReportStore(world.database, world.clock)
        return Removals(access, world.questions, takedowns, reports)

    def make_desk(self) -> ReactionDesk:
        world = self.world
        return ReactionDesk(
            world.questions,
            world.policies,
            self.votes,
            self.acts,
            anywhere,
            self._wake,
            world.clock,
        )

    def _wake(self) -> None:
        self.woken.append(True)
