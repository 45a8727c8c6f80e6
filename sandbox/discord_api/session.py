"""One gateway session: what it listens to and what it has been sent."""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sandbox.discord_api.connection import Connection
from sandbox.discord_api.exchanges import Json

_REPLAY_LIMIT: Final = 1000
_GUILD_SHIFT: Final = 22


@dataclass(slots=True)
class Session:
    """Lives from IDENTIFY on, over any number of connections."""

    id: str
    intents: int
    shard_id: int
    shard_count: int
    resume_window: timedelta
    connection: Connection | None
    left_at: datetime | None = None
    """When its connection was lost."""
    _sequence: int = 0
    _frames: deque[str] = field(default_factory=lambda: deque(maxlen=_REPLAY_LIMIT))

    def is_over(self, now: datetime) -> bool:
        """Whether it was left too long ago to be resumed."""
        return self.left_at is not None and now - self.left_at > self.resume_window

    def has_guild(self, guild_id: int | None) -> bool:
        """Whether a guild is this shard's; direct messages are shard 0's."""
        if guild_id is None:
            return self.shard_id == 0
        return (guild_id >> _GUILD_SHIFT) % self.shard_count == self.shard_id

    def wants(self, intent: int, guild_id: int | None) -> bool:
        """Whether an event is for this session."""
        return self.intents & intent == intent and self.has_guild(guild_id)

    def record(self, event: str, data: Json) -> str:
        """Number an event and keep it for a replay; returns the frame."""
        self._sequence += 1
        frame = json.dumps({"op": 0, "t": event, "s": self._sequence, "d": data})
        self._frames.append(frame)
        return frame

    def missed(self, sequence: int) -> list[str] | None:
        """Return the frames after `sequence`; None when they are not all kept."""
        count = self._sequence - sequence
        if not 0 <= count <= len(self._frames):
            return None
        return list(self._frames)[len(self._frames) - count :]
