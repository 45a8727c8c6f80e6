"""Copies in galleries that follow their originals, when somebody deleted those by hand."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import Job, MessageKind, MessageState, PostedVideo, Removal
from bot.store.community.joined import SHOWS_JOINED
from bot.store.engines.engine import Database
from bot.store.moderation.posted import COVERED
from bot.store.moderation.takedowns import job_to_change, owe_takedown
from bot.store.schema import job_events, outbox
from bot.store.transitions import PUBLISHED, record


class FollowingStore:
    """Writes takedowns of copies alone; whatever else was posted of a video stays."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def original_gone(self, job_id: str, message: PostedVideo) -> bool:
        """Owe that the copies of a message go that is gone; tell whether there are any.

        What we took away ourselves is no news: whoever asked for that has said what becomes of
        the copies. Each of them goes once, however often it is asked for.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            job = await job_to_change(connection, job_id)
            if job.removed_at is not None or job.hidden_at is not None or job.is_spoiler:
                return False
            kind = await _kind_of_original(connection, job, message)
            if kind is None:
                return False
            copies = (
                (outbox.c.job_id == job.id)
                & (outbox.c.kind == MessageKind.GALLERY)
                & (SHOWS_JOINED if kind is MessageKind.JOINED else ~SHOWS_JOINED)
            )
            posted = copies & (outbox.c.state == MessageState.SENT)
            posted &= sa.func.coalesce(outbox.c.shown, "") != COVERED
            waiting = copies & (outbox.c.state == MessageState.PENDING)
            dropped = {"state": MessageState.DROPPED, "due_at": None, "problem": "original gone"}
            await connection.execute(sa.update(outbox).where(waiting).values(dropped))
            covered = sa.update(outbox).where(posted).values(shown=COVERED)
            if not (await connection.execute(covered)).rowcount:
                return False
            await owe_takedown(
                connection, job, Removal.CLEAR, None, None, removes_file=False, now=now
            )
            await record(connection, job.id, "original gone", now=now)
            return True


async def _kind_of_original(
    connection: AsyncConnection, job: Job, message: PostedVideo
) -> MessageKind | None:
    """Return what kind of original a message was; None when it was none.

    What stood in public for a private video never was; once that is published, it is what was
    posted then.
    """
    statement = sa.select(outbox.c.kind, outbox.c.sequence).where(
        outbox.c.job_id == job.id,
        outbox.c.message_id == message.message_id,
        outbox.c.channel_id == message.channel_id,
        outbox.c.state == MessageState.SENT,
        sa.func.coalesce(outbox.c.shown, "") != COVERED,
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        return None
    kind = MessageKind(row.kind)
    published = sa.select(sa.func.min(job_events.c.at)).where(
        job_events.c.job_id == job.id, job_events.c.event == PUBLISHED
    )
    published_at = (await connection.execute(published)).scalar_one()
    if kind is MessageKind.JOINED:
        return kind
    if published_at is None:
        return kind if kind is MessageKind.RESULT else None
    first = sa.select(sa.func.min(outbox.c.sequence)).where(
        outbox.c.job_id == job.id,
        outbox.c.kind == MessageKind.DELIVERY,
        outbox.c.created_at >= published_at,
    )
    is_first = (await connection.execute(first)).scalar_one() == row.sequence
    return kind if kind is MessageKind.DELIVERY and is_first else None
