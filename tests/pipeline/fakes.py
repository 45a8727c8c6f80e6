"""Fakes at our own ports: the provider, the door to Discord, and what edits cards."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import aiohttp
from pydantic import SecretStr

from bot.domain import CleanImage, Inputs, Job, Mode, Outlook, OwedMessage, Pause, Place, VideoSpec
from bot.pipeline.lanes import Lane
from bot.pipeline.rate import RateGate
from bot.posting.forms import AttachedVideo, VideoForm
from bot.posting.places import Posted
from bot.providers.base import (
    Accepted,
    Answer,
    Failed,
    FileSource,
    Finished,
    PollSchedule,
    Provider,
)
from bot.providers.catalogue import Catalogue
from bot.providers.client import ApiClient
from bot.providers.entries import ModelEntry

SCHEDULE = PollSchedule(
    first=timedelta(seconds=20),
    interval=timedelta(seconds=10),
    late_interval=timedelta(minutes=1),
    soft_deadline=timedelta(minutes=15),
    hard_deadline=timedelta(hours=24),
)


def make_entry(
    model: str = "script-1",
    *,
    seconds: tuple[int, ...] = (4, 5, 6, 7, 8),
    most_references: int = 2,
) -> ModelEntry:
    return ModelEntry(
        provider="scripted",
        model=model,
        title="Script One",
        modes=frozenset({Mode.TEXT, *([Mode.REFERENCES] if most_references else [])}),
        seconds=seconds,
        default_seconds=seconds[0],
        resolutions=("720p", "1080p"),
        default_resolution="720p",
        aspect_ratios=("3:2", "1:1"),
        default_aspect_ratio="3:2",
        most_references=most_references,
        source="this test",
    )


CATALOGUE = Catalogue((make_entry(),))


class ScriptedProvider(Provider):
    """A provider that does what its test wrote down, and remembers what it was asked."""

    name = "scripted"
    title = "Scripted"
    default_base_url = "https://api.scripted.example"
    schedule: ClassVar[PollSchedule] = SCHEDULE

    def __init__(self, session: aiohttp.ClientSession) -> None:
        client = ApiClient(session, base_url=self.default_base_url, api_key=SecretStr("key"))
        super().__init__(client)
        self.submitted: list[tuple[VideoSpec, Inputs]] = []
        self.polled: list[str] = []
        self.submission: Accepted | Failed | Exception = Accepted("ref-1")
        self.on_submit: Callable[[], Awaitable[None]] | None = None
        self.answers: list[Answer | Exception] = []
        self.files: Callable[[str | None], Sequence[FileSource]] = lambda url: (
            [FileSource(url)] if url else []
        )

    async def submit(self, spec: VideoSpec, inputs: Inputs) -> Accepted | Failed:
        self.submitted.append((spec, inputs))
        if self.on_submit is not None:
            await self.on_submit()
        if isinstance(self.submission, Exception):
            raise self.submission
        return self.submission

    async def poll(self, ref: str) -> Answer:
        self.polled.append(ref)
        answer = self.answers.pop(0) if self.answers else Finished(None)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sources(self, ref: str, url: str | None) -> Sequence[FileSource]:
        return self.files(url)


class OtherScriptedProvider(ScriptedProvider):
    """Another service, for jobs that turn to it."""

    name = "other"
    title = "Other"


def make_lane(
    provider: ScriptedProvider | None,
    *,
    schedule: PollSchedule = SCHEDULE,
    requests_per_minute: float = 60_000,
) -> Lane:
    title = "Scripted" if provider is None else provider.title
    return Lane(title, provider, schedule, RateGate(requests_per_minute))


def lanes_of(*providers: ScriptedProvider) -> dict[str, Lane]:
    return {provider.name: make_lane(provider) for provider in providers}


@dataclass
class FakePostedFiles:
    """Knows the files of posted messages, or has the trouble it was told to have."""

    files: dict[int, tuple[str, ...]] = field(default_factory=dict)
    trouble: Exception | None = None
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def urls(self, channel_id: int, message_id: int) -> tuple[str, ...]:
        self.asked.append((channel_id, message_id))
        if self.trouble is not None:
            raise self.trouble
        return self.files.get(message_id, ())


class Bell:
    """Counts how often the runner was woken."""

    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1


@dataclass(frozen=True)
class Post:
    """One call of the door to Discord."""

    job: Job
    message: OwedMessage
    place: Place
    card_id: int | None
    video: bytes | None
    images: tuple[CleanImage, ...]
    form: VideoForm | None = None
    is_plain: bool = False


@dataclass
class FakePoster:
    """Takes every message, but for the places it was told to have trouble with."""

    troubles: dict[Place, Exception] = field(default_factory=dict)
    trouble_with_images: Exception | None = None
    judge: Callable[[Post], Exception | None] = lambda _: None
    posts: list[Post] = field(default_factory=list)
    found: Posted | None = None
    trouble_with_history: Exception | None = None
    looks: list[tuple[OwedMessage, Place]] = field(default_factory=list)

    async def post(
        self,
        job: Job,
        message: OwedMessage,
        place: Place,
        *,
        card_id: int | None,
        video: VideoForm | None = None,
        images: Sequence[CleanImage] = (),
        is_plain: bool = False,
    ) -> Posted:
        content = video.path.read_bytes() if isinstance(video, AttachedVideo) else None
        post = Post(job, message, place, card_id, content, tuple(images), video, is_plain)
        self.posts.append(post)
        if images and self.trouble_with_images is not None:
            raise self.trouble_with_images
        problem = self.troubles.get(place) or self.judge(post)
        if problem is not None:
            raise problem
        return Posted(70 + len(place), 900 + len(self.posts), shown=f"{job.state}")

    async def find(self, job: Job, message: OwedMessage, place: Place) -> Posted | None:
        self.looks.append((message, place))
        if self.trouble_with_history is not None:
            raise self.trouble_with_history
        return self.found


@dataclass
class FakeCardEditor:
    """Remembers each edit; a card shows the state, the progress and the result's message."""

    troubles: dict[str, Exception] = field(default_factory=dict)
    edits: list[tuple[str, str]] = field(default_factory=list)

    def card_digest(
        self,
        job: Job,
        result: OwedMessage | None,
        pause: Pause | None,
        outlook: Outlook | None = None,
    ) -> str:
        link = None if result is None else result.message_id
        reason = "" if pause is None else f" {pause.reason}"
        place = None if outlook is None else outlook.place
        queue = "" if place is None else f".{place.number} of {place.total}"
        return f"{job.state} {job.progress} {link}{reason}{queue}"

    async def edit_card(
        self,
        job: Job,
        card: OwedMessage,
        result: OwedMessage | None,
        pause: Pause | None,
        outlook: Outlook | None = None,
    ) -> None:
        self.edits.append((job.id, self.card_digest(job, result, pause, outlook)))
        if job.id in self.troubles:
            raise self.troubles[job.id]
