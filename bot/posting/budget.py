"""The last gate before Discord: a share of its fifty requests a second, and no late send."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Final

import aiohttp
import discord
from aiolimiter import AsyncLimiter

from bot.clock import Clock

_REQUESTS_A_SECOND: Final = 50.0
"""Of one bot over all its processes (Discord's reference, Rate Limits, Global Rate Limit)."""
_BURST: Final = 10.0
_FREE: Final = ("/interactions/", "/webhooks/")
"""Answers to interactions are not counted there, and a member waits for them."""


class LateSendError(aiohttp.ClientError):
    """The process stood still so long that somebody else may have sent it meanwhile."""


@dataclass(frozen=True, slots=True)
class _Deadline:
    clock: Clock
    at: datetime


_DEADLINE: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def beginning_by(clock: Clock, at: datetime) -> Iterator[None]:
    """Let no request of discord.py that is made within begin after that moment.

    A process that is held longer wakes between the commit that says "sending" and the request,
    when its lease is over and Discord has forgotten the nonce. The request ends in `LateSendError`.
    """
    token = _DEADLINE.set(_Deadline(clock, at))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


class CallBudget:
    """Holds back requests to Discord's interface until there is room for them.

    It sees every request that discord.py makes, those that it repeats by itself as well.
    """

    def __init__(self) -> None:
        self._limiter = _limiter(1)

    def share(self, processes: int) -> None:
        """Divide the budget by so many processes."""
        self._limiter = _limiter(processes)

    def trace(self) -> aiohttp.TraceConfig:
        """Return what discord.py's client takes as `http_trace`."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._wait)
        return config

    async def _wait(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        request: aiohttp.TraceRequestStartParams,
    ) -> None:
        _, is_interface, path = str(request.url).partition(discord.http.Route.BASE)
        if is_interface and not path.startswith(_FREE):
            await self._limiter.acquire()
        deadline = _DEADLINE.get()
        if deadline is not None and deadline.clock.now() > deadline.at:
            raise LateSendError


def share_of(processes: int) -> tuple[float, float]:
    """Return how many requests one of `processes` may make at once, and how many a second.

    Together they stay below Discord's limit in any second, up to forty processes.
    """
    whole = _REQUESTS_A_SECOND / processes
    burst = max(1.0, _BURST / processes)
    return burst, max(whole - burst, whole / 10)


def _limiter(processes: int) -> AsyncLimiter:
    burst, a_second = share_of(processes)
    return AsyncLimiter(burst, burst / a_second)
