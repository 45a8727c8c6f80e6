"""Answers that a test or the demo puts in the place of a provider stand-in's own."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class CannedReply:
    """One answer as data; what is left out comes from the stand-in's own answer."""

    status: int | None = None
    body: Mapping[str, Any] | str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accepts: bool = False
    """For a create: the job is taken and charged before this is said."""
    delay_seconds: float = 0.0
    drop: bool = False
    """Hang up instead of answering."""
    half: bool = False
    """Promise the whole body, send half of it and hang up."""
    declared_bytes: int | None = None
    """Promise this many bytes, whatever the body has; hang up after it."""

    @property
    def needs_own(self) -> bool:
        """Whether the stand-in has to work out its own answer first."""
        return self.accepts or (self.body is None and not self.drop)

    async def send(self, request: web.Request, own: web.Response) -> web.StreamResponse:
        """Give this answer, filled up from `own`."""
        if self.drop:
            request.protocol.force_close()
            return own
        body, content_type = self._content(own)
        status = own.status if self.status is None else self.status
        headers = {"Content-Type": content_type, **self.headers}
        sent = body[: len(body) // 2] if self.half else body
        declared = len(body) if self.declared_bytes is None else self.declared_bytes
        if declared == len(sent):
            return web.Response(status=status, body=sent, headers=headers)
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = declared
        await response.prepare(request)
        await response.write(sent)
        request.protocol.force_close()
        return response

    def _content(self, own: web.Response) -> tuple[bytes, str]:
        match self.body:
            case None:
                body = own.body if isinstance(own.body, bytes) else b""
                return body, own.headers.get("Content-Type", "application/octet-stream")
            case bytes():
                return self.body, "application/octet-stream"
            case str():
                is_page = self.body.startswith("<")
                return self.body.encode(), "text/html" if is_page else "text/plain"
        return json.dumps(self.body).encode(), "application/json"


class Script:
    """The answers to one kind of request, in order; the stand-in's own after the last."""

    def __init__(self) -> None:
        self._next: deque[CannedReply] = deque()
        self._rest: CannedReply | None = None

    def then(self, *replies: CannedReply) -> None:
        """Give each of these once; an empty one stands for the stand-in's own answer."""
        self._next.extend(replies)

    def always(self, reply: CannedReply | None) -> None:
        """Give this one whenever nothing else is left; None goes back to the own answers."""
        self._rest = reply

    def choose(self) -> CannedReply | None:
        """Choose the next answer; None is the stand-in's own."""
        return self._next.popleft() if self._next else self._rest

    async def answer(
        self, request: web.Request, own: Callable[[], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        """Answer `request` by the script, or with what `own` works out."""
        canned = self.choose()
        if canned is None:
            return await own()
        worked_out = await own() if canned.needs_own else web.Response()
        # The wait comes last: a job is taken also when the caller gives up meanwhile.
        await asyncio.sleep(canned.delay_seconds)
        return await canned.send(request, worked_out)
