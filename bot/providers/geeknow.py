"""GeekNow: Grok videos by multipart form, from a server of the new-api family.

Facts are from docs.geeknow.top (Grok video generation, Grok task query) and, where those are
silent, from the source of QuantumNous/new-api, which GeekNow's error shapes come from.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import ClassVar, Final
from urllib.parse import unquote

from bot.domain import Charge, CleanImage, Failure, FailureKind, JsonObject, VideoSpec
from bot.errors import (
    NotAcceptedError,
    OutcomeUnknownError,
    ProviderAccessError,
    UnknownJobError,
    UnreachableError,
)
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
from bot.providers.client import FormField, FormFile, Reply
from bot.providers.reading import (
    ForeignError,
    read_error,
    read_name,
    read_progress,
    read_seconds,
    read_status,
    read_url,
)

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


class GeekNowProvider(Provider):
    """Videos by grok-video-3 and its two fixed-length siblings."""

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

    async def submit(self, spec: VideoSpec, images: Sequence[CleanImage]) -> Accepted | Failed:
        """Start one paid job: POST /v1/videos."""
        reply = await self._client.post_form(
            self._client.url("v1", "videos"), [*_fields(spec), *_files(images)]
        )
        if reply.is_success:
            return self._read_created(reply)
        return self._read_refused(reply)

    async def poll(self, ref: str) -> Answer:
        """Ask how the job is: GET /v1/videos/{ref}."""
        reply = await self._client.get(self._client.url("v1", "videos", ref))
        if reply.is_success:
            return self._read_answer(reply)
        error = read_error(reply.body) if reply.body else None
        if error and reply.status in {400, 404} and error.is_unknown_job:
            raise UnknownJobError(self._said(reply))
        # Relays of xAI pass its verdict on as the answer to a question.
        if error and reply.status == HTTPStatus.BAD_REQUEST and error.is_moderation:
            return self._failed(FailureKind.REFUSED, Charge.POSSIBLE, str(error))
        raise UnreachableError(self._said(reply), retry_after=reply.retry_after)

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
        error = read_error(reply.body or {})
        if error is None:
            raise OutcomeUnknownError(self._said(reply))
        if error.is_credit:
            raise ProviderAccessError(self._said(reply))
        kind = FailureKind.REFUSED if error.is_moderation else FailureKind.REJECTED
        return self._failed(kind, Charge.POSSIBLE, str(error))

    def _read_refused(self, reply: Reply) -> Failed:
        """Sort an unsuccessful answer to the paid call by who must act next."""
        said = (read_error(reply.body) if reply.body else None) or ForeignError("", reply.text)
        match reply.status:
            case 408:
                # Whoever gave up waiting may have passed the job on first.
                raise OutcomeUnknownError(self._said(reply))
            case status if _is_about_access(reply, said):
                raise ProviderAccessError(self._said(reply))
            case 429:
                raise NotAcceptedError(self._said(reply), retry_after=reply.retry_after)
            case 503 if reply.body is not None:
                raise NotAcceptedError(self._said(reply), retry_after=reply.retry_after)
            case status if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return self._not_taken(status, said)
            case 500 if said.code == "invalid_request":
                return self._not_taken(500, said)
        raise OutcomeUnknownError(self._said(reply))

    def _not_taken(self, status: int, said: ForeignError) -> Failed:
        if said.is_moderation:
            # Providers charge for looking at what they refuse, and none says that it doesn't.
            return self._failed(FailureKind.REFUSED, Charge.POSSIBLE, f"{status} {said}")
        return self._failed(FailureKind.REJECTED, Charge.NONE, f"{status} {said}")

    def _read_answer(self, reply: Reply) -> Answer:
        if reply.body is None:
            # How xAI says "not yet", which a relay may hand through.
            if reply.status == HTTPStatus.ACCEPTED and not reply.text:
                return Pending()
            raise UnreachableError(self._said(reply))
        job = _job(reply.body)
        status, url = read_status(job), self._result_url(job)
        error = read_error(job)
        ended = self._ended(job)
        if ended is not None:
            return ended
        # Some relays leave the word out once the address is there.
        if status in _DONE or (status is None and url and not error):
            return Finished(url, read_seconds(job, "seconds"))
        if status is None and not (read_name(job, "id") or read_name(job, "task_id")):
            if error and error.is_unknown_job:
                raise UnknownJobError(self._said(reply))
            raise UnreachableError(self._said(reply))
        return Pending(read_progress(job))

    def _ended(self, job: JsonObject) -> Failed | None:
        """Read the end without a video; its charge is returned, as far as anybody can tell."""
        status = read_status(job)
        if status not in _OVER:
            return None
        error = read_error(job)
        is_refused = error is not None and error.is_moderation
        kind = FailureKind.REFUSED if is_refused else FailureKind.PROVIDER_ERROR
        return self._failed(kind, Charge.POSSIBLE, f"{status}: {error or 'no reason given'}")

    def _result_url(self, job: JsonObject) -> str | None:
        for place in _URL_PLACES:
            url = read_url(job, *place)
            # An address with our key in it is not one to store or to call on another host.
            if url is not None and not self._client.holds_key(url):
                return url
        return None

    def _failed(self, kind: FailureKind, charge: Charge, detail: str) -> Failed:
        return Failed(Failure(kind, charge, self._client.redact(detail)))

    def _said(self, reply: Reply) -> str:
        return self._client.redact(f"{self.title} answered {reply.status}: {reply.text or '-'}")


def _is_about_access(reply: Reply, said: ForeignError) -> bool:
    """Whether key, credit or address is at fault, which only the operator can mend."""
    if said.is_credit:
        return reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    match reply.status:
        case 401 | 402 | 404:
            return True
        case 403:
            return not said.is_moderation
        case 400:
            return reply.is_page
        case 413 | 415 | 422 | 429:
            return False
        case status:
            is_redirect = status < HTTPStatus.BAD_REQUEST
            is_unread = reply.body is None and status < HTTPStatus.INTERNAL_SERVER_ERROR
            return is_redirect or is_unread


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
