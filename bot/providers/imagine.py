"""The wire shape of xAI's Imagine videos, which its relays pass on.

Facts are from docs.x.ai (video generation, editing, extension; REST reference) and, where those
are silent, from what clients report: vercel/ai (pull requests 13390, 17435, 18801: HTTP 202 without
a body, moderation as HTTP 400) and promptfoo (success without a status).
"""

import re
from abc import abstractmethod
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import ClassVar, Final

from bot.domain import Charge, CleanImage, FailureKind, Inputs, JsonObject, Mode, VideoSpec
from bot.errors import UnknownJobError, UnreachableError
from bot.providers.base import (
    Accepted,
    Answer,
    Failed,
    FileSource,
    Finished,
    PollSchedule,
    Provider,
)
from bot.providers.client import ApiClient, Reply
from bot.providers.foreign_errors import ForeignError, read_error
from bot.providers.reading import read_seconds, read_status
from bot.providers.status_words import DONE
from bot.providers.verdicts import Verdicts
from bot.providers.wrappers import read_ref

IMAGINE_RATIOS: Final = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3")
EDITABLE_SECONDS: Final = 8.7
"""The longest video that can be edited (docs.x.ai, video editing)."""

_URL_PLACES: Final = (
    ("video", "url"),
    ("video", "file_output", "public_url"),
    ("url",),
    ("video_url",),
)
"""The first two are xAI's; the others are met in what relays wrap around it."""

REFS: Final = ("request_id", "task_id", "id")
_PATHS: Final = {Mode.EDIT: "edits", Mode.EXTEND: "extensions"}
_TICKS_PER_MICRO: Final = 10_000
"""There are 10,000,000,000 ticks in a dollar (xai-sdk, cost.py)."""
_MOST_TICKS: Final = 2**63 - 1
_DIGITS: Final = re.compile(r"[0-9]{1,19}")


class ImagineProvider(Provider):
    """A service that speaks xAI's video API under a path of its own."""

    prefix: ClassVar[tuple[str, ...]]
    """What stands in the path before `videos`."""
    schedule: ClassVar[PollSchedule] = PollSchedule(
        first=timedelta(seconds=5),
        interval=timedelta(seconds=5),
        late_interval=timedelta(seconds=30),
        # Renders of more than four minutes were seen to end well.
        soft_deadline=timedelta(minutes=15),
        # The SDK's word for the life of a result; no page has a number.
        hard_deadline=timedelta(hours=24),
    )

    def __init__(self, client: ApiClient) -> None:
        super().__init__(client)
        self._verdicts = Verdicts(client, self.title)

    async def submit(self, spec: VideoSpec, inputs: Inputs) -> Accepted | Failed:
        """Start one paid job: POST …/videos/generations, /edits or /extensions."""
        images = [*map(_data_uri, inputs.images), *inputs.image_urls]
        if _lacks_input(spec.mode, images, inputs.video_url):
            # A video from the prompt alone would be made, and paid, instead.
            detail = f"nothing sent: {spec.mode} without what it is made from"
            return self._verdicts.failed(FailureKind.REJECTED, Charge.NONE, detail)
        url = self._client.url(*self.prefix, "videos", _PATHS.get(spec.mode, "generations"))
        reply = await self._client.post_json(url, _body(spec, images, inputs.video_url))
        if not reply.is_success:
            failed = self._verdicts.on_create(reply, spec.prompt)
            return self._charged(failed, reply.body or {})
        return self._read_created(reply, spec.prompt)

    async def poll(self, ref: str) -> Answer:
        """Ask how the job is: GET …/videos/{ref}."""
        reply = await self._client.get(self._client.url(*self.prefix, "videos", ref))
        return self._read_answer(reply) if reply.is_success else self._read_refusal(reply)

    def sources(self, ref: str, url: str | None) -> Sequence[FileSource]:
        """List the address that the answer named; there is no download call beside it."""
        if url is None:
            return ()
        address = self._client.absolute(url)
        headers = self._client.bearer() if self._client.is_own(address) else {}
        return (FileSource(address, headers),)

    @abstractmethod
    def _flat(self, body: JsonObject) -> JsonObject:
        """Bring an answer into xAI's own shape."""

    @abstractmethod
    def _cost_micros(self, job: JsonObject) -> int | None:
        """Read what the provider itself charged; None when it doesn't say."""

    def _read_refusal(self, reply: Reply) -> Failed:
        """Sort an answer to a question whose status is not of the 2xx family."""
        failed = self._verdicts.on_query(reply, refused=self.charge_when_refused)
        return self._charged(failed, reply.body or {})

    def _read_created(self, reply: Reply, prompt: str) -> Accepted | Failed:
        body = reply.body or {}
        ref = read_ref(body, REFS) or read_ref(self._flat(body), REFS)
        return self._verdicts.without_ref(reply, prompt) if ref is None else Accepted(ref)

    def _read_answer(self, reply: Reply) -> Answer:
        job = self._flat(reply.body or {})
        status, url = read_status(job), self._verdicts.first_url(job, _URL_PLACES)
        error = read_error(job)
        # Some answers have the address and no word.
        is_done = status in DONE or (status is None and url is not None and error is None)
        ended = self._verdicts.ended(
            job, status, refused=self.charge_when_refused, failed=self.charge_when_failed
        )
        is_pending = reply.status == HTTPStatus.ACCEPTED and not reply.is_page
        is_over = is_done or ended is not None or (status is None and not is_pending)
        if (is_over and _is_withheld(job)) or _is_moderated(error, status, url, is_done=is_done):
            said = f"{status or 'no status'}: {error or 'the video is withheld'}"
            ended = self._verdicts.failed(FailureKind.REFUSED, self.charge_when_refused, said)
        elif is_done:
            return Finished(url, _length(job), self._cost_micros(job))
        if ended is not None:
            return self._charged(ended, job)
        if status is None and not is_pending and read_ref(job, REFS) is None:
            if error and error.is_unknown_job:
                raise UnknownJobError(self._verdicts.said(reply))
            raise UnreachableError(self._verdicts.said(reply))
        return self._verdicts.pending(job, status)

    def _charged(self, failed: Failed, job: JsonObject) -> Failed:
        """Put in what the provider says that a job without a video cost."""
        cost = self._cost_micros(job)
        if not cost:
            return failed
        return Failed(replace(failed.failure, charge=Charge.MADE), cost)


