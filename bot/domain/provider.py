"""What the bot knows of the services beyond it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import PauseReason


@dataclass(frozen=True, slots=True)
class Pause:
    """A provider that gets no submissions until an operator has mended something."""

    provider: str
    reason: PauseReason
    detail: str
    """What it said, redacted; for the operator."""
    paused_at: datetime
    retry_at: datetime
    """When one waiting job may try whether it is mended."""
    tries: int


JsonObject = Mapping[str, Any]
"""A JSON object of somebody else's; read with `match`, never trusted."""
