"""GeekNow on loopback: takes what its pages document and refuses everything else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import ClassVar, Final
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from PIL import Image

from bot.domain import JsonObject
from sandbox.provider_stand_in import ProviderStandIn, ResultPlace, StandInJob

_TEXT_FIELDS: Final = frozenset({"model", "prompt", "aspect_ratio", "seconds", "size"})
_FIXED_SECONDS: Final = {"grok-video-3": None, "grok-video-3-pro": 10, "grok-video-3-max": 15}
_LONGEST_SECONDS: Final = 15
_SHORT_SIDES: Final = {"720P": 720, "1080P": 1080}
_RATIOS: Final = frozenset({"2:3", "3:2", "1:1"})
_IMAGE_TYPES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_RETENTION: Final = timedelta(days=1)
_DONE: Final = frozenset({"completed", "succeeded"})
_DONE_PERCENT: Final = 100


class _RefusalError(Exception):
    """Why a request is not taken, in new-api's words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self) -> web.Response:
        """Write it the way new-api writes the errors of tasks."""
        body = {"code": self.code, "message": str(self), "data": None}
        return web.json_response(body, status=self.status)


@dataclass(slots=True)
class _Form:
    """The parts of one create call."""

    texts: dict[str, str] = field(default_factory=dict)
    images: list[bytes] = field(default_factory=list)


class GeekNowStandIn(ProviderStandIn):
    """The stand-in of `bot.providers.geeknow`."""

    name: ClassVar[str] = "geeknow"

    def routes(self) -> list[web.RouteDef]:
        """List the three documented calls, and the one that clients check keys with."""
        return [
            web.get("/v1/models", self._models),
            web.post("/v1/videos", self._create),
            web.get("/v1/videos/{ref}", self._query),
            web.get("/v1/videos/{ref}/content", self._content),
        ]

    async def unknown_path(self, request: web.Request) -> web.StreamResponse:
        """Answer as new-api does."""
        message = f"Invalid URL ({request.method} {request.path})"
        return _relay_error(404, message, "invalid_request_error")

    async def _models(self, request: web.Request) -> web.StreamResponse:
        async def own() -> web.Response:
            if not self.has_key(request):
                return _wrong_key()
            models = [{"id": name, "object": "model"} for name in _FIXED_SECONDS]
            return web.json_response({"object": "list", "data": models})

        return await self.on_key.answer(request, own)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        async def own() -> web.Response:
            if not self.has_key(request):
                return _wrong_key()
            try:
                job = self._accept(await _read_form(request))
            except _RefusalError as refusal:
                return refusal.response()
            return web.json_response(self._created(job))

        return await self.on_create.answer(request, own)

    async def _query(self, request: web.Request) -> web.StreamResponse:
        async def own() -> web.Response:
            if not self.has_key(request):
                return _wrong_key()
            job = self.job(request.match_info["ref"])
            if job is None:
                return _RefusalError(400, "task_not_exist", "task_not_exist").response()
            return web.json_response(self._answer(job))

        return await self.on_query.answer(request, own)

    async def _content(self, request: web.Request) -> web.StreamResponse:
        async def own() -> web.Response:
            if not self.has_key(request):
                return _wrong_key()
            job = self.job(request.match_info["ref"])
            if job is None:
                return _relay_error(404, "Task not found", "invalid_request_error")
            if not job.is_done:
                return _relay_error(400, "Task is not completed yet", "invalid_request_error")
            return web.Response(body=await self.clip(job), content_type="video/mp4")

        return await self.on_content.answer(request, own)

    def _accept(self, form: _Form) -> StandInJob:
        texts = form.texts
        _check_texts(texts)
        if not self.can_pay():
            raise _RefusalError(403, "insufficient_user_quota", "user quota is not enough")
        size, ratio = texts.get("size", "720P"), texts.get("aspect_ratio")
        first = form.images[0] if form.images else None
        width, height = self.shape(_SHORT_SIDES[size], ratio, first)
        job = StandInJob(
            id=self.new_id(),
            model=texts["model"],
            prompt=texts["prompt"],
            seconds=_FIXED_SECONDS[texts["model"]] or int(texts.get("seconds", "6")),
            width=width,
            height=height,
            size=size,
            aspect_ratio=ratio,
            images=tuple(form.images),
            accepted_at=self.now(),
        )
        self.charge(job)
        return job

    def _created(self, job: StandInJob) -> JsonObject:
        return {
            "id": job.id,
            "object": "video",
            "model": job.model,
            "status": "queued",
            "progress": 0,
            "created_at": int(job.accepted_at.timestamp()),
            "size": job.size,
        }

    def _answer(self, job: StandInJob) -> JsonObject:
        percent = self.ask(job)
        status = "queued" if not percent else "processing"
        answer: dict[str, object] = {
            **self._created(job),
            "status": "completed" if percent == _DONE_PERCENT else status,
            "progress": percent,
            "completed_at": 0,
            "expires_at": int((job.accepted_at + _RETENTION).timestamp()),
            "seconds": str(job.seconds),
            "remixed_from_video_id": "",
            "error": {"message": "", "code": ""},
            "video_url": "",
        }
        if self.stages:
            answer.update(self.stages[min(job.polls, len(self.stages)) - 1])
        elif percent == _DONE_PERCENT:
            answer.update(self.ending)
        if str(answer["status"]).lower() in _DONE:
            job.is_done = True
            answer["completed_at"] = int(self.now().timestamp())
            answer.update(self._result(job))
        return answer

    def _result(self, job: StandInJob) -> JsonObject:
        url = self.result_url or self.file_url(job)
        content = f"/v1/videos/{quote(job.id, safe='')}/content"
        places: dict[ResultPlace, JsonObject] = {
            ResultPlace.OUTPUT_URL: {"output": {"url": url}},
            ResultPlace.VIDEO_URL: {"video_url": url},
            ResultPlace.URL: {"url": url},
            ResultPlace.DETAIL_URL: {"detail": {"url": url}},
            ResultPlace.METADATA_URL: {"metadata": {"url": url}},
            ResultPlace.OWN_CONTENT: {"video_url": f"{self.base_url}{content}"},
            ResultPlace.RELATIVE: {"video_url": content},
            ResultPlace.NOWHERE: {},
        }
        return places[self.result_place or ResultPlace.VIDEO_URL]


