"""Providers that are paused: who, why, and when one job may find out whether it is mended."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from bot.clock import Clock
from bot.domain import JobState, Pause, PauseReason
from bot.store.engines.engine import Database
from bot.store.rows import pause_from
from bot.store.schema import jobs, pauses
from bot.store.upsert import insert_or_change

_FLOOR: Final = timedelta(seconds=30)
_CAP: Final = timedelta(minutes=10)
_DOUBLINGS: Final = 8


class PauseStore:
    """The only code that changes a pause; it outlives restarts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def current(self) -> Mapping[str, Pause]:
        """Return the pauses there are, by provider."""
        async with self._database.read() as connection:
            rows = (await connection.execute(sa.select(pauses))).mappings().all()
        return {row["provider"]: pause_from(row) for row in rows}

    async def pause(self, provider: str, reason: PauseReason, detail: str) -> Pause:
        """Pause a provider; one that is paused already gets the newer reason, no later try."""
        now = self._clock.now()
        why = {"reason": reason, "detail": detail}
        first = {"paused_at": now, "retry_at": now + _pause_after(0), "tries": 0}
        async with self._database.write() as connection:
            row = {"provider": provider, **why, **first}
            made = insert_or_change(connection.dialect, pauses, row, why).returning(*pauses.c)
            return pause_from((await connection.execute(made)).mappings().one())

    async def take_try(self, pause: Pause) -> bool:
        """Take the one try that is due; everybody else waits for what comes of it."""
        now = self._clock.now()
        statement = (
            sa.update(pauses)
            .where(pauses.c.provider == pause.provider, pauses.c.retry_at <= now)
            .values(retry_at=now + _pause_after(pause.tries + 1), tries=pause.tries + 1)
        )
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount > 0

    async def resume(
        self, provider: str, reasons: Collection[PauseReason] = tuple(PauseReason)
    ) -> bool:
        """End a pause and make the jobs due that wait for it; False when there was none."""
        now = self._clock.now()
        async with self._database.write() as connection:
            ended = await connection.execute(
                sa.delete(pauses).where(pauses.c.provider == provider, pauses.c.reason.in_(reasons))
            )
            if ended.rowcount == 0:
                return False
            await connection.execute(_waiting(jobs.c.provider == provider).values(due_at=now))
            return True

    async def try_all_soon(self) -> None:
        """Let one job of each find out at once: a restart is when a key was likely changed."""
        now = self._clock.now()
        is_paused = jobs.c.provider.in_(sa.select(pauses.c.provider))
        async with self._database.write() as connection:
            await connection.execute(sa.update(pauses).values(retry_at=now))
            await connection.execute(_waiting(is_paused).values(due_at=now))


def _waiting(of_whom: sa.ColumnElement[bool]) -> sa.Update:
    """Update the jobs that nobody has in hand and no provider has heard of.

    One that is held waits for a person: it comes up when that has taken too long, not before.
    """
    is_waiting = (jobs.c.state == JobState.RESERVED) & jobs.c.leased_by.is_(None)
    return sa.update(jobs).where(of_whom, is_waiting, jobs.c.held_for.is_(None))


def _pause_after(tries: int) -> timedelta:
    doubled: timedelta = _FLOOR * (1 << min(tries, _DOUBLINGS))
    return min(doubled, _CAP)
