"""The outbox: messages owed to Discord, and the commits that settle them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import (
    Charge,
    Failure,
    FailureKind,
    Job,
    JobState,
    MessageKind,
    MessageState,
    OwedMessage,
    Place,
)
from bot.errors import StaleJobError
from bot.store.community.adornments import owe_adornment
from bot.store.community.stories import end_scene
from bot.store.engines.engine import Database
from bot.store.rows import job_from, message_from, readable
from bot.store.schema import jobs, outbox
from bot.store.transitions import fail, move, record

_KEY: Final = (outbox.c.job_id, outbox.c.kind, outbox.c.sequence)
_OWED: Final = (MessageState.PENDING, MessageState.SENDING)


class OutboxStore:
    """The only code that changes an owed message, once it is owed."""

    def __init__(self, database: Database, clock: Clock, *, worker: str) -> None:
        self._database = database
        self._clock = clock
        self._worker = worker

    async def claim(self, limit: int, lease: timedelta) -> list[OwedMessage]:
        """Take at most `limit` due messages; each is ours until the lease ends."""
        now = self._clock.now()
        due = (
            sa.select(*_KEY)
            .where(outbox.c.due_at <= now)
            .order_by(outbox.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        statement = (
            sa.update(outbox)
            .where(sa.tuple_(*_KEY).in_(sa.select(due)))
            .values(due_at=now + lease, lease=outbox.c.lease + 1, leased_by=self._worker)
            .returning(*outbox.c)
        )
        async with self._database.write() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return readable(message_from, rows)

    async def start_sending(
        self, message: OwedMessage, place: Place = Place.CHANNEL, *, again: bool = True
    ) -> OwedMessage:
        """Commit that a send to `place` is about to begin.

        With `again` it repeats an earlier one there, whose end nobody knows: `first_at` is kept
        from that. Otherwise it is surely the first.
        """
        now = self._clock.now()
        is_repeat = again and message.place in {None, place}
        async with self._database.write() as connection:
            return await _change(
                connection,
                message,
                state=MessageState.SENDING,
                place=place,
                first_at=(message.first_at if is_repeat else None) or now,
                tried_at=now,
            )

    async def mark_sent(
        self, message: OwedMessage, *, channel_id: int, message_id: int, shown: str | None = None
    ) -> None:
        """Record the message and, with a result or a reason, that the job is over: one commit.

        It stands at the place of the last `start_sending`.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            sent = await _change(
                connection,
                message,
                state=MessageState.SENT,
                channel_id=channel_id,
                message_id=message_id,
                shown=shown,
                due_at=None,
                leased_by=None,
                tried_at=None,
                problem=None,
            )
            await record(connection, message.job_id, f"sent:{message.kind}", now=now)
            await owe_adornment(connection, sent, now=now)
            await _end_job(connection, message, now)

    async def retry(
        self, message: OwedMessage, due_at: datetime, *, problem: str, has_ended: bool = False
    ) -> None:
        """Leave the message owed until `due_at`, whether or not its send had begun.

        `has_ended` says that no send is under way any more, whatever came of it.
        """
        ended = {"tried_at": None} if has_ended else {}
        async with self._database.write() as connection:
            await _change(
                connection,
                message,
                leaves=_OWED,
                due_at=due_at,
                leased_by=None,
                attempts=message.attempts + 1,
                problem=problem,
                **ended,
            )

    async def wait(self, message: OwedMessage, due_at: datetime, *, reason: str) -> None:
        """Leave the message owed until `due_at` without counting a try."""
        async with self._database.write() as connection:
            await _change(connection, message, due_at=due_at, leased_by=None, problem=reason)

    async def give_up(
        self,
        message: OwedMessage,
        *,
        problem: str,
        failure: FailureKind = FailureKind.UNDELIVERABLE,
    ) -> None:
        """Stop owing the message, whether or not its send had begun.

        A result that can't be posted makes its job fail.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            await _drop(connection, message, problem, _OWED)
            await record(
                connection, message.job_id, f"dropped:{message.kind}", now=now, detail=problem
            )
            if message.kind is MessageKind.RESULT:
                job = await _job_in(connection, message.job_id, JobState.STORED)
                await fail(connection, job, Failure(failure, Charge.MADE, problem), now=now)
            else:
                await _end_job(connection, message, now)

    async def settle_removed(self, message: OwedMessage) -> None:
        """Record that the message was posted and somebody removed it: it is not owed again."""
        now = self._clock.now()
        async with self._database.write() as connection:
            await _drop(connection, message, "removed")
            await record(connection, message.job_id, f"removed:{message.kind}", now=now)
            await _end_job(connection, message, now)

    async def live_cards(self) -> list[tuple[Job, OwedMessage]]:
        """List the posted cards that still change, with their jobs."""
        cards = sa.select(outbox).where(
            outbox.c.kind == MessageKind.CARD,
            outbox.c.state == MessageState.SENT,
            outbox.c.folded_at.is_(None),
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(cards)).mappings().all()
            messages = readable(message_from, rows)
            theirs = sa.select(jobs).where(jobs.c.id.in_([message.job_id for message in messages]))
            found = (await connection.execute(theirs)).mappings().all()
        by_id = {job.id: job for job in readable(job_from, found)}
        return [(by_id[one.job_id], one) for one in messages if one.job_id in by_id]

    async def mark_shown(self, message: OwedMessage, shown: str, *, is_folded: bool) -> None:
        """Record what a card shows now, and whether that was the last time it changed."""
        statement = (
            sa.update(outbox)
            # What was changed meanwhile, such as by a removal, has to be drawn again.
            .where(*_names(message), outbox.c.shown.is_not_distinct_from(message.shown))
            .values(shown=shown, folded_at=self._clock.now() if is_folded else None)
        )
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def message(self, job_id: str, kind: MessageKind) -> OwedMessage | None:
        """Look up one message of a job, wherever it stands; None when it was never owed.

        Of its deliveries it is the last.
        """
        statement = (
            sa.select(outbox)
            .where(outbox.c.job_id == job_id, outbox.c.kind == kind)
            .order_by(outbox.c.sequence.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).mappings().one_or_none()
        return None if row is None else message_from(row)

    async def sent(self, job_id: str) -> Mapping[MessageKind, OwedMessage]:
        """Return the messages of a job that Discord confirmed; of its deliveries the last."""
        statement = (
            sa.select(outbox)
            .where(outbox.c.job_id == job_id, outbox.c.state == MessageState.SENT)
            .order_by(outbox.c.sequence)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return {MessageKind(row["kind"]): message_from(row) for row in rows}

    async def release_leases(self) -> int:
        """Make due what processes before this one had in hand; for the start, and one process."""
        statement = (
            sa.update(outbox)
            .where(outbox.c.leased_by.is_not(None), outbox.c.leased_by != self._worker)
            .values(due_at=self._clock.now(), leased_by=None, lease=outbox.c.lease + 1)
        )
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount


async def _change(
    connection: AsyncConnection,
    message: OwedMessage,
    *,
    leaves: Collection[MessageState] = (),
    **values: object,
) -> OwedMessage:
    statement = (
        sa.update(outbox)
        .where(
            *_names(message),
            outbox.c.state.in_(leaves or (message.state,)),
            outbox.c.lease == message.lease,
        )
        .values(values)
        .returning(*outbox.c)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise StaleJobError(
            f"The {message.kind} of job {message.job_id} is no longer {message.state} "
            f"under lease {message.lease}"
        )
    return message_from(row)


def _names(message: OwedMessage) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that name the row of a message."""
    return (
        outbox.c.job_id == message.job_id,
        outbox.c.kind == message.kind,
        outbox.c.sequence == message.sequence,
    )