async def _read_form(request: web.Request) -> _Form:
    if request.content_type != "multipart/form-data":
        raise _RefusalError(
            400, "invalid_request", f"{request.content_type} is not multipart/form-data"
        )
    form = _Form()
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise _RefusalError(400, "invalid_request", "a form has no forms in it")
            await _read_part(part, form)
    except ValueError as error:
        raise _RefusalError(400, "invalid_request", f"the form cannot be read: {error}") from error
    return form


async def _read_part(part: BodyPartReader, form: _Form) -> None:
    data = bytes(await part.read(decode=False))
    if part.name == "input_reference":
        form.images.append(_checked_image(part, data))
    elif part.name not in _TEXT_FIELDS or part.name in form.texts or part.filename is not None:
        raise _RefusalError(400, "invalid_request", f"unexpected field {part.name}")
    else:
        form.texts[part.name] = data.decode("utf-8")


def _checked_image(part: BodyPartReader, data: bytes) -> bytes:
    if not part.filename:
        raise _RefusalError(400, "invalid_request", "input_reference must be a file")
    try:
        image = Image.open(BytesIO(data), formats=tuple(_IMAGE_TYPES))
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        message = "input_reference is not a PNG, JPEG or WebP image"
        raise _RefusalError(400, "invalid_request", message) from error
    if part.headers.get("Content-Type") != _IMAGE_TYPES[str(image.format)]:
        raise _RefusalError(400, "invalid_request", "the content type does not fit the image")
    return data


def _check_texts(texts: dict[str, str]) -> None:
    if not texts.get("model"):
        raise _RefusalError(400, "missing_model", "model is required")
    if texts["model"] not in _FIXED_SECONDS:
        raise _RefusalError(503, "model_not_found", "no available channel for this model")
    problems: Sequence[tuple[bool, str]] = (
        (bool(texts.get("prompt", "").strip()), "prompt is required"),
        (texts.get("aspect_ratio", "3:2") in _RATIOS, "aspect_ratio must be 2:3, 3:2 or 1:1"),
        (_is_seconds(texts.get("seconds", "6")), "seconds must be a whole number from 1 to 15"),
        (texts.get("size", "720P") in _SHORT_SIDES, "size must be 720P or 1080P"),
    )
    for is_good, problem in problems:
        if not is_good:
            raise _RefusalError(400, "invalid_request", problem)


def _is_seconds(text: str) -> bool:
    return re.fullmatch("[0-9]{1,3}", text) is not None and 1 <= int(text) <= _LONGEST_SECONDS


def _wrong_key() -> web.Response:
    return _relay_error(401, "Invalid token (request id: 20250101000000000)", "new_api_error")


def _relay_error(status: int, message: str, kind: str) -> web.Response:
    error = {"message": message, "type": kind, "param": "", "code": ""}
    return web.json_response({"error": error}, status=status)
