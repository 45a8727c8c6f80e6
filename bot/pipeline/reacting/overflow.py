"""Reactions that nobody has time for: taken off one after another, and not more than a few hundred.

Discord lets a bot take off about four a second, so that a crowd would keep it busy for hours.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from bot.pipeline.reacting.wish import Wish

log = logging.getLogger(__name__)

MOST: Final = 300
"""Wishes that wait to be turned down; of more, the reactions stay."""


class Overflow:
    """One worker, as long as there is anything to turn down."""

    def __init__(self, turn_down: Callable[[Wish], Awaitable[None]]) -> None:
        self._turn_down = turn_down
        self._waiting: deque[Wish] = deque()
        self._work: asyncio.Task[None] | None = None

    def add(self, wish: Wish) -> None:
        """Have a wish turned down when its turn comes, if there is room."""
        if not self._waiting:
            log.warning("Too many reactions at once: one under job %s is not done", wish.job.id)
        if len(self._waiting) < MOST:
            self._waiting.append(wish)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Leave the others as they are."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def _run(self) -> None:
        while self._waiting:
            await self._turn_down(self._waiting[0])
            self._waiting.popleft()
