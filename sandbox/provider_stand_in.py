"""What the stand-ins of all providers share: two origins, jobs, charges, files, a record."""

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from io import BytesIO
from types import TracebackType
from typing import ClassVar, Final, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from PIL import Image

from bot.clock import Clock, SystemClock
from bot.domain import JsonObject, Mode
from sandbox.canned import Script
from sandbox.clips import make_clip

_SYSTEM_CLOCK: Final = SystemClock()
_LABEL_CHARACTERS: Final = 60
_FRAMES_PER_SECOND: Final = 8
_FETCH_SECONDS: Final = 10.0
_MOST_BYTES: Final = 64 * 2**20
"""Of one request: images travel inside the JSON at some providers."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Side(StrEnum):
    """Which of the two origins of a stand-in was called."""

    API = "api"
    """The provider itself, which needs the key."""
    FILES = "files"
    """Another host that keeps the videos and must never see the key."""


class ResultPlace(StrEnum):
    """Where the answer about a finished job names the file."""

    OUTPUT_URL = "output.url"
    VIDEO_URL = "video_url"
    URL = "url"
    DETAIL_URL = "detail.url"
    METADATA_URL = "metadata.url"
    OWN_CONTENT = "own content address"
    """`video_url` is the provider's own download call."""
    RELATIVE = "relative content address"
    """The same, without scheme and host."""
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it came in."""

    side: Side
    method: str
    path: str
    """Decoded."""
    raw_path: str
    """As sent, with its query."""
    headers: Mapping[str, str]
    """With names in lower case."""


@dataclass(slots=True)
class StandInJob:
    """One job that was taken and would have been charged."""

    id: str
    model: str
    prompt: str
    seconds: float
    """How long the finished video is."""
    width: int
    height: int
    size: str
    """As sent."""
    aspect_ratio: str | None
    images: tuple[bytes, ...] = field(repr=False)
    accepted_at: datetime
    mode: Mode = Mode.TEXT
    cost_ticks: int = 0
    """Ten-billionths of a dollar, at providers that report them."""
    polls: int = 0
    is_done: bool = False
    """Whether it was once said to be completed."""
    clip: bytes | None = field(default=None, repr=False)
    rendering: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)


class ProviderStandIn(ABC):
    """One provider on loopback: strict in what it takes, scripted in what it answers.

    Every accepted create is a charge. A job is done when it was asked about `polls_needed`
    times and `render_seconds` have passed. Its videos have `render_bytes` at least, if given.
    """

    name: ClassVar[str]

    def __init__(
        self,
        *,
        render_seconds: float = 0.0,
        polls_needed: int = 2,
        id_prefix: str = "video_",
        clip_scale: float = 2 / 3,
        render_bytes: int | None = None,
        clock: Clock = _SYSTEM_CLOCK,
    ) -> None:
        self.api_key = f"sk-standin{secrets.token_hex(12)}"
        self.charges: list[StandInJob] = []
        self.requests: list[RecordedRequest] = []
        self.on_create, self.on_query = Script(), Script()
        self.on_file, self.on_content = Script(), Script()
        self.on_key = Script()
        """The call that only shows whether the key is good, where there is one."""
        self.result_place: ResultPlace | None = None
        """None is where this provider puts it normally."""
        self.result_url: str | None = None
        """An address to name instead of the file's own."""
        self.stages: tuple[JsonObject, ...] = ()
        """Fields that go over the own ones: one entry a question, the last for all others."""
        self.ending: JsonObject = {}
        """Fields that go over the own ones once a job is done, such as a failure."""
        self.credit: int | None = None
        """How many more jobs the account can pay; None is no limit."""
        self._clock = clock
        self._render_seconds = render_seconds
        self._polls_needed = polls_needed
        self._id_prefix = id_prefix
        self._clip_scale = clip_scale
        self._render_bytes = render_bytes
        self._signature = secrets.token_hex(8)
        self._runners: list[web.AppRunner] = []
        self._origins: dict[Side, str] = {}

    @property
    def base_url(self) -> str:
        """Tell where the API is."""
        return self._origins[Side.API]

    @property
    def files_url(self) -> str:
        """Tell where the files are: another origin than the API's."""
        return self._origins[Side.FILES]

    async def __aenter__(self) -> Self:
        """Listen on two free ports of 127.0.0.1."""
        api = [*self.routes(), web.route("*", "/{path:.*}", self.unknown_path)]
        files = [web.get("/files/{name}", self._serve_file)]
        await self._listen(Side.API, api)
        await self._listen(Side.FILES, files)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close both."""
        for runner in self._runners:
            await runner.cleanup()

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """List the calls of this provider."""

    @abstractmethod
    async def unknown_path(self, request: web.Request) -> web.StreamResponse:
        """Answer a path that this provider doesn't have."""

    def requests_to(self, side: Side) -> list[RecordedRequest]:
        """List what came in at one of the origins."""
        return [request for request in self.requests if request.side is side]

    def job(self, job_id: str) -> StandInJob | None:
        """Find a job by the provider's identifier."""
        return next((job for job in self.charges if job.id == job_id), None)

    def has_key(self, request: web.Request) -> bool:
        """Whether the request carries the right key as Bearer."""
        return request.headers.get("Authorization") == f"Bearer {self.api_key}"

    def can_pay(self) -> bool:
        """Whether the account has credit for one more job."""
        return self.credit is None or self.credit > 0

    def new_id(self) -> str:
        """Make an identifier the way the provider writes them."""
        return f"{self._id_prefix}{secrets.token_hex(8)}"

    def now(self) -> datetime:
        """Tell the time of the stand-in's clock."""
        return self._clock.now()

    def charge(self, job: StandInJob) -> None:
        """Take a job and the money for it."""
        if self.credit is not None:
            self.credit -= 1
        self.charges.append(job)

    def ask(self, job: StandInJob) -> int:
        """Count one question about a job and tell its percent; 100 is done."""
        asked, job.polls = job.polls, job.polls + 1
        by_polls = asked / self._polls_needed if self._polls_needed else 1.0
        elapsed = (self.now() - job.accepted_at).total_seconds()
        by_time = elapsed / self._render_seconds if self._render_seconds else 1.0
        return int(100 * min(by_polls, by_time, 1.0))

    def file_url(self, job: StandInJob) -> str:
        """Name the signed address of a finished file, on the other origin."""
        return f"{self.files_url}/files/{job.id.encode().hex()}.mp4?signature={self._signature}"

    def shape(
        self, short_side: int, aspect_ratio: str | None, image: bytes | None
    ) -> tuple[int, int]:
        """Give width and height of a clip: by ratio, else by the image, else 3:2; scaled down."""
        if aspect_ratio is not None:
            across, down = (int(part) for part in aspect_ratio.split(":"))
        elif image is not None:
            across, down = Image.open(BytesIO(image)).size
        else:
            across, down = 3, 2
        lines = short_side * self._clip_scale / min(across, down)
        return max(2, round(across * lines / 2) * 2), max(2, round(down * lines / 2) * 2)

    async def clip(self, job: StandInJob) -> bytes:
        """Render the video of a job, once, beside the event loop."""
        async with job.rendering:
            if job.clip is None:
                job.clip = await asyncio.to_thread(
                    make_clip,
                    label=f"{job.model}\n{job.prompt[:_LABEL_CHARACTERS]}\n{job.id}\nno charge",
                    seconds=job.seconds,
                    width=job.width,
                    height=job.height,
                    frames_per_second=_FRAMES_PER_SECOND,
                    least_bytes=self._render_bytes or 0,
                )
            return job.clip

    async def fetch(self, url: str) -> bytes | None:
        """Fetch what a request names by its address, as a provider does; None when it can't be."""
        timeout = ClientTimeout(total=_FETCH_SECONDS)
        try:
            async with ClientSession(timeout=timeout) as session, session.get(url) as response:
                return await response.read() if response.status == HTTPStatus.OK else None
        except (ClientError, TimeoutError, OSError, ValueError):
            return None

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        async def own() -> web.Response:
            if "Authorization" in request.headers:
                # Stores of files refuse a signed address that comes with a second authorization.
                return web.Response(status=400, text="<Error><Code>InvalidArgument</Code></Error>")
            if request.query.get("signature") != self._signature:
                return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")
            job = next((job for job in self.charges if self._names(request, job)), None)
            if job is None:
                return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")
            return web.Response(body=await self.clip(job), content_type="video/mp4")

        return await self.on_file.answer(request, own)

    def _names(self, request: web.Request, job: StandInJob) -> bool:
        return request.match_info["name"] == f"{job.id.encode().hex()}.mp4"

    async def _listen(self, side: Side, routes: list[web.RouteDef]) -> None:
        @web.middleware
        async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.requests.append(
                RecordedRequest(side, request.method, request.path, request.raw_path, headers)
            )
            return await handler(request)

        app = web.Application(middlewares=[record], client_max_size=_MOST_BYTES)
        app.add_routes(routes)
        # A test that gives up on a slow answer must not wait for it at the end.
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0
        )
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self._origins[side] = f"http://{host}:{port}"
