"""Posted videos that are to be covered or taken away, and the commits that decide it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import (
    CaseKind,
    CaseState,
    Job,
    JobState,
    MessageKind,
    MessageState,
    Place,
    PolicyName,
    PostedVideo,
    Removal,
    Removed,
    Scope,
    Takedown,
)
from bot.store.community.joined import show_again
from bot.store.community.stories import leave_out
from bot.store.engines.engine import Database
from bot.store.moderation.books import read_book
from bot.store.moderation.desk_schema import cases, takedowns
from bot.store.moderation.posted import COVERED, LEAVES, is_about
from bot.store.record.audit import Entry, append
from bot.store.rows import job_from
from bot.store.schema import jobs, outbox
from bot.store.transitions import record
from bot.store.upsert import insert_or_change

_OVER: Final = (JobState.POSTED, JobState.FAILED, JobState.TOLD)


class TakedownStore:
    """Asks for removals; any process may, and the one with the gateway carries them out."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def remove(self, job_id: str, by_id: int, seen: PostedVideo | None = None) -> Removed:
        """Have the video of a job removed; `seen` is a message of it that no row may know."""
        async with self._database.write() as connection:
            job = await job_to_change(connection, job_id)
            return await remove_video(connection, job, by_id, seen=seen, now=self._clock.now())

    async def due(self, *, limit: int) -> list[Takedown]:
        """List what is to be done now, the oldest first."""
        statement = (
            sa.select(takedowns)
            .where(takedowns.c.due_at <= self._clock.now())
            .order_by(takedowns.c.due_at)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [_takedown_from(row) for row in rows]

    async def messages(self, takedown: Takedown) -> list[PostedVideo]:
        """List the messages that it is about, as far as they were sent.

        Of a video that is veiled, some go instead: `leaving` lists those.
        """
        statement = (
            sa.select(outbox.c.channel_id, outbox.c.message_id, outbox.c.place, jobs.c.requester_id)
            .join(jobs, jobs.c.id == outbox.c.job_id)
            .where(is_about(takedown), outbox.c.state == MessageState.SENT)
            .order_by(outbox.c.kind.desc(), outbox.c.sequence)
        )
        if takedown.kind is Removal.VEIL:
            statement = statement.where(~LEAVES)
        of_seen = sa.select(takedowns.c.channel_id, takedowns.c.message_id).where(
            takedowns.c.job_id == takedown.job_id, takedowns.c.message_id.is_not(None)
        )
        async with self._database.read() as connection:
            found = [
                PostedVideo(channel_id, message_id, member_id if place == Place.REQUESTER else None)
                for channel_id, message_id, place, member_id in await connection.execute(statement)
            ]
            if takedown.kind is Removal.REMOVE:
                seen = (await connection.execute(of_seen)).all()
                found += [PostedVideo(*one) for one in seen if one not in _places(found)]
        return found

    async def leaving(self, takedown: Takedown) -> list[PostedVideo]:
        """List what goes though the video stays: copies in galleries, and what was covered."""
        if takedown.kind is not Removal.VEIL:
            return []
        statement = sa.select(outbox.c.channel_id, outbox.c.message_id).where(
            is_about(takedown), LEAVES, outbox.c.state == MessageState.SENT
        )
        async with self._database.read() as connection:
            return [PostedVideo(*row) for row in await connection.execute(statement)]

    async def is_awaited(self, takedown: Takedown) -> bool:
        """Tell whether a message that it is about is still on its way to Discord."""
        statement = sa.select(outbox.c.job_id).where(
            is_about(takedown), outbox.c.due_at.is_not(None)
        )
        async with self._database.read() as connection:
            return (await connection.execute(statement.limit(1))).first() is not None

    async def mark_covered(self, message: PostedVideo) -> None:
        """Record that the video was taken off a message."""
        is_it = outbox.c.message_id == message.message_id
        statement = (
            sa.update(outbox)
            .where(is_it, outbox.c.channel_id == message.channel_id)
            .values(shown=COVERED)
        )
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def finish(self, takedown: Takedown) -> None:
        """Record that nothing is left to do, unless something else was asked for meanwhile."""
        await self._change(takedown, due_at=None)

    async def retry(self, takedown: Takedown, due_at: datetime) -> None:
        """Leave it for later, unless something else was asked for meanwhile."""
        await self._change(takedown, due_at=due_at, attempts=takedown.attempts + 1)

    async def _change(self, takedown: Takedown, **values: object) -> None:
        statement = (
            sa.update(takedowns)
            .where(
                takedowns.c.job_id == takedown.job_id,
                takedowns.c.kind == takedown.kind,
                takedowns.c.asked_at == takedown.asked_at,
            )
            .values(values)
        )
        async with self._database.write() as connection:
            await connection.execute(statement)


async def job_to_change(connection: AsyncConnection, job_id: str) -> Job:
    """Take hold of a job until the commit."""
    statement = sa.select(jobs).where(jobs.c.id == job_id).with_for_update()
    return job_from((await connection.execute(statement)).mappings().one())


async def remove_video(
    connection: AsyncConnection,
    job: Job,
    by_id: int,
    *,
    now: datetime,
    seen: PostedVideo | None = None,
    reason: str = "",
) -> Removed:
    """Have the video of a job that is held removed, in the caller's transaction."""
    if job.removed_at is not None:
        return Removed.ALREADY
    if job.video is None or job.state not in _OVER:
        return Removed.NO_VIDEO
    guild_id = job.origin.guild_id
    book = await read_book(connection, guild_id)
    removes_file = bool(book.value(Scope.SERVER, guild_id, PolicyName.REMOVE_FILES))
    noted = {"note": reason} if reason else {}
    await redraw(connection, job, removed_by_id=by_id, removed_at=now, hidden_at=None, **noted)
    await leave_out(connection, job, now=now)
    await owe_takedown(
        connection, job, Removal.REMOVE, by_id, seen, removes_file=removes_file, now=now
    )
    await _close_reports(connection, job.id, now)
    await record(connection, job.id, "removal", now=now)
    entry = Entry(
        "removal.ask",
        guild_id=guild_id,
        actor_id=by_id,
        target=f"job:{job.id}",
        reason=reason,
        after={"file": removes_file},
    )
    await append(connection, entry, now=now)
    return Removed.REMOVED


async def hide_video(connection: AsyncConnection, job: Job, reports: int, *, now: datetime) -> None:
    """Have the posted video of a job that is held covered, in the caller's transaction."""
    await redraw(connection, job, hidden_at=now)
    await leave_out(connection, job, now=now)
    await owe_takedown(connection, job, Removal.HIDE, None, None, removes_file=False, now=now)
    await record(connection, job.id, "hidden", now=now)
    entry = Entry(
        "report.hide",
        guild_id=job.origin.guild_id,
        target=f"job:{job.id}",
        after={"reports": reports},
    )
    await append(connection, entry, now=now)


async def unhide_video(connection: AsyncConnection, job: Job, *, now: datetime) -> None:
    """Let the video of a job that is held be seen again, in the caller's transaction.

    What was covered is cleared away; the caller owes a delivery of it. The joined video of its
    storyboard is shown again as well.
    """
    await redraw(connection, job, hidden_at=None)
    await owe_takedown(connection, job, Removal.CLEAR, None, None, removes_file=False, now=now)
    await show_again(connection, job, now=now)
    await record(connection, job.id, "shown", now=now)


async def redraw(connection: AsyncConnection, job: Job, **values: object) -> None:
    """Write it to the job, and have its card, folded long ago, drawn once more."""
    await connection.execute(sa.update(jobs).where(jobs.c.id == job.id).values(values))
    await connection.execute(
        sa.update(outbox)
        .where(outbox.c.job_id == job.id, outbox.c.kind == MessageKind.CARD)
        .values(folded_at=None, shown=None)
    )


async def owe_takedown(
    connection: AsyncConnection,
    job: Job,
    kind: Removal,
    by_id: int | None,
    seen: PostedVideo | None,
    *,
    removes_file: bool,
    now: datetime,
) -> None:
    """Have something done to the posted video of a job that is held; the last wish counts."""
    values: Mapping[str, Any] = {
        "kind": kind,
        "by_id": by_id,
        "removes_file": removes_file,
        "asked_at": now,
        "attempts": 0,
        "due_at": now,
        "channel_id": None if seen is None else seen.channel_id,
        "message_id": None if seen is None else seen.message_id,
    }
    row = {"job_id": job.id, **values}
    await connection.execute(insert_or_change(connection.dialect, takedowns, row, values))


async def _close_reports(connection: AsyncConnection, job_id: str, now: datetime) -> None:
    """Take back what the moderators were asked about a video that is removed."""
    statement = (
        sa.update(cases)
        .where(
            cases.c.job_id == job_id,
            cases.c.kind == CaseKind.REPORT,
            cases.c.state == CaseState.OPEN,
        )
        .values(state=CaseState.CLOSED, decided_at=now)
    )
    await connection.execute(statement)


def _places(found: list[PostedVideo]) -> set[tuple[int, int]]:
    return {(one.channel_id, one.message_id) for one in found}


def _takedown_from(row: sa.RowMapping) -> Takedown:
    return Takedown(
        job_id=row["job_id"],
        kind=Removal(row["kind"]),
        by_id=row["by_id"],
        removes_file=row["removes_file"],
        asked_at=row["asked_at"],
        attempts=row["attempts"],
    )
