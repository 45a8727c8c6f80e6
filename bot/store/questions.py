"""Questions about jobs: reads only, from the pool that cannot write."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.domain import (
    OPEN_STATES,
    WITH_VIDEO,
    Job,
    JobState,
    MessageKind,
    MessageState,
    OwedMessage,
    Viewer,
)
from bot.store.community.joined import SHOWS_JOINED, shown_joined
from bot.store.engines.engine import Database
from bot.store.rows import job_from, message_from, readable
from bot.store.schema import job_events, jobs, outbox
from bot.store.transitions import TURNED_AWAY

_OPEN: Final = jobs.c.state.in_(sorted(OPEN_STATES))


class JobQuestions:
    """What commands and the runner ask about jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def job(self, job_id: str) -> Job | None:
        """Find one job by our own id."""
        found = await self._jobs(sa.select(jobs).where(jobs.c.id == job_id))
        return found[0] if found else None

    async def swept(self, job_id: str) -> tuple[bool, bool]:
        """Tell whether the video of a job, and whether its images, were kept once and are gone."""
        statement = sa.select(
            jobs.c.file_removed_at.is_not(None), jobs.c.references_removed_at.is_not(None)
        ).where(jobs.c.id == job_id)
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return (False, False) if row is None else (bool(row[0]), bool(row[1]))

    async def job_of(self, message: OwedMessage) -> Job | None:
        """Find the job of a message as it is shown there: with the joined video, or its own."""
        job = await self.job(message.job_id)
        if job is None or job.storyboard is None:
            return job
        statement = sa.select(outbox.c.job_id).where(
            outbox.c.job_id == job.id,
            outbox.c.kind == message.kind,
            outbox.c.sequence == message.sequence,
            SHOWS_JOINED,
        )
        async with self._database.read() as connection:
            if (await connection.execute(statement)).first() is None:
                return job
            return await shown_joined(connection, job)

    async def shown_as(self, job: Job, message_id: int) -> Job:
        """Return a job as one of its messages shows it; as it is where that is none of them."""
        statement = sa.select(outbox).where(
            outbox.c.job_id == job.id, outbox.c.message_id == message_id
        )
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).mappings().first()
        shown = None if row is None else await self.job_of(message_from(row))
        return shown or job

    async def of_member(
        self, guild_id: int, requester_id: int, *, limit: int, offset: int = 0
    ) -> list[Job]:
        """List a member's jobs here: running ones first, then the newest."""
        return await self._jobs(
            sa.select(jobs)
            .where(jobs.c.guild_id == guild_id, jobs.c.requester_id == requester_id)
            .order_by(_OPEN.desc(), jobs.c.created_at.desc(), jobs.c.id.desc())
            .limit(limit)
            .offset(offset)
        )

    async def videos(self, viewer: Viewer, *, limit: int, job_id: str | None = None) -> list[Job]:
        """List the posted videos that `viewer` can see, the newest first, or just one of them.

        Those are their own, and what was posted in the channel they ask in: a result that went
        to its requester directly is theirs alone, and so is what is private.
        """
        result = (outbox.c.job_id == jobs.c.id) & (outbox.c.kind == MessageKind.RESULT)
        is_theirs = jobs.c.requester_id == viewer.member_id
        is_open_here = jobs.c.is_private.is_(sa.false()) & _shown_in(viewer.channel_id)
        return await self._jobs(
            sa.select(jobs)
            .join(outbox, result)
            .where(
                jobs.c.guild_id == viewer.guild_id,
                jobs.c.state == JobState.POSTED,
                outbox.c.state == MessageState.SENT,
                jobs.c.removed_at.is_(None),
                is_theirs | is_open_here,
                sa.true() if job_id is None else jobs.c.id == job_id,
            )
            .order_by(jobs.c.created_at.desc())
            .limit(limit)
        )

    async def is_shown_in(self, job_id: str, channel_id: int) -> bool:
        """Tell whether the video of a job was posted in a channel, by whoever's wish."""
        statement = sa.select(jobs.c.id).where(jobs.c.id == job_id, _shown_in(channel_id))
        async with self._database.read() as connection:
            return (await connection.execute(statement)).first() is not None

    async def shown_by(
        self, guild_id: int, channel_id: int, message_id: int, *, member_id: int | None = None
    ) -> Job | None:
        """Find the job whose video a message of a server has; None when it has none of ours.

        Of a joined video it is the scene that owed it. Private ones are found for their requester
        alone, which `member_id` may be.
        """
        found = await self._jobs(
            sa.select(jobs)
            .join(outbox, outbox.c.job_id == jobs.c.id)
            .where(
                outbox.c.message_id == message_id,
                outbox.c.channel_id == channel_id,
                outbox.c.kind.in_(WITH_VIDEO),
                jobs.c.guild_id == guild_id,
                jobs.c.is_private.is_(sa.false()) | (jobs.c.requester_id == member_id),
            )
        )
        return found[0] if found else None

    async def pointed_at(
        self, message_ids: Collection[int]
    ) -> Mapping[int, tuple[Job, OwedMessage]]:
        """Find the jobs whose card or video these messages are."""
        kinds = (MessageKind.CARD, *WITH_VIDEO)
        theirs = sa.select(outbox).where(
            outbox.c.message_id.in_(message_ids), outbox.c.kind.in_(kinds)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(theirs)).mappings().all()
            messages = readable(message_from, rows)
            of = sa.select(jobs).where(jobs.c.id.in_([one.job_id for one in messages]))
            found = readable(job_from, (await connection.execute(of)).mappings().all())
        by_id = {job.id: job for job in found}
        return {
            one.message_id: (by_id[one.job_id], one)
            for one in messages
            if one.message_id is not None and one.job_id in by_id
        }

    async def in_flight(self, provider: str) -> int:
        """Count the jobs that a provider has or is getting at this moment."""
        statement = sa.select(sa.func.count()).where(
            jobs.c.provider == provider,
            jobs.c.state.in_((JobState.SUBMITTING, JobState.RENDERING)),
            jobs.c.due_at.is_not(None),  # names the partial index
        )
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar_one()

    async def others_got_in(self, job: Job) -> bool:
        """Whether its provider took another job after it first turned this one away."""
        first = (
            sa.select(sa.func.min(job_events.c.at))
            .where(job_events.c.job_id == job.id, job_events.c.event == TURNED_AWAY)
            .scalar_subquery()
        )
        statement = (
            sa.select(sa.literal(1))
            .select_from(job_events.join(jobs, jobs.c.id == job_events.c.job_id))
            .where(
                jobs.c.provider == job.spec.provider,
                jobs.c.id != job.id,
                job_events.c.event == JobState.RENDERING,
                job_events.c.at > first,
            )
            .limit(1)
        )
        async with self._database.read() as connection:
            return (await connection.execute(statement)).first() is not None

    async def history(self, job_id: str) -> Sequence[tuple[datetime, str, str | None]]:
        """List what happened to a job, oldest first: when, what, and details for the operator."""
        statement = (
            sa.select(job_events.c.at, job_events.c.event, job_events.c.detail)
            .where(job_events.c.job_id == job_id)
            .order_by(job_events.c.id)
        )
        async with self._database.read() as connection:
            return [
                (at, event, detail) for at, event, detail in await connection.execute(statement)
            ]

    async def next_due_at(self) -> datetime | None:
        """Tell when the next step or message is due; None when nothing is."""
        async with self._database.read() as connection:
            moments = [
                (await connection.execute(sa.select(sa.func.min(table.c.due_at)))).scalar_one()
                for table in (jobs, outbox)
            ]
        return min((moment for moment in moments if moment is not None), default=None)

    async def _jobs(self, statement: sa.Select[tuple[object, ...]]) -> list[Job]:
        async with self._database.read() as connection:
            return [job_from(row) for row in (await connection.execute(statement)).mappings()]


def _shown_in(channel_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a channel was sent the video, or what stands for it there."""
    posted = outbox.alias("posted")
    return (
        sa.select(posted.c.job_id)
        .where(
            posted.c.job_id == jobs.c.id,
            posted.c.kind.in_(WITH_VIDEO),
            posted.c.state == MessageState.SENT,
            posted.c.channel_id == channel_id,
        )
        .exists()
    )
