"""The backend of GlobalAiOpc and Xingchao Yiqing on loopback: takes what their pages document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import ClassVar, Final
from urllib.parse import urlsplit
from uuid import uuid4

from aiohttp import web
from PIL import Image

from bot.domain import JsonObject
from sandbox.provider_stand_in import ProviderStandIn, ResultPlace, StandInJob

_PREFIX: Final = "/kyyReactApiServer"
_FIELDS: Final = frozenset(
    {"model", "prompt", "duration", "aspect_ratio", "resolution", "image_urls"}
)
_SHORT_SIDES: Final = {"480p": 480, "720p": 720}
_IMAGE_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_IMAGE_OUT_OF_REACH: Final = "Reference image could not be accessed."
_DONE: Final = frozenset({"completed"})
_DONE_PERCENT: Final = 100
_DEFAULT_SECONDS: Final = 10
_BOTH_RESOLUTIONS: Final = frozenset({"480p", "720p"})
_FIVE_RATIOS: Final = frozenset({"16:9", "9:16", "1:1", "3:2", "2:3"})


@dataclass(frozen=True, slots=True)
class _Model:
    """What a page says about one model."""

    seconds: frozenset[int]
    most_images: int
    resolutions: frozenset[str] = _BOTH_RESOLUTIONS
    ratios: frozenset[str] = _FIVE_RATIOS


_MODELS: Final = {
    "grok_video3": _Model(frozenset(range(6, 31)), 7),
    "grok_video3_pro": _Model(frozenset({10}), 1, frozenset({"720p"}), frozenset({"16:9"})),
    "grok_video3_max": _Model(
        frozenset({6, 10, 12, 16, 20, 30}), 5, ratios=frozenset({"16:9", "9:16", "1:1"})
    ),
}


class _RefusalError(Exception):
    """Why a request is not taken; no page shows such an answer.

    So it is told the way in which the backend was seen to refuse a key: by 200 and a text.
    """

    def __init__(self, message: str, *, code: str = "400", status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    def response(self) -> web.Response:
        """Write it down."""
        return web.json_response({"code": self.code, "msg": str(self)}, status=self.status)


@dataclass(frozen=True, slots=True)
class _Order:
    """One create call whose every value is allowed."""

    model: str
    prompt: str
    seconds: int
    resolution: str
    aspect_ratio: str | None
    image_urls: tuple[str, ...] = field(repr=False)


@dataclass(slots=True)
class _KyyJob(StandInJob):
    """A job that may lack images which it names."""

    lacks_images: bool = False


class KyyStandIn(ProviderStandIn):
    """The stand-in of `bot.providers.kyy`; a brand adds its name and its own stable model.

    It fetches reference images by itself, and a job whose images it can't have fails after it
    was charged, for no page promises otherwise.
    """

    stable: ClassVar[_Model]

    @property
    def base_url(self) -> str:
        """Tell where the API is: below a path of its own."""
        return f"{super().base_url}{_PREFIX}"

    def new_id(self) -> str:
        """Make an identifier as the sample has it, with a UUID."""
        return f"{self._id_prefix}{uuid4()}"

    def routes(self) -> list[web.RouteDef]:
        """List the two documented calls."""
        return [
            web.post(f"{_PREFIX}/v1/grok/videos", self._create),
            web.get(f"{_PREFIX}/v1/result/{{ref}}", self._query),
        ]

    async def unknown_path(self, request: web.Request) -> web.StreamResponse:
        """Answer as Spring does."""
        message = f"No handler found for {request.method} {request.path}"
        return web.json_response({"message": message}, status=404)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        async def own() -> web.Response:
            if not self.has_key(request):
                return _wrong_key()
            try:
                order = self._take(await _read_body(request))
            except _RefusalError as refusal:
                return refusal.response()
            return web.json_response(self._created(await self._accept(order)))

        return await self.on_create.answer(request, own)

    async def _query(self, request: web.Request) -> web.StreamResponse:
        async def own() -> web.Response:
            if not self.has_key(request):
                return _wrong_key()
            job = self.job(request.match_info["ref"])
            if job is None:
                return _RefusalError("任务不存在", code="404").response()
            return web.json_response(self._answer(job))

        return await self.on_query.answer(request, own)

    def _take(self, body: JsonObject) -> _Order:
        order = _read_order(body, {**_MODELS, "grok_video3_stable": self.stable})
        if not self.can_pay():
            raise _RefusalError("余额不足", code="402")
        return order

    async def _accept(self, order: _Order) -> StandInJob:
        # Fetched before the charge, so that a caller who hangs up meanwhile leaves no half a job.
        images = [image for url in order.image_urls if (image := await self._image(url))]
        ratio = order.aspect_ratio or (None if images else "16:9")
        width, height = self.shape(
            _SHORT_SIDES[order.resolution], ratio, images[0] if images else None
        )
        job = _KyyJob(
            id=self.new_id(),
            model=order.model,
            prompt=order.prompt,
            seconds=order.seconds,
            width=width,
            height=height,
            size=order.resolution,
            aspect_ratio=order.aspect_ratio,
            images=tuple(images),
            accepted_at=self.now(),
            lacks_images=len(images) < len(order.image_urls),
        )
        self.charge(job)
        return job

    async def _image(self, url: str) -> bytes | None:
        data = await self.fetch(url)
        return data if data is not None and _is_image(data) else None

    def _created(self, job: StandInJob) -> JsonObject:
        return {
            "id": job.id,
            "object": "video",
            "created": int(job.accepted_at.timestamp()),
            "model": job.model,
            "status": "queued",
            "error": None,
        }

    def _answer(self, job: StandInJob) -> JsonObject:
        percent = self.ask(job)
        status = "queued" if not percent else "processing"
        answer: dict[str, object] = {
            **self._created(job),
            "status": "completed" if percent == _DONE_PERCENT else status,
            "video_url": None,
        }
        if self.stages:
            answer.update(self.stages[min(job.polls, len(self.stages)) - 1])
        elif percent and isinstance(job, _KyyJob) and job.lacks_images:
            answer.update({"status": "failed", "error": _IMAGE_OUT_OF_REACH})
        elif percent == _DONE_PERCENT:
            answer.update(self.ending)
        if str(answer["status"]).lower() in _DONE:
            job.is_done = True
            answer.update(self._result(job))
        return answer

    def _result(self, job: StandInJob) -> JsonObject:
        is_named = self.result_place is not ResultPlace.NOWHERE
        url = self.result_url or self.file_url(job)
        return {"video_url": url if is_named else None, "actualDuration": job.seconds}


class GlobalAiOpcStandIn(KyyStandIn):
    """The stand-in of GlobalAiOpc, whose stable model knows one length and one resolution."""

    name: ClassVar[str] = "globalaiopc"
    stable: ClassVar[_Model] = _Model(frozenset({10}), 7, frozenset({"720p"}))


class XingchaoStandIn(KyyStandIn):
    """The stand-in of Xingchao Yiqing, whose page gives the stable model two of each."""

    name: ClassVar[str] = "xingchao"
    stable: ClassVar[_Model] = _Model(frozenset({6, 10}), 7)


async def _read_body(request: web.Request) -> JsonObject:
    if request.content_type != "application/json":
        message = f"Content-Type '{request.content_type}' is not supported"
        raise _RefusalError(message, code="415", status=415)
    try:
        body = await request.json()
    except (LookupError, RecursionError, ValueError) as error:
        raise _RefusalError("the JSON cannot be read") from error
    if not isinstance(body, dict):
        raise _RefusalError("the JSON is no object")
    return body


def _read_order(body: JsonObject, models: Mapping[str, _Model]) -> _Order:
    unexpected = sorted(body.keys() - _FIELDS)
    if unexpected:
        raise _RefusalError(f"unexpected field {unexpected[0]}")
    name, prompt = body.get("model"), body.get("prompt")
    if not isinstance(name, str) or name not in models:
        raise _RefusalError("there is no such model")
    if not isinstance(prompt, str) or not prompt.strip():
        raise _RefusalError("prompt is required")
    model = models[name]
    seconds = body.get("duration", _DEFAULT_SECONDS)
    resolution, ratio = body.get("resolution", "720p"), body.get("aspect_ratio")
    rules = (
        # A bool is an int to Python, and 10.0 is equal to 10; neither is what the page calls one.
        (type(seconds) is int and seconds in model.seconds, "duration"),
        (resolution in sorted(model.resolutions), "resolution"),
        ("aspect_ratio" not in body or ratio in sorted(model.ratios), "aspect_ratio"),
    )
    for is_good, wrong in rules:
        if not is_good:
            raise _RefusalError(f"{wrong} does not fit {name}")
    return _Order(name, prompt, seconds, resolution, ratio, _read_images(body, model))


def _read_images(body: JsonObject, model: _Model) -> tuple[str, ...]:
    urls: object = body.get("image_urls", [])
    if not isinstance(urls, list) or len(urls) > model.most_images:
        raise _RefusalError(f"image_urls is no list of at most {model.most_images}")
    # Two models refuse base64 and no page says that the other two take it.
    if not all(map(_is_address, urls)):
        raise _RefusalError("image_urls takes http(s) addresses only")
    return tuple(urls)


def _is_address(value: object) -> bool:
    try:
        return isinstance(value, str) and urlsplit(value).scheme in {"http", "https"}
    except ValueError:
        return False


def _is_image(data: bytes) -> bool:
    try:
        image = Image.open(BytesIO(data), formats=_IMAGE_FORMATS)
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def _wrong_key() -> web.Response:
    return web.json_response({"code": "204", "msg": "登录验证失败"})
