"""GeekNow: Grok videos by multipart form, from a server of the new-api family.

Facts are from docs.geeknow.top (Grok video generation, Grok task query) and, where those are
silent, from the source of QuantumNous/new-api, which GeekNow's error shapes come from.
"""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import ClassVar, Final
from urllib.parse import unquote

from bot.domain import CleanImage, Inputs, JsonObject, Mode, VideoSpec
from bot.errors import UnknownJobError, UnreachableError
from bot.providers.base import (
    Accepted,
    Answer,
    Failed,
    FileSource,
    Finished,
    KeyCheck,
    Pending,
    PollSchedule,
    Provider,
)
from bot.providers.client import ApiClient, FormField, FormFile, Reply
from bot.providers.entries import ModelEntry, Transport
from bot.providers.foreign_errors import read_error
from bot.providers.reading import read_seconds, read_status
from bot.providers.status_words import DONE
from bot.providers.verdicts import Verdicts
from bot.providers.wrappers import find_job, read_ref

_REFS: Final = ("task_id", "id")
_URL_PLACES: Final = (
    ("output", "url"),
    ("video_url",),
    ("url",),
    ("detail", "url"),
    ("metadata", "url"),
)
"""In the order of the query page; the last is new-api's."""

_SUFFIXES: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


_PAGE: Final = (
    "docs.geeknow.top, Grok video generation (POST /v1/videos); the six references are"
    " the cap of a public client, for the page names none"
)


def _model(model: str, title: str, seconds: tuple[int, ...], default: int) -> ModelEntry:
    return ModelEntry(
        provider="geeknow",
        model=model,
        title=title,
        modes=frozenset({Mode.TEXT, Mode.REFERENCES}),
        seconds=seconds,
        default_seconds=default,
        resolutions=("720p", "1080p"),
        default_resolution="720p",
        aspect_ratios=("2:3", "3:2", "1:1"),
        default_aspect_ratio="3:2",
        most_references=6,
        transport=Transport.MULTIPART,
        source=_PAGE,
    )


class GeekNowProvider(Provider):
    """Videos by grok-video-3 and its two fixed-length siblings.

    Its charge is taken at submission and returned on failure (new-api's source), which the
    page itself does not promise.
    """

    name: ClassVar[str] = "geeknow"
    title: ClassVar[str] = "GeekNow"
    default_base_url: ClassVar[str] = "https://www.geeknow.top"
    schedule: ClassVar[PollSchedule] = PollSchedule(
        first=timedelta(seconds=10),
        interval=timedelta(seconds=10),
        late_interval=timedelta(seconds=60),
        soft_deadline=timedelta(minutes=20),
        # In the sample of the query page `expires_at` is a day after `created_at`.
        hard_deadline=timedelta(hours=24),
    )
    models: ClassVar[tuple[ModelEntry, ...]] = (
        # The page says "as sent" for the base model; 15 s is the longest that any of them makes.
        _model("grok-video-3", "Grok Video 3", tuple(range(1, 16)), 6),
        _model("grok-video-3-pro", "Grok Video 3 Pro", (10,), 10),
        _model("grok-video-3-max", "Grok Video 3 Max", (15,), 15),
    )

    def __init__(self, client: ApiClient) -> None:
        super().__init__(client)
        # A new-api server says 503 when no channel would take the job.
        self._verdicts = Verdicts(client, self.title, busy=(HTTPStatus.SERVICE_UNAVAILABLE,))

    async def submit(self, spec: VideoSpec, inputs: Inputs) -> Accepted | Failed:
        """Start one paid job: POST /v1/videos."""
        reply = await self._client.post_form(
            self._client.url("v1", "videos"), [*_fields(spec), *_files(inputs.images)]
        )
        if reply.is_success:
            return self._read_created(reply, spec.prompt)
        return self._verdicts.on_create(reply, spec.prompt)

    async def poll(self, ref: str) -> Answer:
        """Ask how the job is: GET /v1/videos/{ref}."""
        reply = await self._client.get(self._client.url("v1", "videos", ref))
        if reply.is_success:
            return self._read_answer(reply)
        return self._verdicts.on_query(reply, refused=self.charge_when_refused)

    async def check_key(self) -> KeyCheck:
        """List the models of the key: GET /v1/models, as new-api's clients do."""
        reply = await self._client.get(self._client.url("v1", "models"))
        return self._verdicts.on_key_check(reply)

    def sources(self, ref: str, url: str | None) -> Sequence[FileSource]:
        """List the address that the answer named, then GET /v1/videos/{ref}/content."""
        content = FileSource(
            self._client.url("v1", "videos", ref, "content"), self._client.bearer()
        )
        if url is None:
            return (content,)
        address = self._client.absolute(url)
        if unquote(address) == unquote(content.url):
            return (content,)
        headers = self._client.bearer() if self._client.is_own(address) else {}
        return (FileSource(address, headers), content)

    def _read_created(self, reply: Reply, prompt: str) -> Accepted | Failed:
        body = reply.body or {}
        ref = read_ref(body, _REFS)
        if ref is None:
            return self._verdicts.without_ref(reply, prompt)
        return self._ended(find_job(body, _REFS)) or Accepted(ref)

    def _read_answer(self, reply: Reply) -> Answer:
        if reply.body is None:
            # How xAI says "not yet", which a relay may hand through.
            if reply.status == HTTPStatus.ACCEPTED and not reply.text:
                return Pending()
            raise UnreachableError(self._verdicts.said(reply))
        job = find_job(reply.body, _REFS)
        status, url = read_status(job), self._verdicts.first_url(job, _URL_PLACES)
        error = read_error(job)
        ended = self._ended(job)
        if ended is not None:
            return ended
        # Some relays leave the word out once the address is there.
        if status in DONE or (status is None and url and not error):
            return Finished(url, read_seconds(job, "seconds"))
        if status is None and read_ref(job, _REFS) is None:
            if error and error.is_unknown_job:
                raise UnknownJobError(self._verdicts.said(reply))
            raise UnreachableError(self._verdicts.said(reply))
        return self._verdicts.pending(job, status)

    def _ended(self, job: JsonObject) -> Failed | None:
        """Read the end without a video; its charge is returned, as far as anybody can tell."""
        return self._verdicts.ended(
            job,
            read_status(job),
            refused=self.charge_when_refused,
            failed=self.charge_when_failed,
        )


def _fields(spec: VideoSpec) -> list[FormField]:
    fields = [
        FormField("model", spec.model),
        FormField("prompt", spec.prompt),
        # Text on purpose: a new-api server refuses a number here.
        FormField("seconds", str(spec.seconds)),
        FormField("size", spec.resolution.upper()),
    ]
    if spec.aspect_ratio is not None:
        fields.append(FormField("aspect_ratio", spec.aspect_ratio))
    return fields


def _files(images: Sequence[CleanImage]) -> list[FormFile]:
    return [
        FormFile(
            name="input_reference",
            data=image.data,
            filename=f"reference-{number}.{_SUFFIXES.get(image.media_type, 'png')}",
            media_type=image.media_type,
        )
        for number, image in enumerate(images, start=1)
    ]
