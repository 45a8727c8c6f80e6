"""Looks into the bot's database from outside, reading only, to see which states a job had."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from bot.domain import JobState

_LOOK_SECONDS: Final = 0.004
_STATES: Final = frozenset(str(state) for state in JobState)


class JobWatch:
    """Follows the only job of a fresh database."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def states(self) -> list[str]:
        """Return the states so far, in order; what failed says `failed`, whatever the reason."""
        if not self._database.exists():
            return []
        address = f"{self._database.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            try:
                rows = connection.execute("SELECT event FROM job_events ORDER BY id").fetchall()
            except sqlite3.OperationalError:
                return []  # the tables are being made
        words = (event.partition(":")[0] for (event,) in rows)
        return [word for word in words if word in _STATES]

    async def until(self, state: JobState, seconds: float) -> None:
        """Return as soon as the job is in `state`, or past it.

        Raises:
            TimeoutError: It was not within `seconds`.
        """
        async with asyncio.timeout(seconds):
            while state not in self.states():  # noqa: ASYNC110 - another process's file tells nobody
                await asyncio.sleep(_LOOK_SECONDS)
