"""Searches the videos that a member may see by words, member and day: reads only."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain import Job, JobState, MessageKind, MessageState, Viewer
from bot.store.engines.engine import Database
from bot.store.rows import job_from, readable
from bot.store.schema import jobs, outbox


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None is anything."""

    text: str | None = None
    member_id: int | None = None
    since: datetime | None = None


class VideoSearch:
    """Finds the posted videos of a server, never those of another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, viewer: Viewer, wanted: Wanted, *, limit: int) -> list[Job]:
        """List what fits and `viewer` may see, the newest first.

        Those are their own videos, and what was posted in the channel they ask in.
        """
        statement = (
            sa.select(jobs)
            .where(_is_visible(viewer), _fits(wanted))
            .order_by(jobs.c.created_at.desc(), jobs.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return readable(job_from, (await connection.execute(statement)).mappings().all())


def _is_visible(viewer: Viewer) -> sa.ColumnElement[bool]:
    posted_here = sa.select(outbox.c.job_id).where(
        outbox.c.kind.in_((MessageKind.RESULT, MessageKind.DELIVERY)),
        outbox.c.state == MessageState.SENT,
        outbox.c.channel_id == viewer.channel_id,
    )
    is_theirs = jobs.c.requester_id == viewer.member_id
    return sa.and_(
        jobs.c.guild_id == viewer.guild_id,
        jobs.c.state == JobState.POSTED,
        jobs.c.removed_at.is_(None),
        jobs.c.hidden_at.is_(None),
        is_theirs | (jobs.c.id.in_(posted_here) & jobs.c.is_private.is_(sa.false())),
    )


def _fits(wanted: Wanted) -> sa.ColumnElement[bool]:
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if wanted.text:
        conditions += [
            jobs.c.prompt.icontains(word, autoescape=True) for word in wanted.text.split()
        ]
    if wanted.member_id is not None:
        conditions.append(jobs.c.requester_id == wanted.member_id)
    if wanted.since is not None:
        conditions.append(jobs.c.created_at >= wanted.since)
    return sa.and_(*conditions)
