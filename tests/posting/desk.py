"""A poster that is logged in, and the world it posts to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import discord

from bot.domain import (
    CaseView,
    Charge,
    Failure,
    FailureKind,
    Job,
    JobState,
    MessageKind,
    MessageState,
    Origin,
    OwedMessage,
    Pause,
    Place,
    PostedVideo,
    Ranked,
    Week,
)
from bot.posting.card_parts import Cards
from bot.posting.cards import Looks
from bot.posting.forms import AttachedVideo
from bot.posting.places import Posted
from bot.posting.poster import ChannelPoster
from bot.posting.showcase import Showcase
from bot.posting.surroundings import Surroundings
from sandbox.discord_api import Channel, DiscordStandIn, Member
from tests.factories import make_job, make_video
from tests.manual_clock import ManualClock


@dataclass
class KnownPauses:
    """The pauses that a test wrote down."""

    by_provider: dict[str, Pause] = field(default_factory=dict)
    trouble: Exception | None = None

    async def current(self) -> Mapping[str, Pause]:
        if self.trouble is not None:
            raise self.trouble
        return self.by_provider


@dataclass
class KnownPlaces:
    """The refusals of places, kept in memory."""

    counts: dict[int, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    async def refusals(self, place_id: int) -> int:
        return self.counts.get(place_id, 0)

    async def note_refusal(self, place_id: int, problem: str) -> None:
        self.counts[place_id] = self.counts.get(place_id, 0) + 1
        self.problems.append(problem)

    async def reopen(self, place_id: int) -> None:
        del self.counts[place_id]


@dataclass
class KnownCases:
    """The cases that a test wrote down."""

    by_id: dict[int, CaseView] = field(default_factory=dict)

    async def view(self, case_id: int) -> CaseView | None:
        return self.by_id.get(case_id)


@dataclass
class KnownRankings:
    """What a test says that members favour."""

    best: list[Ranked] = field(default_factory=list)
    message: PostedVideo | None = None

    async def seen(self, job_id: str) -> PostedVideo | None:
        return self.message

    async def of_week(self, guild_id: int, week: Week, *, limit: int) -> list[Ranked]:
        return self.best[:limit]


class Desk:
    """A poster that is logged in, and the world it posts to."""

    def __init__(self, chat: DiscordStandIn, client: discord.Client, folder: Path) -> None:
        self.chat = chat
        self.client = client
        self.pauses = KnownPauses()
        self.places = KnownPlaces()
        self.cases = KnownCases()
        self.clock = ManualClock()
        self.looks = looks = Looks({}, {})
        self.rankings = KnownRankings()
        showcase = Showcase(looks, self.rankings, Surroundings(client))
        cards = Cards(looks, self.clock, self.pauses)
        self.poster = ChannelPoster(
            client, looks, self.clock, cards, self.places, self.cases, showcase
        )
        self.folder = folder

    @property
    def channel(self) -> Channel:
        return self.chat.guild.channel("videos")

    @property
    def member(self) -> Member:
        return self.chat.guild.member("requester")

    def job(self, state: JobState = JobState.RENDERING) -> Job:
        origin = Origin(1, self.chat.guild.id, self.channel.id, self.member.id)
        failure = Failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)
        is_failed = state in {JobState.FAILED, JobState.TOLD}
        video = make_video() if state in {JobState.STORED, JobState.POSTED} else None
        return replace(
            make_job(state), origin=origin, failure=failure if is_failed else None, video=video
        )

    def video(self, size: int = 1000) -> AttachedVideo:
        path = self.folder / "video.mp4"
        path.write_bytes(bytes(size))
        return AttachedVideo(path, size)

    def favour(self, job: Job, channel: Channel | None = None) -> Channel:
        """Let the job be the best of every week, asked for in a channel of its own."""
        home = channel or self.chat.guild.add_channel("home")
        origin = replace(job.origin, channel_id=home.id)
        self.rankings.best.append(Ranked(replace(job, origin=origin), 3, 0, self.rankings.message))
        return home

    async def result(self, size: int = 1000, place: Place = Place.CHANNEL) -> Posted:
        job = self.job(JobState.STORED)
        owed = message(job, MessageKind.RESULT)
        return await self.poster.post(job, owed, place, card_id=None, video=self.video(size))


def message(job: Job, kind: MessageKind) -> OwedMessage:
    return OwedMessage(job.id, kind, MessageState.SENDING, job.origin.channel_id, 0, 1, None)
