"""Waiting until something in the stand-in's world becomes true."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

Found = TypeVar("Found")
PATIENCE_SECONDS: Final = 60.0
"""How long to wait for what is sure to come: a busy machine is slow, and no wait is a check."""


class Changes:
    """Wakes those who wait whenever the world changed; waiting is in real time."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def tell(self) -> None:
        """Let everybody who waits look again."""
        for event in self._waiting:
            event.set()

    async def until(self, look: Callable[[], Found | None], seconds: float, what: str) -> Found:
        """Return the first thing that `look` finds.

        Raises:
            TimeoutError: Nothing was found within `seconds`; the text names `what`.
        """
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                while (found := look()) is None:
                    await event.wait()
                    event.clear()
                return found
        except TimeoutError:
            raise TimeoutError(f"waited {seconds} s for {what}") from None
        finally:
            self._waiting.discard(event)
