"""CometAPI on loopback: takes what apidoc.cometapi.com documents and refuses everything else."""

import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Final

from aiohttp import web

from bot.domain import JsonObject, Mode
from sandbox.imagine import EDIT_FIELDS, GENERATION_FIELDS, IMAGINE, IMAGINE_15, ImagineStandIn
from sandbox.imagine_order import ImagineModel, RefusalError
from sandbox.provider_stand_in import StandInJob

_PAGE: Final = "<!DOCTYPE html><html><title>CometAPI</title></html>"
_OUTER_WORDS: Final = {"done": "SUCCESS", "failed": "FAILURE", "expired": "FAILURE"}
_RELAYED: Final = ImagineModel(
    modes=frozenset({Mode.TEXT, Mode.IMAGE, Mode.EDIT}),
    second_ticks=IMAGINE.second_ticks,
    image_ticks=IMAGINE.image_ticks,
    source_second_ticks=IMAGINE.source_second_ticks,
)


class QueryShape(StrEnum):
    """The two shapes in which its pages show the answer about a job."""

    FLAT = "flat"
    """xAI's own, with the id."""
    WRAPPED = "wrapped"
    """That one inside a task of the relay."""


class CometApiStandIn(ImagineStandIn):
    """The stand-in of `bot.providers.cometapi`."""

    name: ClassVar[str] = "cometapi"
    prefix: ClassVar[str] = "/grok/v1"
    fields: ClassVar[Mapping[str, frozenset[str]]] = {
        "generations": GENERATION_FIELDS,
        "edits": EDIT_FIELDS,
    }
    models: ClassVar[Mapping[str, ImagineModel]] = {
        "grok-imagine-video": _RELAYED,
        "grok-imagine-video-1.5": IMAGINE_15,
    }
    pending_word: ClassVar[str] = "processing"
    query_shape: QueryShape = QueryShape.FLAT

    async def unknown_path(self, request: web.Request) -> web.StreamResponse:
        """Lead away to a page, as its list of errors warns."""
        headers = {"Location": "/"}
        return web.Response(status=301, text=_PAGE, content_type="text/html", headers=headers)

    def check_key(self, request: web.Request) -> None:
        """Refuse every key but the right one alike."""
        if not self.has_key(request):
            raise RefusalError(401, "Invalid token", "")

    def refusal(self, refusal: RefusalError) -> web.Response:
        """Write an object under `error`; its code may be empty."""
        is_about_request = refusal.code == "invalid-argument"
        error = {
            "message": f"{refusal} (request id: {secrets.token_hex(8)})",
            "type": "comet_api_error",
            "param": "",
            "code": "invalid_request" if is_about_request else refusal.code,
        }
        return web.json_response({"error": error}, status=refusal.status)

    def no_credit(self) -> RefusalError:
        """Say it as the servers of its family do."""
        return RefusalError(403, "user quota is not enough", "insufficient_user_quota")

    def answer(self, job: StandInJob, said: JsonObject, percent: int) -> web.Response:
        """Answer in the shape that is set; flat, a job that just began has nothing but its id."""
        is_new = not percent and not self.stages
        if self.query_shape is QueryShape.FLAT:
            return web.json_response({"request_id": job.id, **({} if is_new else said)})
        word = "SUBMITTED" if is_new else _OUTER_WORDS.get(said.get("status", ""), "IN_PROGRESS")
        task: dict[str, Any] = {
            "task_id": job.id,
            "action": "VIDEO_GENERATION",
            "status": word,
            "progress": f"{percent}%",
            "fail_reason": _reason(word, said),
            "submit_time": int(job.accepted_at.timestamp()),
            "start_time": 0,
            "finish_time": int(self.now().timestamp()) if word == "SUCCESS" else 0,
            "data": None if is_new else said,
        }
        return web.json_response({"code": "success", "message": "", "data": task})


def _reason(word: str, said: JsonObject) -> str:
    """Fill `fail_reason`: with the file's address after a success, as in the sample."""
    match said:
        case {"video": {"url": str(url)}} if word == "SUCCESS":
            return url
        case {"error": {"message": str(text)}} | {"error": str(text)} if word == "FAILURE":
            return text
    return ""
