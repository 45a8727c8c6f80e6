"""The scenes of a storyboard: each is let go on when the one before it has its video."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import Ending, Hold, Job, MessageKind, ReferenceImage
from bot.store.engines.engine import Database
from bot.store.holds import give_up, release
from bot.store.owing import owe
from bot.store.reservations import HELD_FOR
from bot.store.schema import jobs
from bot.store.transitions import change, record, waiting_scene


class SceneStore:
    """The only code that gives a scene the picture that it begins with."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, job: Job, frame: ReferenceImage) -> Job:
        """Record what a scene begins with, and owe its card: from here on it is as any job."""
        now = self._clock.now()
        async with self._database.write() as connection:
            begun = await change(
                connection,
                job,
                now=now,
                reference_images=[asdict(frame)],
                due_at=now,
                leased_by=None,
                attempts=0,
            )
            await record(connection, job.id, "begun", now=now, detail=frame.key)
            if not begun.is_private:
                await owe(connection, begun, MessageKind.CARD, now=now)
            return begun

    async def break_off(self, job: Job) -> Job:
        """Give a scene up that has nothing to go on from; nothing was charged."""
        async with self._database.write() as connection:
            return await give_up(connection, job, Ending.BROKEN, now=self._clock.now())


async def let_next_go_on(connection: AsyncConnection, job: Job, *, now: datetime) -> None:
    """Release the scene that waits for this one, in the commit that stores its video."""
    next_one = await waiting_scene(connection, job)
    if next_one is not None:
        await release(connection, next_one, now=now)


async def wait_on(connection: AsyncConnection, job: Job, *, now: datetime) -> Job:
    """Leave a scene waiting for another week if there is something to wait for."""
    assert job.storyboard is not None  # noqa: S101 - only scenes wait for scenes
    before = sa.select(jobs.c.id).where(
        jobs.c.storyboard_id == job.storyboard.storyboard_id,
        jobs.c.scene == job.storyboard.scene - 1,
        jobs.c.due_at.is_not(None),
    )
    if (await connection.execute(before)).first() is None:
        return await give_up(connection, job, Ending.BROKEN, now=now)
    due_at = now + HELD_FOR[Hold.SCENE]
    return await change(connection, job, now=now, due_at=due_at, leased_by=None)
