"""How often one provider key may be called: submissions first, questions still, all in bounds."""

import asyncio
from datetime import timedelta
from typing import Final

from aiolimiter import AsyncLimiter

_MINUTE: Final = 60.0
_PATIENCE: Final = 5.0
"""For how many turns somebody who was told when to come keeps the place."""
_SUBMISSIONS_IN_A_ROW: Final = 3
"""After so many a question goes first, or a steady stream of commands would starve them."""


class _Line:
    """Who waits for a turn, each with the moment to come back at, in the loop's time."""

    def __init__(self) -> None:
        self._moments: dict[str, float] = {}
        self._last = 0.0

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._moments

    def __len__(self) -> int:
        return len(self._moments)

    def join(self, job_id: str, now: float, step: float) -> float:
        """Take a place at the end; return how many seconds it is away."""
        self._last = max(self._last, now) + step
        self._moments[job_id] = self._last
        return self._last - now

    def leave(self, job_id: str) -> None:
        """Give up a place, if there is one."""
        self._moments.pop(job_id, None)

    def forget(self, before: float) -> None:
        """Drop those who did not come back."""
        for job_id in [one for one, moment in self._moments.items() if moment < before]:
            del self._moments[job_id]


class RateGate:
    """Grants turns, or says when to come back.

    Nobody waits here, for that would hold a worker. Each that has to wait is given a moment of
    its own, so that a long line costs one look a turn and not one a job.
    """

    def __init__(self, requests_per_minute: float) -> None:
        self._of_all = _MINUTE / requests_per_minute
        """Seconds between two turns of one key, whoever takes them."""
        self._turn = self._of_all
        self._limiter = _limiter(self._turn)
        self._submissions = _Line()
        self._questions = _Line()
        self._in_a_row = 0

    def share(self, processes: int) -> None:
        """Divide the rate of the key by so many processes."""
        self._turn = self._of_all * processes
        self._limiter = _limiter(self._turn)

    async def submission(self, job_id: str) -> timedelta | None:
        """Take a turn for the paid call of a job; None grants it."""
        is_behind = self._in_a_row >= _SUBMISSIONS_IN_A_ROW and len(self._questions) > 0
        wait = await self._take(job_id, self._submissions, is_behind=is_behind)
        if wait is None:
            self._in_a_row += 1
        return wait

    async def question(self, job_id: str) -> timedelta | None:
        """Take a turn to ask about a job; None grants it."""
        is_behind = len(self._submissions) > 0 and self._in_a_row < _SUBMISSIONS_IN_A_ROW
        wait = await self._take(job_id, self._questions, is_behind=is_behind)
        if wait is None:
            self._in_a_row = 0
        return wait

    def interval(self, floor: timedelta, in_flight: int) -> timedelta:
        """Say how often one of `in_flight` jobs may be asked about, so that all get their turn."""
        return max(floor, timedelta(seconds=in_flight * self._of_all))

    async def _take(self, job_id: str, line: _Line, *, is_behind: bool) -> timedelta | None:
        now = asyncio.get_running_loop().time()
        for one in (self._submissions, self._questions):
            one.forget(now - self._turn * _PATIENCE)
        has_place = job_id in line
        may_go = not is_behind and (has_place or len(line) == 0)
        if may_go and self._limiter.has_capacity():
            # There is room and nothing was awaited since, so this returns at once.
            await self._limiter.acquire()
            line.leave(job_id)
            return None
        if has_place:
            return timedelta(seconds=self._turn)
        return timedelta(seconds=line.join(job_id, now, self._step(line)))

    def _step(self, line: _Line) -> float:
        """Say how far apart the turns of a line are, beside what the other one gets."""
        share = _SUBMISSIONS_IN_A_ROW + 1
        if line is self._questions:
            return self._turn * share if len(self._submissions) else self._turn
        others_wait = len(self._questions) > 0
        return self._turn * share / _SUBMISSIONS_IN_A_ROW if others_wait else self._turn


def _limiter(turn_seconds: float) -> AsyncLimiter:
    # At most one second's worth at once: providers count in seconds as well as in minutes.
    burst = max(1.0, 1 / turn_seconds)
    return AsyncLimiter(burst, burst * turn_seconds)
