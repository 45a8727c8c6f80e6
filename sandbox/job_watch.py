"""Looks into the bot's database from outside, reading only, to see what its jobs are and were."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.domain import JobState

_LOOK_SECONDS: Final = 0.004
_STATES: Final = frozenset(str(state) for state in JobState)
_JOB: Final = """
    SELECT id, provider, model, mode, estimate_micros, cost_micros
    FROM jobs ORDER BY rowid LIMIT 1 OFFSET ?
"""
_STATE: Final = "SELECT state FROM jobs ORDER BY rowid LIMIT 1 OFFSET ?"
_EVENTS: Final = "SELECT event FROM job_events WHERE job_id = ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class SeenJob:
    """What the row of a job says."""

    id: str
    provider: str
    model: str
    mode: str
    estimate_micros: int | None
    cost_micros: int | None


class JobWatch:
    """Follows one job of a fresh database: the one that came as the `number`-th."""

    def __init__(self, database: Path, number: int = 1) -> None:
        self._database = database
        self._number = number

    def job(self) -> SeenJob | None:
        """Return what is known of it; None before it is reserved."""
        rows = self._rows(_JOB, self._number - 1)
        return SeenJob(*rows[0]) if rows else None

    def states(self) -> list[str]:
        """Return the states so far, in order; what failed says `failed`, whatever the reason."""
        job = self.job()
        rows = [] if job is None else self._rows(_EVENTS, job.id)
        words = (str(event).partition(":")[0] for (event,) in rows)
        return [word for word in words if word in _STATES]

    def state(self) -> str:
        """Return where it is now, which may be a state once more; empty before it is reserved."""
        rows = self._rows(_STATE, self._number - 1)
        return str(rows[0][0]) if rows else ""

    async def until(self, state: JobState, seconds: float) -> None:
        """Return as soon as the job is in `state`, or past it.

        Raises:
            TimeoutError: It was not within `seconds`.
        """
        async with asyncio.timeout(seconds):
            while state not in self.states():  # noqa: ASYNC110 - another process's file tells nobody
                await asyncio.sleep(_LOOK_SECONDS)

    def _rows(self, question: str, value: str | int) -> Sequence[tuple[Any, ...]]:
        if not self._database.exists():
            return []
        address = f"{self._database.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            try:
                return connection.execute(question, (value,)).fetchall()
            except sqlite3.OperationalError:
                return []  # the tables are being made
