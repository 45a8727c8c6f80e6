"""How often one provider key may be called: submissions before questions, and both in bounds."""

import asyncio
from datetime import timedelta
from typing import Final

from aiolimiter import AsyncLimiter

_MINUTE: Final = 60.0
_PATIENCE: Final = 3.0
"""For how many turns a submission that had to wait keeps questions back."""


class RateGate:
    """Grants turns, or says how long to wait; nobody waits here, for that would hold a worker."""

    def __init__(self, requests_per_minute: float) -> None:
        # At most one second's worth at once: providers count in seconds as well as in minutes.
        burst = max(1.0, requests_per_minute / _MINUTE)
        self._turn = _MINUTE / requests_per_minute
        self._limiter = AsyncLimiter(burst, burst * self._turn)
        self._waiting: dict[str, float] = {}
        """Until when each submission that had to wait comes first, in the loop's time."""

    async def submission(self, job_id: str) -> timedelta | None:
        """Take a turn for the paid call of a job; None grants it."""
        if await self._granted():
            self._waiting.pop(job_id, None)
            return None
        self._waiting[job_id] = _now() + self._turn * _PATIENCE
        return timedelta(seconds=self._turn)

    async def question(self) -> timedelta | None:
        """Take a turn to ask about a job; None grants it."""
        self._forget_the_late()
        if not self._waiting and await self._granted():
            return None
        return timedelta(seconds=self._turn * (1 + len(self._waiting)))

    def interval(self, floor: timedelta, in_flight: int) -> timedelta:
        """Say how often one of `in_flight` jobs may be asked about, so that all get their turn."""
        return max(floor, timedelta(seconds=in_flight * self._turn))

    async def _granted(self) -> bool:
        if not self._limiter.has_capacity():
            return False
        # There is room and nothing was awaited since, so this returns at once.
        await self._limiter.acquire()
        return True

    def _forget_the_late(self) -> None:
        now = _now()
        for job_id in [one for one, until in self._waiting.items() if until < now]:
            del self._waiting[job_id]


def _now() -> float:
    return asyncio.get_running_loop().time()
