"""Where cards learn that a video service is out of order."""

from collections.abc import Mapping
from typing import Protocol

from bot.domain import Pause


class Pauses(Protocol):
    """Who knows which providers are paused."""

    async def current(self) -> Mapping[str, Pause]:
        """Return the pauses there are, by provider."""
        ...
