"""What the stand-ins of xAI and its relay share: jobs, sources, prices, answers."""

import tempfile
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from math import ceil
from pathlib import Path
from typing import ClassVar, Final

from aiohttp import web

from bot.domain import JsonObject, Mode
from bot.errors import MediaError
from bot.media.video import VideoFacts, VideoProbe
from sandbox.imagine_order import (
    ImagineModel,
    Order,
    RefusalError,
    check_image,
    read_data_uri,
    read_order,
)
from sandbox.provider_stand_in import ProviderStandIn, ResultPlace, StandInJob

EDIT_FIELDS: Final = frozenset({"model", "prompt", "video", "output", "user"})
GENERATION_FIELDS: Final = frozenset(
    {"model", "prompt", "image", "duration", "aspect_ratio", "resolution", "output", "user"}
)
_EDITABLE_SECONDS: Final = 8.7
_EXTENDABLE_SECONDS: Final = (2.0, 15.0)
_SHORT_SIDES: Final = {"480p": 480, "720p": 720, "1080p": 1080}
_CAP: Final = 720
"""The short side that an edited or extended video has at most."""
_DONE: Final = frozenset({"done", "completed", "succeeded", "success"})
_DONE_PERCENT: Final = 100

IMAGINE: Final = ImagineModel(
    modes=frozenset(Mode),
    second_ticks={"480p": 500_000_000, "720p": 700_000_000},
    image_ticks=20_000_000,
    source_second_ticks=100_000_000,
)
IMAGINE_15: Final = ImagineModel(
    modes=frozenset({Mode.IMAGE}),
    second_ticks={"480p": 800_000_000, "720p": 1_400_000_000, "1080p": 2_500_000_000},
    image_ticks=100_000_000,
)


