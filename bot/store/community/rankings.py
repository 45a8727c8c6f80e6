"""Which videos members favour most: reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import MessageKind, MessageState, Place, PostedVideo, Ranked, VoteKind, Week
from bot.store.community.schema import votes
from bot.store.engines.engine import Database
from bot.store.rows import job_from
from bot.store.schema import jobs, outbox

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
            seen = await _seen(connection, [row["id"] for row in rows])
        return [
            Ranked(job_from(row), row["favours"], row["disfavours"], seen.get(row["id"]))
            for row in rows
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
        """Say where in its server a video can be seen: the result, else the last delivery."""
        async with self._database.read() as connection:
            return (await _seen(connection, [job_id])).get(job_id)


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


async def _seen(connection: AsyncConnection, job_ids: Sequence[str]) -> Mapping[str, PostedVideo]:
    in_order = (outbox.c.kind == MessageKind.RESULT, outbox.c.sequence)
    statement = (
        sa.select(outbox.c.job_id, outbox.c.channel_id, outbox.c.message_id)
        .where(
            outbox.c.job_id.in_(job_ids),
            outbox.c.kind.in_((MessageKind.RESULT, MessageKind.DELIVERY)),
            outbox.c.state == MessageState.SENT,
            outbox.c.place.is_distinct_from(Place.REQUESTER),
        )
        .order_by(*in_order)
    )
    rows: Sequence[Any] = (await connection.execute(statement)).all()
    return {row.job_id: PostedVideo(row.channel_id, row.message_id) for row in rows}
