"""Which videos members favour most: reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import Job, MessageKind, MessageState, Place, PostedVideo, Ranked, VoteKind, Week
from bot.store.community.copies import is_showable
from bot.store.community.joined import shown_joined
from bot.store.community.schema import votes
from bot.store.engines.engine import Database
from bot.store.moderation.posted import COVERED
from bot.store.rows import job_from
from bot.store.schema import job_events, jobs, outbox
from bot.store.transitions import PUBLISHED

_IS_FAVOURED: Final = votes.c.kind == VoteKind.FAVOUR
_IS_THEIRS: Final = votes.c.member_id == jobs.c.requester_id


def _members(kind: VoteKind) -> sa.ColumnElement[int]:
    counted = sa.case((votes.c.kind == kind, votes.c.member_id))
    return sa.func.count(sa.distinct(counted))


@dataclass(frozen=True, slots=True)
class RankingFilter:
    """Which videos of a server are ranked: what is removed, hidden or private never is."""

    guild_id: int
    since: datetime | None = None
    """When they were asked for, from then on."""
    until: datetime | None = None
    """And before then."""
    member_id: int | None = None
    """Whose they are."""
    channel_ids: Collection[int] | None = None
    """Where they were asked for, threads by their channel; None is anywhere."""
    with_covered: bool = True


class RankingStore:
    """Counts each member once a video, whatever emojis they leave under how many messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def best(self, which: RankingFilter, *, limit: int, offset: int = 0) -> list[Ranked]:
        """List the videos that at least one member favours, the best first.

        Of two with as many votes the one comes first that fewer members are against, then the
        newer one.
        """
        favours, disfavours = _members(VoteKind.FAVOUR), _members(VoteKind.DISFAVOUR)
        tally = (
            sa.select(jobs.c.id, favours.label("favours"), disfavours.label("disfavours"))
            .join(votes, votes.c.job_id == jobs.c.id)
            .where(_condition(which), ~_IS_THEIRS)
            .group_by(jobs.c.id)
            .having(favours > 0)
            .subquery()
        )
        statement = (
            sa.select(jobs, tally.c.favours, tally.c.disfavours)
            .join(tally, tally.c.id == jobs.c.id)
            .order_by(
                tally.c.favours.desc(),
                tally.c.disfavours,
                jobs.c.created_at.desc(),
                jobs.c.id,
            )
            .limit(limit)
            .offset(offset)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
            seen = await _seen(connection, [job_from(row) for row in rows])
        return [
            Ranked(job, row["favours"], row["disfavours"], message)
            for row, (job, message) in zip(rows, seen, strict=True)
        ]

    async def of_week(self, guild_id: int, week: Week, *, limit: int) -> list[Ranked]:
        """List the best videos that were asked for in a week, without those that are covered."""
        which = RankingFilter(guild_id, week.begin, week.end, with_covered=False)
        return await self.best(which, limit=limit)

    async def count(self, which: RankingFilter) -> int:
        """Count the videos of all pages."""
        statement = (
            sa.select(sa.func.count(sa.distinct(jobs.c.id)))
            .join(votes, votes.c.job_id == jobs.c.id)
            .where(_condition(which), ~_IS_THEIRS, _IS_FAVOURED)
        )
        async with self._database.read() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def seen(self, job_id: str) -> PostedVideo | None:
        """Say where in its server a video can be seen: the result, else the last delivery.

        Of the scene that stands for a storyboard it is the joined video.
        """
        async with self._database.read() as connection:
            found = await connection.execute(sa.select(jobs).where(jobs.c.id == job_id))
            seen = await _seen(connection, [job_from(row) for row in found.mappings()])
        return seen[0][1] if seen else None


def _condition(which: RankingFilter) -> sa.ColumnElement[bool]:
    conditions = [
        jobs.c.guild_id == which.guild_id,
        jobs.c.removed_at.is_(None),
        jobs.c.hidden_at.is_(None),
        jobs.c.is_private.is_(False),
    ]
    if which.since is not None:
        conditions.append(jobs.c.created_at >= which.since)
    if which.until is not None:
        conditions.append(jobs.c.created_at < which.until)
    if which.member_id is not None:
        conditions.append(jobs.c.requester_id == which.member_id)
    if which.channel_ids is not None:
        places = (jobs.c.channel_id, jobs.c.parent_id)
        conditions.append(sa.or_(*(place.in_(which.channel_ids) for place in places)))
    if not which.with_covered:
        conditions.append(jobs.c.is_spoiler.is_(False))
    return sa.and_(*conditions)


async def _seen(
    connection: AsyncConnection, found: Sequence[Job]
) -> list[tuple[Job, PostedVideo | None]]:
    """Say of each job where it can be seen, and as what it is seen there.

    Of one that was private the result is no video: only what came after that shows it to all.
    """
    was_private = (
        sa.select(job_events.c.id)
        .where(job_events.c.job_id == outbox.c.job_id, job_events.c.event == PUBLISHED)
        .exists()
    )
    is_result = outbox.c.kind == MessageKind.RESULT
    statement = (
        sa.select(outbox.c.job_id, outbox.c.kind, outbox.c.channel_id, outbox.c.message_id)
        .where(
            outbox.c.job_id.in_([job.id for job in found]),
            outbox.c.kind.in_((MessageKind.RESULT, MessageKind.DELIVERY, MessageKind.JOINED)),
            outbox.c.state == MessageState.SENT,
            outbox.c.place.is_distinct_from(Place.REQUESTER),
            outbox.c.shown.is_distinct_from(COVERED),
            ~(is_result & was_private),
        )
        .order_by(is_result, outbox.c.sequence)
    )
    own, whole = dict[str, PostedVideo](), dict[str, PostedVideo]()
    for row in (await connection.execute(statement)).all():
        among = whole if row.kind == MessageKind.JOINED else own
        among[row.job_id] = PostedVideo(row.channel_id, row.message_id)
    return [await _as_seen(connection, job, own.get(job.id), whole.get(job.id)) for job in found]


async def _as_seen(
    connection: AsyncConnection, job: Job, own: PostedVideo | None, whole: PostedVideo | None
) -> tuple[Job, PostedVideo | None]:
    """Choose between a scene and the joined video that it owed: that one, if all may see it."""
    if whole is not None:
        joined = await shown_joined(connection, job)
        if is_showable(joined):
            return joined, whole
    return job, own
