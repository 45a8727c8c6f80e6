"""Where a storyboard stands, brought up to date in the commits that change one of its scenes."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import FailureKind, Job, JobState, StoryState
from bot.store.community.schema import storyboards
from bot.store.schema import jobs

IS_THERE: Final = (
    # What Discord would not take is there as well.
    ((jobs.c.state == JobState.POSTED) | (jobs.c.failure == FailureKind.UNDELIVERABLE))
    & jobs.c.file_key.is_not(None)
    & jobs.c.file_removed_at.is_(None)
    & jobs.c.removed_at.is_(None)
    & jobs.c.hidden_at.is_(None)
)
"""Whether a scene has a video that may be joined with others."""
FEWEST: Final = 2
"""Of one scene alone there is nothing to join."""
UNFINISHED: Final = (StoryState.RUNNING, StoryState.JOINING)
_IS_OVER: Final = jobs.c.state.in_((JobState.POSTED, JobState.FAILED, JobState.TOLD))


def is_of_unfinished() -> sa.ColumnElement[bool]:
    """Return the condition for a job whose storyboard may still need its file."""
    unfinished = sa.select(storyboards.c.id).where(storyboards.c.state.in_(UNFINISHED))
    # A job that stands for itself has none: without the first test the answer were unknown.
    return jobs.c.storyboard_id.is_not(None) & jobs.c.storyboard_id.in_(unfinished)


async def end_scene(connection: AsyncConnection, job: Job, *, now: datetime) -> None:
    """Have the storyboard of a scene that is over joined, if it was the last one."""
    if job.storyboard is None:
        return
    story_id = job.storyboard.storyboard_id
    if await _state(connection, story_id) != StoryState.RUNNING:
        return
    working = sa.select(jobs.c.id).where(jobs.c.storyboard_id == story_id, ~_IS_OVER).limit(1)
    if (await connection.execute(working)).first() is None:
        await _join_or_end(connection, story_id, now)


async def leave_out(connection: AsyncConnection, job: Job, *, now: datetime) -> None:
    """Have what is being joined begun anew, without a scene that must not be seen any more."""
    if job.storyboard is None:
        return
    story_id = job.storyboard.storyboard_id
    if await _state(connection, story_id) == StoryState.JOINING:
        await _join_or_end(connection, story_id, now)


async def _state(connection: AsyncConnection, story_id: int) -> str | None:
    """Take hold of a storyboard, always after its scenes, and say where it stands."""
    statement = sa.select(storyboards.c.state).where(storyboards.c.id == story_id).with_for_update()
    return (await connection.execute(statement)).scalar_one_or_none()


async def _join_or_end(connection: AsyncConnection, story_id: int, now: datetime) -> None:
    there = sa.select(sa.func.count()).where(jobs.c.storyboard_id == story_id, IS_THERE)
    can_join = (await connection.execute(there)).scalar_one() >= FEWEST
    statement = (
        sa.update(storyboards)
        .where(storyboards.c.id == story_id)
        .values(
            state=StoryState.JOINING if can_join else StoryState.ENDED,
            due_at=now if can_join else None,
            leased_by=None,
            lease=storyboards.c.lease + 1,  # whoever joins it now comes too late
            updated_at=now,
        )
    )
    await connection.execute(statement)
