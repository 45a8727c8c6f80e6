"""What a process looks at again and again: cards, cases, removals, joins, and its chores."""

from collections.abc import Awaitable, Callable, Mapping

from bot.clock import Clock
from bot.media.join import Joiner
from bot.media.video import LONGEST_JOINED_SECONDS, VideoProbe
from bot.opening import Opened
from bot.ops.housekeeping import Chore
from bot.pipeline import weekly
from bot.pipeline.case_refresh import CaseRefresher
from bot.pipeline.foresight import Foresight
from bot.pipeline.forget import OblivionRound
from bot.pipeline.joining import JoinRound
from bot.pipeline.mirror import PAUSE, RecordMirror
from bot.pipeline.reacting.adorn import AdornmentRound
from bot.pipeline.refresh import CardRefresher
from bot.pipeline.takedown import TakedownRound
from bot.posting.cards import Looks
from bot.posting.covers import PostedVideos
from bot.posting.moderation.case_editor import CaseEditor
from bot.posting.poster import ChannelPoster
from bot.posting.reactions import Reactions
from bot.posting.record.poster import RecordPoster
from bot.posting.surroundings import Surroundings
from bot.settings import Settings

Rounds = Mapping[str, Callable[[], Awaitable[None]]]
"""By what is looked at; each is done every few seconds."""


def assemble_rounds(
    settings: Settings,
    clock: Clock,
    opened: Opened,
    poster: ChannelPoster,
    looks: Looks,
    foresight: Foresight,
) -> Rounds:
    """Return what a process looks at again and again; a lease keeps two from one storyboard."""
    joining = {"joining": _joining(settings, clock, opened).round}
    if opened.has_gateway:
        return {**joining, **_rounds_of_one(clock, opened, poster, looks, foresight)}
    return joining


def _rounds_of_one(
    clock: Clock, opened: Opened, poster: ChannelPoster, looks: Looks, foresight: Foresight
) -> Rounds:
    """Return what one process alone looks at: two would edit each card twice."""
    stores, places, storage = opened.stores, opened.stores.closed_places, opened.storage
    cards = CardRefresher(stores.outbox, poster, clock, stores.pauses, foresight)
    editor = CaseEditor(opened.bot, looks, places)
    cases = CaseRefresher(stores.cases, stores.outbox, editor, clock)
    remover = PostedVideos(opened.bot, places)
    takedowns = TakedownRound(
        stores.takedowns, stores.votes, stores.questions, stores.retention, storage, remover, clock
    )
    oblivions = OblivionRound(stores.privacy, stores.retention, storage, clock)
    adornments = AdornmentRound(stores.adornments, Reactions(opened.bot), clock)
    return {
        "adornment": adornments.round,
        "cards": cards.refresh,
        "cases": cases.refresh,
        "removal": takedowns.round,
        "oblivion": oblivions.round,
    }


def _joining(settings: Settings, clock: Clock, opened: Opened) -> JoinRound:
    joiner = Joiner(VideoProbe(longest_seconds=LONGEST_JOINED_SECONDS))
    store = opened.stores.storyboards
    return JoinRound(store, opened.storage, joiner, clock, room_bytes=settings.result_max_bytes)


def assemble_chores(clock: Clock, opened: Opened, wake: Callable[[], None]) -> list[Chore]:
    """Mirror the record and list the best: one process has chores, for two would send all twice."""
    stores = opened.stores
    channels = RecordPoster(opened.bot, stores.closed_places, clock)
    mirror = RecordMirror(stores.mirrors, channels, clock)
    best = weekly.WeeklyChore(stores.weeklies, stores.rankings, Surroundings(opened.bot), wake)
    return [
        Chore("mirror of the record", mirror.tick, lambda now: now + PAUSE),
        Chore("best of the week", best.tick, lambda now: now + weekly.PAUSE),
    ]
