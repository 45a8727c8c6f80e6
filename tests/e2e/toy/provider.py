"""Toy: the smallest provider there can be, made as docs/extending.md says."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from bot.domain import Inputs, Mode, VideoSpec
from bot.errors import OutcomeUnknownError, UnreachableError
from bot.providers.base import (
    Accepted,
    Answer,
    Failed,
    FileSource,
    Finished,
    Pending,
    PollSchedule,
    Provider,
)
from bot.providers.entries import ModelEntry
from bot.providers.reading import read_name, read_url
from bot.providers.verdicts import Verdicts


class ToyProvider(Provider):
    """Makes videos of one second."""

    name: ClassVar[str] = "toy"
    title: ClassVar[str] = "Toy"
    default_base_url: ClassVar[str] = "https://toy.example"
    schedule: ClassVar[PollSchedule] = PollSchedule(
        first=timedelta(seconds=1),
        interval=timedelta(seconds=1),
        late_interval=timedelta(seconds=1),
        soft_deadline=timedelta(minutes=1),
        hard_deadline=timedelta(hours=1),
    )
    models: ClassVar[tuple[ModelEntry, ...]] = (
        ModelEntry(
            provider="toy",
            model="toy-1",
            title="Toy One",
            modes=frozenset({Mode.TEXT}),
            seconds=(1,),
            default_seconds=1,
            resolutions=("480p",),
            default_resolution="480p",
            aspect_ratios=("1:1",),
            default_aspect_ratio="1:1",
            source="the toy's box",
        ),
    )

    async def submit(self, spec: VideoSpec, inputs: Inputs) -> Accepted | Failed:
        """Start one job: POST /make."""
        reply = await self._client.post_json(self._client.url("make"), {"prompt": spec.prompt})
        verdicts = Verdicts(self._client, self.title)
        if not reply.is_success:
            return verdicts.on_create(reply)
        ref = read_name(reply.body or {}, "id")
        if ref is None:
            raise OutcomeUnknownError(verdicts.said(reply))
        return Accepted(ref)

    async def poll(self, ref: str) -> Answer:
        """Ask about it: GET /made/{ref}."""
        reply = await self._client.get(self._client.url("made", ref))
        if reply.body is None:
            raise UnreachableError(f"{self.title} answered {reply.status}")
        url = read_url(reply.body, "file")
        return Pending() if url is None else Finished(url)

    def sources(self, ref: str, url: str | None) -> Sequence[FileSource]:
        """Name the file's own address."""
        return () if url is None else (FileSource(url),)