def read_ticks_as_micros(job: JsonObject) -> int | None:
    """Read `usage.cost_in_usd_ticks` as millionths of a dollar, upward; None when it is none."""
    usage = job.get("usage")
    match usage.get("cost_in_usd_ticks") if isinstance(usage, Mapping) else None:
        case bool():
            return None
        case int(ticks):
            pass
        case float(number) if number.is_integer():
            ticks = int(number)
        case str(text) if _DIGITS.fullmatch(text.strip()):
            ticks = int(text)
        case _:
            return None
    return -(-ticks // _TICKS_PER_MICRO) if 0 <= ticks <= _MOST_TICKS else None


def _body(spec: VideoSpec, images: Sequence[str], video_url: str | None) -> JsonObject:
    start: dict[str, object] = {"model": spec.model, "prompt": spec.prompt}
    match spec.mode:
        case Mode.EDIT:
            return {**start, "video": {"url": video_url}}
        case Mode.EXTEND:
            return {**start, "video": {"url": video_url}, "duration": spec.seconds}
        case Mode.IMAGE:
            # Under the SDK's name, `image_url`, it is dropped in silence and billed all the same.
            start["image"] = {"url": images[0]}
        case Mode.REFERENCES:
            start["reference_images"] = [{"url": address} for address in images]
    if spec.aspect_ratio is not None:
        start["aspect_ratio"] = spec.aspect_ratio
    return {**start, "duration": spec.seconds, "resolution": spec.resolution}


def _lacks_input(mode: Mode, images: Sequence[str], video_url: str | None) -> bool:
    if mode.needs_video:
        return video_url is None
    return mode is not Mode.TEXT and not images


def _data_uri(image: CleanImage) -> str:
    return f"data:{image.media_type};base64,{b64encode(image.data).decode('ascii')}"


def _length(job: JsonObject) -> float | None:
    video = job.get("video")
    return read_seconds(video, "duration") if isinstance(video, Mapping) else None


def _is_withheld(job: JsonObject) -> bool:
    """Whether moderation keeps the video back; xAI's SDK hands out no address then."""
    video = job.get("video")
    return isinstance(video, Mapping) and video.get("respect_moderation") is False


def _is_moderated(
    error: ForeignError | None, status: str | None, url: str | None, *, is_done: bool
) -> bool:
    """Whether words alone are moderation's end of a job."""
    if error is None or not error.is_moderation:
        return False
    return url is None if is_done else status is None
