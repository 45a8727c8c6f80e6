"""Fakes at our own ports: the provider, the door to Discord, and what edits cards."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import aiohttp
from pydantic import SecretStr

from bot.domain import CleanImage, Job, OwedMessage, VideoSpec
from bot.posting.places import Place, Posted
from bot.providers.base import (
    Accepted,
    Answer,
    Failed,
    FileSource,
    Finished,
    PollSchedule,
    Provider,
)
from bot.providers.catalogue import Catalogue, ModelEntry
from bot.providers.client import ApiClient

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
        self.submitted: list[tuple[VideoSpec, Sequence[CleanImage]]] = []
        self.polled: list[str] = []
        self.submission: Accepted | Failed | Exception = Accepted("ref-1")
        self.on_submit: Callable[[], Awaitable[None]] | None = None
        self.answers: list[Answer | Exception] = []
        self.files: Callable[[str | None], Sequence[FileSource]] = lambda url: (
            [FileSource(url)] if url else []
        )

    async def submit(self, spec: VideoSpec, images: Sequence[CleanImage]) -> Accepted | Failed:
        self.submitted.append((spec, images))
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


@dataclass
class FakePoster:
    """Takes every message, but for the places it was told to have trouble with."""

    troubles: dict[Place, Exception] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)

    async def post(
        self,
        job: Job,
        message: OwedMessage,
        place: Place,
        *,
        card_id: int | None,
        video: Path | None,
    ) -> Posted:
        content = None if video is None else video.read_bytes()  # noqa: ASYNC240 - a few bytes
        self.posts.append(Post(job, message, place, card_id, content))
        if place in self.troubles:
            raise self.troubles[place]
        return Posted(channel_id=70 + len(place), message_id=900 + len(self.posts))


@dataclass
class FakeCardEditor:
    """Remembers each edit; a card shows the state, the progress and the result's message."""

    troubles: dict[str, Exception] = field(default_factory=dict)
    edits: list[tuple[str, str]] = field(default_factory=list)

    def card_digest(self, job: Job, result: OwedMessage | None) -> str:
        link = None if result is None else result.message_id
        return f"{job.state} {job.progress} {link}"

    async def edit_card(self, job: Job, card: OwedMessage, result: OwedMessage | None) -> None:
        self.edits.append((job.id, self.card_digest(job, result)))
        if job.id in self.troubles:
            raise self.troubles[job.id]
