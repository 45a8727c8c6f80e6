"""The door of the REST API and the CDN: faults, token, routes, headers, and the record."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from aiohttp import web

from sandbox.discord_api import (
    rest_commands,
    rest_interactions,
    rest_messages,
    rest_places,
    rest_reactions,
)
from sandbox.discord_api.backend import Backend
from sandbox.discord_api.calls import Call, read_call
from sandbox.discord_api.connection import cut
from sandbox.discord_api.exchanges import Exchange, Observer
from sandbox.discord_api.faults import Fault, Faults
from sandbox.discord_api.replies import Refusal, RefusedCallError, Reply
from sandbox.discord_api.routes import Routes

API_PREFIX: Final = "/api/v10"
CDN_PREFIX: Final = "/cdn"
_ROUTES: Final[Routes] = (
    rest_places.ROUTES
    + rest_commands.ROUTES
    + rest_interactions.ROUTES
    + rest_messages.ROUTES
    + rest_reactions.ROUTES
)
_RATE_LIMIT: Final = 50

log = logging.getLogger(__name__)


class Front:
    """Takes every HTTP request of the bot and shows each exchange to the observers."""

    def __init__(self, backend: Backend, faults: Faults, observers: Sequence[Observer]) -> None:
        self._backend = backend
        self._faults = faults
        self._observers = tuple(observers)
        self.exchanges: list[Exchange] = []

    async def serve_api(self, request: web.Request) -> web.StreamResponse:
        """Answer one REST call."""
        call = await read_call(request, request.path.removeprefix(API_PREFIX))
        fault = self._faults.take(call.method, call.path)
        reply = await self._reply(call, fault)
        if fault is not None and fault.drop:
            self._record(call, None, fault)
            cut(request, is_orderly=fault.is_orderly)
            return web.Response()
        self._record(call, reply, fault)
        return _response(reply, self._limits(call))

    async def serve_file(self, request: web.Request) -> web.StreamResponse:
        """Answer one download; `/cdn/…` is what a fault names."""
        fault = self._faults.take(request.method, request.path)
        if fault is not None:
            await self._backend.world.clock.sleep(fault.delay_seconds)
            if fault.drop:
                cut(request)
                return web.Response()
            if fault.status is not None:
                return _response(fault.reply(), {})
        attachment = self._backend.cdn.open(
            request.path.removeprefix(CDN_PREFIX),
            request.query.get("ex", ""),
            request.query.get("hm", ""),
        )
        if attachment is None:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=attachment.data, content_type=attachment.content_type)

    async def _reply(self, call: Call, fault: Fault | None) -> Reply:
        if fault is None:
            return self._work(call)
        if not fault.after_commit:
            await self._backend.world.clock.sleep(fault.delay_seconds)
            if fault.replaces_reply:
                return fault.reply()
        reply = self._work(call)
        if fault.after_commit:
            await self._backend.world.clock.sleep(fault.delay_seconds)
            if fault.replaces_reply:
                return fault.reply()
        return replace(reply, headers={**reply.headers, **fault.headers})

    def _work(self, call: Call) -> Reply:
        try:
            return self._route(call)
        except RefusedCallError as error:
            return error.reply()
        except (AttributeError, KeyError, TypeError, ValueError):
            # The checks cover limits, not every shape that a body could have.
            log.exception("%s %s had a body of an unexpected shape", call.method, call.path)
            return RefusedCallError(Refusal.INVALID_FORM, {}).reply()

    def _route(self, call: Call) -> Reply:
        found = _ROUTES.find(call.method, call.path)
        if found is None:
            raise RefusedCallError(Refusal.NOT_FOUND)
        route, places = found
        token = self._backend.world.rules.token
        if not route.is_open and call.headers.get("Authorization") != f"Bot {token}":
            raise RefusedCallError(Refusal.UNAUTHORIZED)
        if call.is_unreadable:
            raise RefusedCallError(Refusal.INVALID_JSON)
        return route.answer(self._backend, replace(call, places=places))

    def _limits(self, call: Call) -> dict[str, str]:
        """Return rate-limit headers; never at zero, or discord.py would wait by itself."""
        found = _ROUTES.find(call.method, call.path)
        bucket = f"{call.method} {found[0].template if found else call.path}"
        return {
            "X-RateLimit-Limit": str(_RATE_LIMIT),
            "X-RateLimit-Remaining": str(_RATE_LIMIT - 1),
            "X-RateLimit-Reset": str(self._backend.world.clock.now().timestamp() + 1),
            "X-RateLimit-Reset-After": "1",
            "X-RateLimit-Bucket": hashlib.sha256(bucket.encode()).hexdigest()[:16],
        }

    def _record(self, call: Call, reply: Reply | None, fault: Fault | None) -> None:
        exchange = Exchange(
            method=call.method,
            path=call.path,
            query=call.query,
            request=call.body,
            files=call.files,
            status=None if reply is None else reply.status,
            response=None if reply is None else reply.body,
            is_faulted=fault is not None and fault.replaces_reply,
        )
        self.exchanges.append(exchange)
        for observe in self._observers:
            observe(exchange)
        self._backend.world.changes.tell()


def _response(reply: Reply, limits: Mapping[str, str]) -> web.Response:
    headers = {**limits, **reply.headers}
    if reply.body is None:
        return web.Response(status=reply.status, headers=headers)
    if isinstance(reply.body, str):
        return web.Response(
            status=reply.status, text=reply.body, content_type="text/html", headers=headers
        )
    # Exactly this type: discord.py takes `application/json; charset=utf-8` for a text.
    headers["Content-Type"] = "application/json"
    return web.Response(status=reply.status, body=json.dumps(reply.body).encode(), headers=headers)
