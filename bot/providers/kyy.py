"""GlobalAiOpc and Xingchao Yiqing: Grok videos by JSON, two brands of one backend (KYY).

Facts are from docs.globalaiopc.com and docs.xingchaoyiqing.com (Grok: create video task, query
task), which name the same host, paths and models. What both leave open, such as the answer to a
wrong key, is from what public clients met.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Final

from bot.domain import Charge, FailureKind, Inputs, JsonObject, Mode, PauseReason, VideoSpec
from bot.errors import ProviderAccessError, UnknownJobError, UnreachableError
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
from bot.providers.entries import ModelEntry, Transport
from bot.providers.foreign_errors import ForeignError, read_error
from bot.providers.reading import read_seconds, read_status
from bot.providers.status_words import DONE
from bot.providers.verdicts import Verdicts
from bot.providers.wrappers import find_job, read_ref

_REFS: Final = ("id",)
_URL_PLACES: Final = (("video_url",),)
_PRO: Final = "grok_video3_pro"

_IMAGE_OUT_OF_REACH: Final = re.compile(
    r"\bimages?\b.{0,40}\bcould not be accessed\b", re.IGNORECASE
)
"""The failure of Xingchao Yiqing's sample, "Reference image could not be accessed."; a failed
job says why in this one text and nowhere else."""

_FIVE_RATIOS: Final = ("16:9", "9:16", "1:1", "3:2", "2:3")


@dataclass(frozen=True, slots=True)
class _Brand:
    """One of the two names under which the models are sold."""

    name: str
    title: str
    page: str


def _entry(
    brand: _Brand,
    model: str,
    title: str,
    *,
    seconds: tuple[int, ...] = (10,),
    resolutions: tuple[str, ...] = ("480p", "720p"),
    ratios: tuple[str, ...] = _FIVE_RATIOS,
    references: int,
    note: str = "",
) -> ModelEntry:
    return ModelEntry(
        provider=brand.name,
        model=model,
        # Both brands sell the same four names, so the brand is part of each.
        title=f"{title} ({brand.title})",
        modes=frozenset({Mode.TEXT, Mode.REFERENCES}),
        seconds=seconds,
        default_seconds=10,
        resolutions=resolutions,
        default_resolution="720p",
        aspect_ratios=ratios,
        default_aspect_ratio="16:9",
        most_references=references,
        # Max and stable take nothing else; the others are not known to.
        transport=Transport.PUBLIC_URL,
        source=f"{brand.page}, Grok create video task{note}",
    )


def _models(brand: _Brand) -> tuple[ModelEntry, ...]:
    return (
        _entry(brand, "grok_video3", "Grok Video3", seconds=tuple(range(6, 31)), references=7),
        _entry(
            brand,
            _PRO,
            "Grok Video3 Pro",
            resolutions=("720p",),
            ratios=("16:9",),
            references=1,
            note="; it names no other shape and no number of references",
        ),
        _entry(
            brand,
            "grok_video3_max",
            "Grok Video3 Max",
            seconds=(6, 10, 12, 16, 20, 30),
            ratios=("16:9", "9:16", "1:1"),
            references=5,
        ),
        _entry(
            brand,
            "grok_video3_stable",
            "Grok Video3 Stable",
            resolutions=("720p",),
            references=7,
            note="; the two brands' pages differ, this is what both name",
        ),
    )


class KyyProvider(Provider):
    """The backend behind both brands; each is a class of its own with its own name and models.

    Its answers may hold `amount` and `totalTokens`. No page says what they count, so they are
    not read as a price.
    """

    default_base_url: ClassVar[str] = "https://zcbservice.aizfw.cn/kyyReactApiServer"
    schedule: ClassVar[PollSchedule] = PollSchedule(
        # Both pages: ask every 30 to 60 seconds.
        first=timedelta(seconds=30),
        interval=timedelta(seconds=30),
        late_interval=timedelta(seconds=60),
        soft_deadline=timedelta(minutes=45),
        # The pages give no figure for Grok; one of a sibling product says a day.
        hard_deadline=timedelta(hours=24),
    )
    # No figure either, but asking too often "may trigger rate limiting".
    requests_per_minute: ClassVar[float] = 30.0

    def __init__(self, client: ApiClient) -> None:
        super().__init__(client)
        self._verdicts = Verdicts(client, self.title)

    async def submit(self, spec: VideoSpec, inputs: Inputs) -> Accepted | Failed:
        """Start one paid job: POST /v1/grok/videos."""
        if spec.mode is not Mode.TEXT and not inputs.image_urls:
            # A video from the prompt alone would be made, and paid, instead.
            detail = f"nothing sent: {spec.mode} without an address of an image"
            return self._verdicts.failed(FailureKind.REJECTED, Charge.NONE, detail)
        url = self._client.url("v1", "grok", "videos")
        reply = await self._client.post_json(url, _request(spec, inputs))
        if reply.is_success:
            return self._read_created(reply, spec.prompt)
        return self._verdicts.on_create(reply, spec.prompt)

    async def poll(self, ref: str) -> Answer:
        """Ask how the job is: GET /v1/result/{ref}."""
        reply = await self._client.get(self._client.url("v1", "result", ref))
        if reply.is_success:
            return self._read_answer(reply)
        return self._verdicts.on_query(reply, refused=self.charge_when_refused)

    def sources(self, ref: str, url: str | None) -> Sequence[FileSource]:
        """List the address that the answer named; there is no download call."""
        if url is None:
            return ()
        address = self._client.absolute(url)
        headers = self._client.bearer() if self._client.is_own(address) else {}
        return (FileSource(address, headers),)

    def _read_created(self, reply: Reply, prompt: str) -> Accepted | Failed:
        body = reply.body or {}
        ref = read_ref(body, _REFS)
        if ref is None:
            return self._verdicts.without_ref(reply, prompt)
        return self._ended(find_job(body, _REFS)) or Accepted(ref)

    def _read_answer(self, reply: Reply) -> Answer:
        job = find_job(reply.body or {}, _REFS)
        status, url = read_status(job), self._verdicts.first_url(job, _URL_PLACES)
        error = read_error(job)
        ended = self._ended(job)
        if ended is not None:
            return ended
        # Other relays leave the word out once the address is there.
        if status in DONE or (status is None and url and not error):
            return Finished(url, read_seconds(job, "actualDuration"))
        if status is None and read_ref(job, _REFS) is None:
            raise self._no_answer(reply, error)
        return self._verdicts.pending(job, status)

    def _no_answer(self, reply: Reply, error: ForeignError | None) -> Exception:
        """Sort a 200 that is not about a job: this backend says so also when the key is wrong."""
        said = self._verdicts.said(reply)
        if error is not None and error.is_about_key:
            return ProviderAccessError(said, PauseReason.KEY)
        if error is not None and error.is_unknown_job:
            return UnknownJobError(said)
        return UnreachableError(said)

    def _ended(self, job: JsonObject) -> Failed | None:
        ended = self._verdicts.ended(
            job,
            read_status(job),
            refused=self.charge_when_refused,
            failed=self.charge_when_failed,
        )
        error = read_error(job)
        if ended is None or ended.failure.kind is not FailureKind.PROVIDER_ERROR or error is None:
            return ended
        is_request = _IMAGE_OUT_OF_REACH.search(error.text) is not None
        kind = FailureKind.REJECTED if is_request else FailureKind.PROVIDER_ERROR
        return replace(ended, failure=replace(ended.failure, kind=kind))


class GlobalAiOpcProvider(KyyProvider):
    """The brand GlobalAiOpc."""

    name: ClassVar[str] = "globalaiopc"
    title: ClassVar[str] = "GlobalAiOpc"
    models: ClassVar[tuple[ModelEntry, ...]] = _models(_Brand(name, title, "docs.globalaiopc.com"))


class XingchaoProvider(KyyProvider):
    """The brand Xingchao Yiqing."""

    name: ClassVar[str] = "xingchao"
    title: ClassVar[str] = "Xingchao Yiqing"
    models: ClassVar[tuple[ModelEntry, ...]] = _models(
        _Brand(name, title, "docs.xingchaoyiqing.com")
    )


def _request(spec: VideoSpec, inputs: Inputs) -> JsonObject:
    body: dict[str, object] = {
        "model": spec.model,
        "prompt": spec.prompt,
        "resolution": spec.resolution.lower(),
    }
    if spec.model != _PRO:
        # Its length is fixed, and its page lists no such field.
        body["duration"] = spec.seconds
    if spec.aspect_ratio is not None:
        body["aspect_ratio"] = spec.aspect_ratio
    if inputs.image_urls:
        body["image_urls"] = list(inputs.image_urls)
    return body