async def _drop(
    connection: AsyncConnection,
    message: OwedMessage,
    problem: str,
    leaves: Collection[MessageState] = (),
) -> None:
    await _change(
        connection,
        message,
        leaves=leaves,
        state=MessageState.DROPPED,
        due_at=None,
        leased_by=None,
        tried_at=None,
        problem=problem,
    )


async def _end_job(connection: AsyncConnection, message: OwedMessage, now: datetime) -> None:
    match message.kind:
        case MessageKind.RESULT:
            job = await _job_in(connection, message.job_id, JobState.STORED)
            posted = await move(connection, job, JobState.POSTED, now=now)
            await record(connection, message.job_id, "posted", now=now)
            await end_scene(connection, posted, now=now)
        case MessageKind.FAILURE:
            job = await _job_in(connection, message.job_id, JobState.FAILED)
            await move(connection, job, JobState.TOLD, now=now)
            await record(connection, message.job_id, "told", now=now)
        case _:
            pass  # the job does not end with it


async def _job_in(connection: AsyncConnection, job_id: str, state: JobState) -> Job:
    statement = sa.select(jobs).where(jobs.c.id == job_id, jobs.c.state == state).with_for_update()
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise StaleJobError(f"Job {job_id} is no longer {state}")
    return job_from(row)
