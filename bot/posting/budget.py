"""This process's share of the fifty requests a second that Discord grants one bot."""

from types import SimpleNamespace
from typing import Final

import aiohttp
import discord
from aiolimiter import AsyncLimiter

_REQUESTS_A_SECOND: Final = 50.0
"""Of one bot over all its processes (Discord's reference, Rate Limits, Global Rate Limit)."""
_BURST: Final = 10.0
_FREE: Final = ("/interactions/", "/webhooks/")
"""Answers to interactions are not counted there, and a member waits for them."""


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
