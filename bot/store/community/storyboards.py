"""The storyboards: inserted with all their scenes in one commit, and joined in another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import (
    Asker,
    Denial,
    Job,
    Joining,
    Origin,
    SceneOf,
    StoredVideo,
    Storyboard,
    StoryState,
)
from bot.errors import StaleJobError
from bot.store.community.joined import owe_joined, story_from
from bot.store.community.schema import storyboards
from bot.store.community.stories import IS_THERE
from bot.store.engines.engine import Database
from bot.store.reservations import Reservation, insert_job, turn_away
from bot.store.rows import job_from, video_values
from bot.store.schema import jobs
from bot.store.spending.admission import admit_all, take_the_till
from bot.store.transitions import record


class StoryboardStore:
    """The only code that inserts and joins storyboards; `worker` names this process."""

    def __init__(self, database: Database, clock: Clock, *, worker: str) -> None:
        self._database = database
        self._clock = clock
        self._worker = worker

    async def reserve(self, scenes: Sequence[Reservation], asker: Asker) -> Sequence[Job] | Denial:
        """Insert all scenes and take what they may cost together; or say why not.

        The first is held as any job would be, for the price and the words of all; the others
        wait for the one before. An interaction that was reserved before gives the scenes of that
        time: compare the ids.
        """
        now = self._clock.now()
        origin = scenes[0].request.origin
        wishes = [one.wish for one in scenes]
        async with self._database.write() as connection:
            await take_the_till(connection)
            earlier = await _earlier(connection, origin)
            if earlier:
                return earlier
            verdict = await admit_all(connection, origin.guild_id, asker, wishes, now=now)
            if isinstance(verdict, Denial):
                hits = [hit for one in wishes for hit in one.hits]
                await turn_away(connection, origin, verdict, hits, now=now)
                return verdict
            story_id = await _insert(connection, origin, len(scenes), now)
            made = []
            for number, (one, admission) in enumerate(zip(scenes, verdict, strict=True), start=1):
                request = replace(one.request, storyboard=SceneOf(story_id, number))
                wanted = replace(one, request=request)
                made.append(await insert_job(connection, wanted, asker, admission, now=now))
            return made

    async def find(self, job: Job) -> tuple[Storyboard, Sequence[Job]] | None:
        """Return the storyboard of a scene with all its scenes, in their order."""
        if job.storyboard is None:
            return None
        story_id = job.storyboard.storyboard_id
        async with self._database.read() as connection:
            found = await connection.execute(
                sa.select(storyboards).where(storyboards.c.id == story_id)
            )
            row = found.mappings().one_or_none()
            scenes = await _scenes(connection, jobs.c.storyboard_id == story_id)
        return None if row is None else (story_from(row), scenes)

    async def claim(self, lease: timedelta) -> Joining | None:
        """Take one storyboard that is to be joined; it is ours until the lease ends.

        That counts as a try, whatever comes of it.
        """
        now = self._clock.now()
        due = (
            sa.select(storyboards.c.id)
            .where(storyboards.c.due_at <= now)
            .order_by(storyboards.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        statement = (
            sa.update(storyboards)
            .where(storyboards.c.id.in_(sa.select(due.c.id)))
            .values(
                due_at=now + lease,
                lease=storyboards.c.lease + 1,
                leased_by=self._worker,
                attempts=storyboards.c.attempts + 1,
            )
            .returning(*storyboards.c)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(statement)).mappings().one_or_none()
            if row is None:
                return None
            is_part = (jobs.c.storyboard_id == row["id"]) & IS_THERE
            return Joining(story_from(row), tuple(await _scenes(connection, is_part)))

    async def mark_joined(self, joining: Joining, video: StoredVideo) -> None:
        """Record the joined file and owe it to the channel, in one commit.

        Raises:
            StaleJobError: Somebody else joined it, or a scene may not be seen any more.
        """
        await self._end(joining, StoryState.JOINED, event="joined", **video_values(video))

    async def give_up(self, joining: Joining) -> None:
        """Record that they can't be joined, and owe the channel a word about it.

        Raises:
            StaleJobError: Somebody else was faster.
        """
        await self._end(joining, StoryState.ENDED, event="not joined")

    async def retry(self, joining: Joining, due_at: datetime, *, counts: bool = True) -> None:
        """Leave it for later; what did not come to joining need not count as a try."""
        attempts = joining.story.attempts - (not counts)
        statement = _leased(joining).values(due_at=due_at, leased_by=None, attempts=attempts)
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def release_leases(self) -> int:
        """Make due what processes before this one had in hand; for the start, and one process."""
        statement = (
            sa.update(storyboards)
            .where(storyboards.c.leased_by.is_not(None), storyboards.c.leased_by != self._worker)
            .values(due_at=self._clock.now(), leased_by=None, lease=storyboards.c.lease + 1)
        )
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount

    async def _end(
        self, joining: Joining, state: StoryState, *, event: str, **values: object
    ) -> None:
        now = self._clock.now()
        ids = [scene.id for scene in joining.scenes]
        async with self._database.write() as connection:
            # The scenes first, as everybody who changes one of them.
            parts = jobs.c.id.in_(ids) & IS_THERE
            there = sa.select(jobs.c.id).where(parts).order_by(jobs.c.scene).with_for_update()
            if (await connection.execute(there)).scalars().all() != ids:
                raise StaleJobError(f"A scene of storyboard {joining.story.id} is gone")
            changed = await connection.execute(
                _leased(joining).values(
                    state=state, due_at=None, leased_by=None, updated_at=now, **values
                )
            )
            if not changed.rowcount:
                raise StaleJobError(f"Storyboard {joining.story.id} is no longer ours to join")
            last = joining.scenes[-1]
            await record(connection, last.id, event, now=now)
            await owe_joined(connection, last, now=now)


def _leased(joining: Joining) -> sa.Update:
    return sa.update(storyboards).where(
        storyboards.c.id == joining.story.id,
        storyboards.c.state == StoryState.JOINING,
        storyboards.c.lease == joining.story.lease,
    )


async def _earlier(connection: AsyncConnection, origin: Origin) -> Sequence[Job]:
    story = sa.select(storyboards.c.id).where(storyboards.c.interaction_id == origin.interaction_id)
    return await _scenes(connection, jobs.c.storyboard_id == story.scalar_subquery())


async def _scenes(connection: AsyncConnection, condition: sa.ColumnElement[bool]) -> Sequence[Job]:
    statement = sa.select(jobs).where(condition).order_by(jobs.c.scene)
    return [job_from(row) for row in (await connection.execute(statement)).mappings()]


async def _insert(connection: AsyncConnection, origin: Origin, count: int, now: datetime) -> int:
    statement = (
        sa.insert(storyboards)
        .values(
            interaction_id=origin.interaction_id,
            guild_id=origin.guild_id,
            channel_id=origin.channel_id,
            requester_id=origin.requester_id,
            scenes=count,
            state=StoryState.RUNNING,
            created_at=now,
            updated_at=now,
        )
        .returning(storyboards.c.id)
    )
    return int((await connection.execute(statement)).scalar_one())
