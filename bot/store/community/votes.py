"""Votes: one row a reaction, and the commits in which a video gets into the gallery."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import (
    WITH_VIDEO,
    Cleared,
    Job,
    MessageState,
    Place,
    PostedVideo,
    Standing,
    Vote,
    VoteChange,
    VoteKind,
    Withdrawn,
)
from bot.store.community.copies import MayCopy, owe_copy
from bot.store.community.schema import votes
from bot.store.engines.engine import Database
from bot.store.moderation.desk_schema import oblivions
from bot.store.rows import job_from
from bot.store.schema import jobs, outbox
from bot.store.upsert import insert_or_change, insert_or_leave


class VoteStore:
    """The only code that writes votes; whether they count is decided when they are counted.

    Each job whose votes grow is held first, in one order: of two processes the second one counts
    what the first has written.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def apply(self, changes: Sequence[VoteChange], may_copy: MayCopy) -> bool:
        """Write changes in their order; tell whether anything is owed to a gallery now."""
        async with self._database.write() as connection:
            cast = {one.job_id for one in changes if isinstance(one, Vote)}
            held = await _hold(connection, cast)
            for change in changes:
                await _write(connection, held, change)
            return await self._owe_copies(connection, held.values(), may_copy)

    async def keep(self, vote: Vote) -> Vote:
        """Keep one reaction as long as it stands; of one that is kept already return the row."""
        is_it = _is(vote.message_id, vote.member_id, vote.emoji)
        async with self._database.write() as connection:
            await connection.execute(insert_or_leave(connection.dialect, votes, _row(vote)))
            found = (await connection.execute(sa.select(votes).where(is_it))).mappings().one()
        return Vote(**{**found, "kind": VoteKind(found["kind"])})

    async def reconcile(
        self, job_id: str, message: PostedVideo, found: Sequence[Standing], may_copy: MayCopy
    ) -> bool:
        """Make the rows of a message what its reactions are now; `found` names every emoji.

        Whoever had themselves forgotten after it was posted is not written down again. What
        somebody wished while nobody listened is not done late either.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            held = await _hold(connection, {job_id})
            await _drop_gone(connection, message.message_id, found)
            forgotten = await _forgotten(connection, message.message_id)
            for standing in found:
                if standing.kind is VoteKind.AGAIN:
                    continue
                for member_id in sorted(standing.member_ids - forgotten):
                    await _write(
                        connection, held, _vote(message, held[job_id], standing, member_id, now)
                    )
            return await self._owe_copies(connection, held.values(), may_copy)

    async def drop(self, message_id: int) -> None:
        """Drop the votes of a message that is gone."""
        async with self._database.write() as connection:
            await _write(connection, {}, Cleared(message_id))

    async def recent(self, since: timedelta, *, limit: int) -> list[tuple[str, PostedVideo]]:
        """List the videos that were posted lately in servers, the newest first, with their jobs."""
        statement = (
            sa.select(outbox.c.job_id, outbox.c.channel_id, outbox.c.message_id)
            .join(jobs, jobs.c.id == outbox.c.job_id)
            .where(
                outbox.c.kind.in_(WITH_VIDEO),
                outbox.c.state == MessageState.SENT,
                outbox.c.place.is_distinct_from(Place.REQUESTER),
                outbox.c.created_at >= self._clock.now() - since,
                jobs.c.removed_at.is_(None),
            )
            .order_by(outbox.c.created_at.desc(), outbox.c.message_id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return [(row.job_id, PostedVideo(row.channel_id, row.message_id)) for row in rows]

    async def _owe_copies(
        self, connection: AsyncConnection, held: Iterable[Job], may_copy: MayCopy
    ) -> bool:
        now = self._clock.now()
        return any([await owe_copy(connection, job, may_copy, now=now) for job in held])


async def _hold(connection: AsyncConnection, job_ids: Collection[str]) -> dict[str, Job]:
    """Take hold of jobs until the commit, in one order for everybody."""
    if not job_ids:
        return {}
    statement = sa.select(jobs).where(jobs.c.id.in_(job_ids)).order_by(jobs.c.id).with_for_update()
    found = (await connection.execute(statement)).mappings().all()
    return {row["id"]: job_from(row) for row in found}


async def _write(connection: AsyncConnection, held: dict[str, Job], change: VoteChange) -> None:
    match change:
        case Vote():
            job = held.get(change.job_id)
            if job is None or job.is_private or job.origin.requester_id == change.member_id:
                return  # nobody votes for their own, or for what they can't see
            row = _row(change)
            again = {"kind": change.kind}
            await connection.execute(insert_or_change(connection.dialect, votes, row, again))
        case Withdrawn():
            is_it = _is(change.message_id, change.member_id, change.emoji)
            await connection.execute(sa.delete(votes).where(is_it))
        case Cleared():
            is_it = votes.c.message_id == change.message_id
            if change.emoji is not None:
                is_it &= votes.c.emoji == change.emoji
            await connection.execute(sa.delete(votes).where(is_it))


async def _drop_gone(
    connection: AsyncConnection, message_id: int, found: Sequence[Standing]
) -> None:
    """Delete the rows of reactions that stand no more."""
    stand = {one.emoji: one for one in found}
    statement = sa.select(votes.c.member_id, votes.c.emoji).where(votes.c.message_id == message_id)
    for member_id, emoji in (await connection.execute(statement)).all():
        standing = stand.get(emoji)
        if standing is None or (standing.is_whole and member_id not in standing.member_ids):
            await connection.execute(sa.delete(votes).where(_is(message_id, member_id, emoji)))


async def _forgotten(connection: AsyncConnection, message_id: int) -> frozenset[int]:
    """Return who had themselves forgotten since a message was posted."""
    posted_at = sa.select(sa.func.min(outbox.c.created_at)).where(outbox.c.message_id == message_id)
    statement = sa.select(oblivions.c.member_id).where(
        oblivions.c.asked_at >= posted_at.scalar_subquery()
    )
    return frozenset((await connection.execute(statement)).scalars())


def _is(message_id: int, member_id: int, emoji: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        votes.c.message_id == message_id,
        votes.c.member_id == member_id,
        votes.c.emoji == emoji,
    )


def _row(vote: Vote) -> dict[str, object]:
    return {
        "message_id": vote.message_id,
        "member_id": vote.member_id,
        "emoji": vote.emoji,
        "job_id": vote.job_id,
        "guild_id": vote.guild_id,
        "kind": vote.kind,
        "at": vote.at,
    }


def _vote(
    message: PostedVideo, job: Job, standing: Standing, member_id: int, now: datetime
) -> Vote:
    return Vote(
        message_id=message.message_id,
        member_id=member_id,
        emoji=standing.emoji,
        job_id=job.id,
        guild_id=job.origin.guild_id,
        kind=standing.kind,
        at=now,
    )
