"""Copies in galleries: owed once, in the commit of the vote that makes up the number."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import Job, MessageKind, MessageState, PolicyName, VoteKind
from bot.limits.values import gallery_of
from bot.store.community.joined import scenes_of
from bot.store.community.schema import votes
from bot.store.moderation.books import server_value
from bot.store.moderation.posted import COVERED
from bot.store.owing import owe
from bot.store.schema import jobs, outbox
from bot.store.transitions import record

MayCopy = Callable[[Job, int], bool]
"""Tells whether a video may be shown in a channel; only Discord knows who can see either."""


async def owe_copy(
    connection: AsyncConnection, job: Job, may_copy: MayCopy, *, now: datetime
) -> bool:
    """Owe a job that is held a copy, if enough members favour it and there is none yet."""
    value = await server_value(connection, job.origin.guild_id, PolicyName.GALLERY)
    if value is None or not is_showable(job) or not await _has_file(connection, job.id):
        return False
    rules = gallery_of(value)
    if await favours(connection, job) < rules.votes or not may_copy(job, rules.channel_id):
        return False
    if await _last_copy(connection, job.id) is not None:
        return False
    await _owe(connection, job, rules.channel_id, 1, now=now)
    return True


async def renew_copies(connection: AsyncConnection, job: Job, *, now: datetime) -> None:
    """Owe copies in the place of those that were covered: moderators let the video stay.

    The copy of the joined video of a storyboard is owed by another scene than this one.
    """
    if job.storyboard is None:
        await _renew(connection, job, now)
        return
    for scene in await scenes_of(connection, job.storyboard.storyboard_id):
        if is_showable(scene):
            await _renew(connection, scene, now)


async def _renew(connection: AsyncConnection, job: Job, now: datetime) -> None:
    if job.is_spoiler or job.is_private:
        return
    last = await _last_copy(connection, job.id)
    value = await server_value(connection, job.origin.guild_id, PolicyName.GALLERY)
    if last is None or value is None or (last.state, last.shown) != (MessageState.SENT, COVERED):
        return
    await _owe(connection, job, gallery_of(value).channel_id, last.sequence + 1, now=now)


async def favours(connection: AsyncConnection, job: Job) -> int:
    """Count the members who favour a video."""
    statement = sa.select(sa.func.count(sa.distinct(votes.c.member_id))).where(
        votes.c.job_id == job.id,
        votes.c.kind == VoteKind.FAVOUR,
        votes.c.member_id != job.origin.requester_id,
    )
    return int((await connection.execute(statement)).scalar_one())


def is_showable(job: Job) -> bool:
    """Tell whether nothing about a job itself keeps its video out of a gallery."""
    is_withdrawn = job.removed_at is not None or job.hidden_at is not None
    return job.video is not None and not (is_withdrawn or job.is_spoiler or job.is_private)


async def _owe(
    connection: AsyncConnection, job: Job, channel_id: int, sequence: int, *, now: datetime
) -> None:
    kind = MessageKind.GALLERY
    await owe(connection, job, kind, now=now, channel_id=channel_id, sequence=sequence)
    await record(connection, job.id, "asked:gallery", now=now, detail=str(channel_id))


async def _has_file(connection: AsyncConnection, job_id: str) -> bool:
    statement = sa.select(jobs.c.id).where(
        jobs.c.id == job_id, jobs.c.file_key.is_not(None), jobs.c.file_removed_at.is_(None)
    )
    return (await connection.execute(statement)).first() is not None


async def _last_copy(connection: AsyncConnection, job_id: str) -> sa.Row[Any, Any, Any] | None:
    statement = (
        sa.select(outbox.c.sequence, outbox.c.state, outbox.c.shown)
        .where(outbox.c.job_id == job_id, outbox.c.kind == MessageKind.GALLERY)
        .order_by(outbox.c.sequence.desc())
        .limit(1)
    )
    return (await connection.execute(statement)).first()
