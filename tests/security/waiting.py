"""Waiting for what tells nobody: a file, another process, a list that grows."""

import asyncio
from collections.abc import Callable


async def until(is_so: Callable[[], object], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - none of these sets an event
            await asyncio.sleep(0.01)
