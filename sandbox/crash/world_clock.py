"""The time of a stand-in world: one for all of its processes, fast if need be, able to jump."""

import asyncio
import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

_LAYOUT: Final = struct.Struct("dddd")
"""Seconds since 1970 at the start, the monotonic reading then, the rate, the seconds leapt."""
_AHEAD: Final = struct.Struct("d")
_AHEAD_OFFSET: Final = _LAYOUT.size - _AHEAD.size


class WorldClock:
    """A `bot.clock.Clock` in a small file that every process of a world has mapped.

    It runs `rate` times as fast as the machine's. A leap moves what `now` says and wakes
    nobody who sleeps, just as when a machine's clock is set.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _LAYOUT.size)
        self._origin, self._started, self._rate, _ = _LAYOUT.unpack_from(self._shared)

    @classmethod
    def make(cls, path: Path, *, rate: float = 1.0) -> Self:
        """Start a clock at the present moment."""
        origin = datetime.now(UTC).timestamp()
        path.write_bytes(_LAYOUT.pack(origin, time.monotonic(), rate, 0.0))
        return cls(path)

    def now(self) -> datetime:
        """Return the present moment of this world, aware and in UTC."""
        (ahead,) = _AHEAD.unpack_from(self._shared, _AHEAD_OFFSET)
        # The monotonic clock is the same for all processes of a machine.
        passed = (time.monotonic() - self._started) * self._rate
        return datetime.fromtimestamp(self._origin + passed + ahead, UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of this world."""
        await asyncio.sleep(max(0.0, seconds / self._rate))

    def leap(self, by: timedelta) -> None:
        """Move the time of every process by `by`, which may be negative."""
        (ahead,) = _AHEAD.unpack_from(self._shared, _AHEAD_OFFSET)
        _AHEAD.pack_into(self._shared, _AHEAD_OFFSET, ahead + by.total_seconds())
