"""GeekNow: Grok videos by multipart form, from a server of the new-api family.

Facts are from docs.geeknow.top (Grok video generation, Grok task query) and, where those are
silent, from the source of QuantumNous/new-api, which GeekNow's error shapes come from.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import ClassVar, Final
from urllib.parse import unquote

from bot.domain import CleanImage, FailureKind, Inputs, JsonObject, Mode, VideoSpec
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
from bot.providers.reading import (
    read_error,
    read_name,
    read_progress,
    read_seconds,
    read_status,
)
from bot.providers.verdicts import Verdicts

# The pages name completed, failed and cancelled; the rest are the words of relays behind them.
_DONE: Final = frozenset({"completed", "succeeded", "success", "done"})
_OVER: Final = frozenset({"failed", "failure", "cancelled", "canceled"})

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
            return self._read_created(reply)
        return self._verdicts.on_create(reply)

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

    def _read_created(self, reply: Reply) -> Accepted | Failed:
        job = _job(reply.body)
        ref = read_name(job, "task_id") or read_name(job, "id")
        if ref is not None:
            return self._ended(job) or Accepted(ref)
        return self._verdicts.without_ref(reply)

    def _read_answer(self, reply: Reply) -> Answer:
        if reply.body is None:
            # How xAI says "not yet", which a relay may hand through.
            if reply.status == HTTPStatus.ACCEPTED and not reply.text:
                return Pending()
            raise UnreachableError(self._verdicts.said(reply))
        job = _job(reply.body)
        status, url = read_status(job), self._verdicts.first_url(job, _URL_PLACES)
        error = read_error(job)
        ended = self._ended(job)
        if ended is not None:
            return ended
        # Some relays leave the word out once the address is there.
        if status in _DONE or (status is None and url and not error):
            return Finished(url, read_seconds(job, "seconds"))
        if status is None and not (read_name(job, "id") or read_name(job, "task_id")):
            if error and error.is_unknown_job:
                raise UnknownJobError(self._verdicts.said(reply))
            raise UnreachableError(self._verdicts.said(reply))
        return Pending(read_progress(job))

    def _ended(self, job: JsonObject) -> Failed | None:
        """Read the end without a video; its charge is returned, as far as anybody can tell."""
        status = read_status(job)
        if status not in _OVER:
            return None
        error = read_error(job)
        is_refused = error is not None and error.is_moderation
        kind = FailureKind.REFUSED if is_refused else FailureKind.PROVIDER_ERROR
        charge = self.charge_when_refused if is_refused else self.charge_when_failed
        return self._verdicts.failed(kind, charge, f"{status}: {error or 'no reason given'}")


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


def _job(body: JsonObject | None) -> JsonObject:
    """Find the job: the body itself, or `data` in the wrapper of the generic query route."""
    if body is None:
        return {}
    inner = body.get("data")
    return inner if isinstance(inner, Mapping) and "status" not in body else body
