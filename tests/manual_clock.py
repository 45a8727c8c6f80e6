import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

PATIENCE_SECONDS: Final = 60
"""Of real time, after which a test that waits in vain fails."""
START: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class ManualClock:
    """A clock that only moves when a test moves it."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []
        self._watchers: list[tuple[int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta = timedelta(0), *, seconds: float = 0.0) -> None:
        """Move on and wake whoever has slept long enough."""
        self._now += by + timedelta(seconds=seconds)
        woken = [entry for entry in self._sleepers if entry[0] <= self._now]
        for entry in woken:
            self._sleepers.remove(entry)
            if not entry[1].done():
                entry[1].set_result(None)

    async def sleep(self, seconds: float) -> None:
        """Return once the clock was advanced by `seconds`, and never by itself."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (self._now + timedelta(seconds=seconds), sleeper)
        self._sleepers.append(entry)
        self._tell_watchers()
        try:
            await sleeper
        finally:
            if entry in self._sleepers:
                self._sleepers.remove(entry)

    async def until_asleep(self, count: int = 1) -> None:
        """Return once `count` tasks sleep, so that nothing moves but by `advance`."""
        watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watchers.append((count, watcher))
        self._tell_watchers()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await watcher

    def _tell_watchers(self) -> None:
        for count, watcher in self._watchers:
            if len(self._sleepers) >= count and not watcher.done():
                watcher.set_result(None)
        self._watchers = [entry for entry in self._watchers if not entry[1].done()]
