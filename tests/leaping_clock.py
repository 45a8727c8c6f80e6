import asyncio
from datetime import datetime, timedelta

from bot.clock import SystemClock


class LeapingClock:
    """Real time, except that a test may leap ahead; whoever sleeps then notices."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self._ahead = timedelta(0)
        self._leapt = asyncio.Event()

    def now(self) -> datetime:
        return self._system.now() + self._ahead

    def leap(self, by: timedelta) -> None:
        self._ahead += by
        self._leapt.set()
        self._leapt = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            try:
                await asyncio.wait_for(self._leapt.wait(), left)
            except TimeoutError:
                return
