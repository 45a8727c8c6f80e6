"""xAI on loopback: takes what docs.x.ai documents and refuses everything else."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar, Final

from aiohttp import web

from bot.domain import JsonObject
from sandbox.imagine import EDIT_FIELDS, GENERATION_FIELDS, IMAGINE, IMAGINE_15, ImagineStandIn
from sandbox.imagine_order import ImagineModel, RefusalError
from sandbox.provider_stand_in import StandInJob

_STORED: Final = frozenset({"storage_options"})
_KEY_FAULTS: Final = ("team_blocked", "api_key_blocked", "api_key_disabled")
_TEAM: Final = "5ea6f6bd-7815-4b8a-9135-28b2d7ba6722"
_NO_CREDIT: Final = (
    f"Your team {_TEAM} has either used all available credits or reached its monthly spending "
    "limit. To continue making API requests, please purchase more credits or raise your spending "
    "limit."
)


class XaiStandIn(ImagineStandIn):
    """The stand-in of `bot.providers.xai`."""

    name: ClassVar[str] = "xai"
    prefix: ClassVar[str] = "/v1"
    fields: ClassVar[Mapping[str, frozenset[str]]] = {
        "generations": GENERATION_FIELDS | _STORED | {"reference_images"},
        "edits": EDIT_FIELDS | _STORED,
        "extensions": EDIT_FIELDS | _STORED | {"duration"},
    }
    models: ClassVar[Mapping[str, ImagineModel]] = {
        "grok-imagine-video": IMAGINE,
        "grok-imagine-video-1.5": IMAGINE_15,
    }
    pending_word: ClassVar[str] = "pending"
    key_faults: frozenset[str] = frozenset()
    """What is wrong with the key: `team_blocked`, `api_key_blocked`, `api_key_disabled`."""

    def routes(self) -> list[web.RouteDef]:
        """List the calls, and the one that describes the key."""
        return [*super().routes(), web.get("/v1/api-key", self._describe_key)]

    def new_id(self) -> str:
        """Make a request id: a UUID."""
        text = secrets.token_hex(16)
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    async def unknown_path(self, request: web.Request) -> web.StreamResponse:
        """Say that there is nothing."""
        return self.refusal(RefusalError(404, "The requested resource was not found.", "not-found"))

    def check_key(self, request: web.Request) -> None:
        """Tell a header that is missing from a key that is wrong: only the former is a 401."""
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            raise RefusalError(401, "No API key was given.", "unauthenticated")
        if not self.has_key(request):
            text = (
                "Incorrect API key provided: xa***. "
                "You can obtain an API key from https://console.x.ai."
            )
            raise RefusalError(400, text, "Client specified an invalid argument")

    def refusal(self, refusal: RefusalError) -> web.Response:
        """Write code and text side by side; what can't be parsed is answered in plain text."""
        if refusal.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            text = f"Failed to deserialize the JSON body into the target type: {refusal}"
            return web.Response(status=refusal.status, text=text)
        body = {"code": refusal.code, "error": str(refusal)}
        return web.json_response(body, status=refusal.status)

    def no_credit(self) -> RefusalError:
        """Use the code of too many requests: only the text differs."""
        return RefusalError(429, _NO_CREDIT, "resource-exhausted")

    def answer(self, job: StandInJob, said: JsonObject, percent: int) -> web.Response:
        """Say nothing at first but "accepted"."""
        if not percent and not self.stages:
            return web.Response(status=HTTPStatus.ACCEPTED)
        return web.json_response(said)

    async def _describe_key(self, request: web.Request) -> web.StreamResponse:
        async def own() -> web.Response:
            try:
                self.check_key(request)
            except RefusalError as refusal:
                return self.refusal(refusal)
            return web.json_response(self._key())

        return await self.on_key.answer(request, own)

    def _key(self) -> JsonObject:
        return {
            "redacted_api_key": "xai-...b14o",
            "name": "My API Key",
            "team_id": _TEAM,
            "acls": ["api-key:model:*", "api-key:endpoint:*"],
            **{fault: fault in self.key_faults for fault in _KEY_FAULTS},
        }
