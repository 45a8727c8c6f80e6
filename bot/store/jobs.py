"""The jobs: each method is one transition, guarded by the state and the lease it leaves."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import (
    Cancelled,
    Charge,
    Ending,
    Failure,
    FailureKind,
    Hold,
    Job,
    JobState,
    MessageKind,
    Offer,
    StoredVideo,
)
from bot.store.community.scenes import let_next_go_on, wait_on
from bot.store.engines.engine import Database
from bot.store.holds import give_up
from bot.store.owing import owe
from bot.store.record.audit import append, entry_about
from bot.store.rows import job_from, offer_values, readable, video_values
from bot.store.schema import jobs
from bot.store.spending.ledger import book_end
from bot.store.transitions import TURNED_AWAY, change, fail, move, record

_FREE_CANCEL: Final = Failure(FailureKind.CANCELLED, Charge.NONE)
_LATE_CANCEL: Final = Failure(FailureKind.CANCELLED, Charge.POSSIBLE)
_CHANGING: Final = frozenset({Cancelled.FREE, Cancelled.SOON, Cancelled.LATE})


class JobStore:
    """The only code that changes a job.

    `worker` names this process; it is written beside every lease, so that a restart can
    tell its own leftovers from the work of others.
    """

    def __init__(self, database: Database, clock: Clock, *, worker: str) -> None:
        self._database = database
        self._clock = clock
        self._worker = worker

    async def claim(self, limit: int, leases: Mapping[JobState, timedelta]) -> list[Job]:
        """Take at most `limit` due jobs; each is ours until its state's lease ends.

        Rows that another process is claiming at this moment are passed over.
        """
        now = self._clock.now()
        due = (
            sa.select(jobs.c.id)
            .where(jobs.c.due_at <= now, jobs.c.state.in_(leases))
            .order_by(jobs.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        moment = jobs.c.due_at.type
        ends = sa.case(
            *(
                (jobs.c.state == state, sa.literal(now + lease, moment))
                for state, lease in leases.items()
            )
        )
        statement = (
            sa.update(jobs)
            .where(jobs.c.id.in_(sa.select(due.c.id)))
            .values(
                due_at=ends,
                lease=jobs.c.lease + 1,
                leased_by=self._worker,
            )
            .returning(*jobs.c)
        )
        async with self._database.write() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return readable(job_from, rows)

    async def start_submitting(self, job: Job) -> Job:
        """Commit that the paid call is about to be made; the lease goes on."""
        now = self._clock.now()
        async with self._database.write() as connection:
            moved = await move(connection, job, JobState.SUBMITTING, now=now, submitted_at=now)
            await record(connection, job.id, "submitting", now=now)
            return moved

    async def put_back(
        self, job: Job, due_at: datetime, *, detail: str, attempts: int = 0, misses: int = 0
    ) -> Job:
        """Return from `submitting` to `reserved`; `misses` counts how often it was not let in."""
        now = self._clock.now()
        async with self._database.write() as connection:
            moved = await move(
                connection,
                job,
                JobState.RESERVED,
                now=now,
                due_at=due_at,
                leased_by=None,
                submitted_at=None,
                attempts=attempts,
                misses=misses,
            )
            event = TURNED_AWAY if misses else "put_back"
            await record(connection, job.id, event, now=now, detail=detail)
            return await self._heed_cancel(connection, moved, _FREE_CANCEL, now)

    async def turn_to(self, job: Job, offer: Offer, *, detail: str) -> Job:
        """Go on with one of the alternatives of `job`: surely nothing was started elsewhere."""
        now = self._clock.now()
        rest = [one for one in job.alternatives if one != offer]
        old, new = job.spec, offer.spec
        values = {
            **offer_values(offer, rest),
            "due_at": now,
            "leased_by": None,
            "submitted_at": None,
            "attempts": 0,
            "misses": 0,
        }
        async with self._database.write() as connection:
            if job.state is JobState.RESERVED:
                moved = await change(connection, job, now=now, **values)
            else:
                moved = await move(connection, job, JobState.RESERVED, now=now, **values)
            turn = f"{old.provider}/{old.model} to {new.provider}/{new.model}: {detail}"
            await record(connection, job.id, "turned", now=now, detail=turn)
            return await self._heed_cancel(connection, moved, _FREE_CANCEL, now)

    async def mark_rendering(self, job: Job, ref: str, due_at: datetime) -> Job:
        """Record that the provider took the job and calls it `ref`."""
        now = self._clock.now()
        async with self._database.write() as connection:
            moved = await move(
                connection,
                job,
                JobState.RENDERING,
                now=now,
                provider_ref=ref,
                due_at=due_at,
                leased_by=None,
                attempts=0,
                misses=0,
            )
            await record(connection, job.id, "rendering", now=now, detail=ref)
            return await self._heed_cancel(connection, moved, _LATE_CANCEL, now)

    async def postpone(
        self,
        job: Job,
        due_at: datetime,
        *,
        attempts: int = 0,
        misses: int = 0,
        progress: int | None = None,
    ) -> Job:
        """Leave `job` where it is until `due_at`, with its counts of unlucky tries."""
        values = {} if progress is None else {"progress": progress}
        async with self._database.write() as connection:
            return await change(
                connection,
                job,
                now=self._clock.now(),
                due_at=due_at,
                leased_by=None,
                attempts=attempts,
                misses=misses,
                **values,
            )

    async def mark_rendered(
        self, job: Job, url: str | None, *, cost_micros: int | None = None
    ) -> Job:
        """Record that the provider finished: its file's `url` and charge, if it names them."""
        now = self._clock.now()
        async with self._database.write() as connection:
            moved = await move(
                connection,
                job,
                JobState.RENDERED,
                now=now,
                result_url=url,
                cost_micros=cost_micros,
                progress=100,
                due_at=now,
                leased_by=None,
                attempts=0,
                misses=0,
            )
            await record(connection, job.id, "rendered", now=now)
            return moved

    async def mark_stored(self, job: Job, video: StoredVideo) -> Job:
        """Record the checked file and owe the channel the result, in one commit.

        The scene of a storyboard that waited for this one is let go on in it.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            moved = await move(
                connection,
                job,
                JobState.STORED,
                now=now,
                due_at=None,
                leased_by=None,
                attempts=0,
                **video_values(video),
            )
            await record(connection, job.id, "stored", now=now, detail=video.sha256)
            await book_end(connection, moved, Charge.MADE, now=now)
            await owe(connection, moved, MessageKind.RESULT, now=now)
            await let_next_go_on(connection, moved, now=now)
            return moved

    async def fail(self, job: Job, failure: Failure, *, cost_micros: int | None = None) -> Job:
        """End `job` without a video and owe the channel the reason, in one commit.

        `cost_micros` is what the provider says that it charged all the same.
        """
        async with self._database.write() as connection:
            return await fail(
                connection, job, failure, now=self._clock.now(), cost_micros=cost_micros
            )

    async def expire(self, job: Job) -> Job:
        """Give a job up that was held for too long; a scene may go on waiting for another."""
        ending = Ending.UNCONFIRMED if job.held_for is Hold.CONFIRMATION else Ending.UNDECIDED
        now = self._clock.now()
        async with self._database.write() as connection:
            if job.held_for is Hold.SCENE:
                return await wait_on(connection, job, now=now)
            return await give_up(connection, job, ending, now=now)

    async def cancel(self, job_id: str, *, by_id: int | None = None) -> Cancelled:
        """Give a job up, whoever works on it: later writes of that worker change nothing.

        Unless its requester did it, it is put on record; without `by_id` it was the operator or
        the bot itself.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            statement = sa.select(jobs).where(jobs.c.id == job_id).with_for_update()
            job = job_from((await connection.execute(statement)).mappings().one())
            outcome = await _give_up(connection, job, now)
            if outcome in _CHANGING and by_id != job.origin.requester_id:
                entry = entry_about(job, "job.cancel", by_id, before=job.state, after=outcome)
                await append(connection, entry, now=now)
            return outcome

    async def release_leases(self) -> int:
        """Make due what processes before this one had in hand; for the start, and one process."""
        now = self._clock.now()
        statement = (
            sa.update(jobs)
            .where(jobs.c.leased_by.is_not(None), jobs.c.leased_by != self._worker)
            .values(due_at=now, leased_by=None, lease=jobs.c.lease + 1)
        )
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount

    async def _heed_cancel(
        self, connection: AsyncConnection, job: Job, failure: Failure, now: datetime
    ) -> Job:
        if job.cancel_requested_at is None:
            return job
        return await fail(connection, job, failure, now=now)


async def _give_up(connection: AsyncConnection, job: Job, now: datetime) -> Cancelled:
    match job.state:
        case JobState.RESERVED:
            await fail(connection, job, _FREE_CANCEL, now=now)
            return Cancelled.FREE
        case JobState.SUBMITTING:
            await change(connection, job, now=now, cancel_requested_at=now)
            return Cancelled.SOON
        case JobState.RENDERING | JobState.RENDERED:
            await fail(connection, job, _LATE_CANCEL, now=now)
            return Cancelled.LATE
        case JobState.STORED:
            return Cancelled.TOO_LATE
        case JobState.POSTED | JobState.FAILED | JobState.TOLD:
            return Cancelled.OVER
