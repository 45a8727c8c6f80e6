"""The files of joined videos: found by the sweep and by those who want to be forgotten."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import MessageKind
from bot.store.community.schema import storyboards
from bot.store.schema import jobs, outbox

_IS_KEPT: Final = storyboards.c.file_key.is_not(None) & storyboards.c.file_removed_at.is_(None)
_IS_FIRST: Final = (jobs.c.storyboard_id == storyboards.c.id) & (jobs.c.scene == 1)
JOINED_BYTES: Final = sa.select(sa.func.coalesce(sa.func.sum(storyboards.c.file_bytes), 0)).where(
    _IS_KEPT
)


def joined_files(before: datetime | None, whose: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """List the joined videos that may go: first scene, key, bytes, storyboard, and since when.

    `whose` is a condition for one of the scenes.
    """
    others = jobs.alias("scenes")
    owes = (
        sa.select(outbox.c.job_id)
        .join(others, others.c.id == outbox.c.job_id)
        .where(
            others.c.storyboard_id == storyboards.c.id,
            outbox.c.kind == MessageKind.JOINED,
            outbox.c.due_at.is_not(None),
        )
        .correlate(storyboards)
        .exists()
    )
    theirs = sa.select(jobs.c.storyboard_id).where(whose, jobs.c.storyboard_id.is_not(None))
    is_old = sa.true() if before is None else storyboards.c.updated_at < before
    return (
        sa.select(
            jobs.c.id,
            storyboards.c.file_key,
            storyboards.c.file_bytes,
            storyboards.c.id,
            storyboards.c.updated_at,
        )
        .join(jobs, _IS_FIRST)
        .where(_IS_KEPT, is_old, ~owes, storyboards.c.id.in_(theirs.correlate(None)))
    )


def kept_joined(job_ids: Collection[str] | None, before: datetime | None = None) -> sa.Select[Any]:
    """List the joined videos of these scenes, or of all: the first scene, and the key."""
    scenes = jobs.alias("scenes")
    theirs = sa.select(scenes.c.storyboard_id).where(
        scenes.c.storyboard_id.is_not(None),
        sa.true() if job_ids is None else scenes.c.id.in_(job_ids),
    )
    return (
        sa.select(jobs.c.id, storyboards.c.file_key)
        .join(storyboards, _IS_FIRST)
        .where(
            _IS_KEPT,
            storyboards.c.id.in_(theirs),
            sa.true() if before is None else storyboards.c.updated_at < before,
        )
    )


async def record_joined(
    connection: AsyncConnection, story_ids: Collection[int], now: datetime
) -> None:
    """Record that the joined videos of these storyboards are gone."""
    statement = sa.update(storyboards).where(storyboards.c.id.in_(story_ids), _IS_KEPT)
    await connection.execute(statement.values(file_removed_at=now))