class ImagineStandIn(ProviderStandIn):
    """One wire shape under a path of its own.

    A job that fails or is withheld is said so by `ending`: `{"status": "failed", …}`, or
    `{"video": {"url": "", "respect_moderation": False}}`; a None in it leaves that field out.
    """

    prefix: ClassVar[str]
    fields: ClassVar[Mapping[str, frozenset[str]]]
    """What each create call may be sent, by the end of its path."""
    models: ClassVar[Mapping[str, ImagineModel]]
    pending_word: ClassVar[str]

    def routes(self) -> list[web.RouteDef]:
        """List the documented calls."""
        return [
            *(web.post(f"{self.prefix}/videos/{each}", self._create(each)) for each in self.fields),
            web.get(f"{self.prefix}/videos/{{ref}}", self._query),
        ]

    @abstractmethod
    def check_key(self, request: web.Request) -> None:
        """Let a request with the right key pass.

        Raises:
            RefusalError: It has none, or a wrong one.
        """

    @abstractmethod
    def refusal(self, refusal: RefusalError) -> web.Response:
        """Write a refusal the way this provider does."""

    @abstractmethod
    def no_credit(self) -> RefusalError:
        """Say that the account has nothing left to spend."""

    @abstractmethod
    def answer(self, job: StandInJob, said: JsonObject, percent: int) -> web.Response:
        """Write the answer to a question; `said` is what xAI itself would say."""

    def _create(self, action: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            async def own() -> web.Response:
                try:
                    self.check_key(request)
                    order = await read_order(
                        request, action=action, fields=self.fields[action], models=self.models
                    )
                    job = await self._accept(order)
                except RefusalError as refusal:
                    return self.refusal(refusal)
                return web.json_response({"request_id": job.id})

            return await self.on_create.answer(request, own)

        return handle

    async def _query(self, request: web.Request) -> web.StreamResponse:
        async def own() -> web.Response:
            try:
                self.check_key(request)
                job = self._known_job(request.match_info["ref"])
            except RefusalError as refusal:
                return self.refusal(refusal)
            percent = self.ask(job)
            return self.answer(job, self._said(job, percent), percent)

        return await self.on_query.answer(request, own)

    def _known_job(self, ref: str) -> StandInJob:
        job = self.job(ref)
        if job is None:
            raise RefusalError(404, "Video job not found.", "not-found")
        return job

    async def _accept(self, order: Order) -> StandInJob:
        images = tuple([await self._image(address) for address in order.images])
        source = await self._source(order) if order.mode.needs_video else None
        if not self.can_pay():
            raise self.no_credit()
        width, height, seconds = self._outcome(order, images, source)
        job = StandInJob(
            id=self.new_id(),
            model=order.model,
            prompt=order.prompt,
            seconds=seconds,
            width=width,
            height=height,
            size=order.resolution,
            aspect_ratio=order.aspect_ratio,
            images=images,
            accepted_at=self.now(),
            mode=order.mode,
            cost_ticks=_cost(self.models[order.model], order, source),
        )
        self.charge(job)
        return job

    async def _image(self, address: str) -> bytes:
        inline = read_data_uri(address)
        declared, data = inline or (None, await self._fetched(address))
        check_image(data, declared)
        return data

    async def _source(self, order: Order) -> VideoFacts:
        inline = read_data_uri(order.video)
        data = inline[1] if inline else await self._fetched(order.video)
        with tempfile.TemporaryDirectory(prefix="source-") as folder:
            path = Path(folder) / "source.mp4"
            path.write_bytes(data)
            try:
                facts = await VideoProbe().probe(path)
            except MediaError as error:
                raise RefusalError(400, f"The video can not be read: {error}") from error
        shortest, longest = _EXTENDABLE_SECONDS
        if order.mode is Mode.EDIT:
            shortest, longest = 0.0, _EDITABLE_SECONDS
        if not shortest <= facts.seconds <= longest:
            text = f"The video must last {shortest} to {longest} s, not {facts.seconds} s."
            raise RefusalError(400, text)
        return facts

    async def _fetched(self, address: str) -> bytes:
        data = await self.fetch(address) if address.startswith(("https://", "http://")) else None
        if data is None:
            raise RefusalError(400, "The file at the given address could not be fetched.")
        return data

    def _outcome(
        self, order: Order, images: tuple[bytes, ...], source: VideoFacts | None
    ) -> tuple[int, int, float]:
        """Tell width, height and seconds of the video to come."""
        if source is not None:
            scale = min(1.0, _CAP / min(source.width, source.height))
            added = order.seconds if order.mode is Mode.EXTEND else 0
            width, height = round(source.width * scale), round(source.height * scale)
            return width, height, source.seconds + added
        first = images[0] if order.mode is Mode.IMAGE else None
        ratio = order.aspect_ratio or (None if first else "16:9")
        width, height = self.shape(_SHORT_SIDES[order.resolution], ratio, first)
        return width, height, order.seconds

    def _said(self, job: StandInJob, percent: int) -> JsonObject:
        fields: JsonObject = self.ending if percent == _DONE_PERCENT else {}
        if self.stages:
            fields = self.stages[min(job.polls, len(self.stages)) - 1]
        own_word = "done" if percent == _DONE_PERCENT else self.pending_word
        word = fields.get("status", own_word)
        if word is None or str(word).lower() in _DONE:
            job.is_done = True
            said = self._done(job)
        elif word == "failed":
            # As in the one sample of a failure that is public.
            said = {"video": {"duration": 0, "respect_moderation": True}, "model": ""}
        else:
            said = {} if word == "expired" else {"progress": percent}
        said = {"status": word, **said, **fields}
        return {name: value for name, value in said.items() if value is not None}

    def _done(self, job: StandInJob) -> JsonObject:
        url = self.result_url or self.file_url(job)
        is_nowhere = self.result_place is ResultPlace.NOWHERE
        return {
            "video": {
                "url": "" if is_nowhere else url,
                "duration": job.seconds,
                "respect_moderation": True,
            },
            "model": job.model,
            "usage": {"cost_in_usd_ticks": job.cost_ticks},
            "progress": _DONE_PERCENT,
        }


def _cost(model: ImagineModel, order: Order, source: VideoFacts | None) -> int:
    resolution, seconds = order.resolution, float(order.seconds)
    source_seconds = source.seconds if source else 0.0
    if source is not None:
        resolution = "720p" if min(source.width, source.height) > _SHORT_SIDES["480p"] else "480p"
        seconds = seconds if order.mode is Mode.EXTEND else source.seconds
    return (
        ceil(model.second_ticks[resolution] * seconds)
        + model.image_ticks * len(order.images)
        + ceil(model.source_second_ticks * source_seconds)
    )
