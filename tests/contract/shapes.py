"""What each provider says about a job, as data: its own fields, words and places."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain import JsonObject
from sandbox.canned import CannedReply
from tests.contract.dialects import COMETAPI, GEEKNOW, GLOBALAIOPC, XAI, XINGCHAO, Dialect
from tests.contract.traps import Case

URL: Final = "https://cdn.example/video.mp4?signature=1"
REF: Final = "video_ea637864-75e9-46da-a863-75a3e8badef7"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """How one provider writes the answer about a job."""

    ref: str
    """The field of the identifier."""
    running: JsonObject
    """The sample of a job that is being rendered."""
    done_word: str
    url: tuple[str, ...] = ("video_url",)
    length: tuple[str, ...] = ()
    """Where the length of the video stands."""

    def only_ref(self) -> Json:
        """Name the job and say nothing else."""
        return {self.ref: REF}

    def job(self, **fields: object) -> Json:
        """Write the sample with some fields changed."""
        return {**self.running, **fields}

    def video(self, url: object = URL) -> Json:
        """Name an address and nothing else."""
        return _at(self.url, url)

    def done(self, **fields: object) -> Json:
        """Say that the video is made, with some fields changed."""
        return self.job(**{"status": self.done_word, **self.video(), **fields})

    def lasting(self, length: object) -> Json:
        """Say that the video is made, and how long it is."""
        if self.length[0] == self.url[0]:
            place = {**self.video()[self.url[0]], **_at(self.length[1:], length)}
            return self.done(**{self.length[0]: place})
        return self.done(**_at(self.length, length))

    def failed(self, **fields: object) -> Json:
        """Say that no video will come."""
        return self.job(**{"status": "failed", **fields})


@dataclass(frozen=True, slots=True)
class Said(Case):
    """A case that is one answer."""

    answer: Callable[[Shape], CannedReply | Json]

    def reply(self, shape: Shape) -> CannedReply:
        """Write it the way of one provider."""
        said = self.answer(shape)
        return said if isinstance(said, CannedReply) else CannedReply(200, said)


def wrapped(inner: object = None, **fields: object) -> Json:
    """Write the wrapper of a new-api server around what it was told itself."""
    task = {"task_id": REF, "status": "IN_PROGRESS", "progress": "30%", "fail_reason": ""}
    return {"code": "success", "message": "", "data": {**task, "data": inner, **fields}}


_XAI: Final = Shape(
    ref="request_id",
    running={"status": "pending", "progress": 24},
    done_word="done",
    url=("video", "url"),
    length=("video", "duration"),
)
_COMETAPI: Final = Shape(
    ref="request_id",
    running={"request_id": REF, "status": "processing", "progress": 24},
    done_word="done",
    url=("video", "url"),
    length=("video", "duration"),
)
_GEEKNOW: Final = Shape(
    ref="id",
    running={
        "id": REF,
        "object": "video",
        "model": "grok-video-3",
        "status": "processing",
        "progress": 24,
        "created_at": 1735689600,
        "completed_at": 0,
        "expires_at": 1735776000,
        "seconds": "6",
        "size": "720P",
        "remixed_from_video_id": "",
        "error": {"message": "", "code": ""},
        "video_url": "",
    },
    done_word="completed",
    length=("seconds",),
)
_KYY: Final = Shape(
    ref="id",
    running={
        "id": REF,
        "object": "video",
        "created": 1774836724,
        "model": "grok_video3",
        "status": "processing",
        "video_url": None,
        "error": None,
    },
    done_word="completed",
    length=("actualDuration",),
)

_SHAPES: Final[Mapping[str, Shape]] = {
    str(XAI): _XAI,
    str(COMETAPI): _COMETAPI,
    str(GEEKNOW): _GEEKNOW,
    str(GLOBALAIOPC): _KYY,
    str(XINGCHAO): _KYY,
}


def shape_of(dialect: Dialect) -> Shape:
    """Return how a provider writes."""
    return _SHAPES[str(dialect)]


def _at(path: tuple[str, ...], value: object) -> Json:
    whole: object = value
    for name in reversed(path):
        whole = {name: whole}
    assert isinstance(whole, dict)
    return whole
