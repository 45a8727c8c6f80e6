"""The joined videos of storyboards: their rows, and the messages that are owed because of them."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import Job, MessageKind, Storyboard, StoryState
from bot.store.community.schema import storyboards
from bot.store.community.stories import IS_THERE
from bot.store.owing import owe
from bot.store.rows import job_from, video_from
from bot.store.schema import jobs, outbox

_OWED: Final = outbox.alias("owed")
_SCENES: Final = jobs.alias("joined_scenes")
SHOWS_JOINED: Final = (outbox.c.kind == MessageKind.JOINED) | (
    (outbox.c.kind == MessageKind.GALLERY)
    & sa.select(_OWED.c.job_id)
    .join(_SCENES, _SCENES.c.id == _OWED.c.job_id)
    .join(storyboards, storyboards.c.id == _SCENES.c.storyboard_id)
    .where(
        _OWED.c.job_id == outbox.c.job_id,
        _OWED.c.kind == MessageKind.JOINED,
        _OWED.c.created_at <= outbox.c.created_at,
        storyboards.c.state == StoryState.JOINED,
    )
    .correlate(outbox)
    .exists()
)
"""The messages of a scene that show the whole: copies too, once it was owed."""


def story_from(row: RowMapping) -> Storyboard:
    """Read one row of `storyboards`."""
    return Storyboard(
        id=row["id"],
        interaction_id=row["interaction_id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        requester_id=row["requester_id"],
        scenes=row["scenes"],
        state=StoryState(row["state"]),
        created_at=row["created_at"],
        lease=row["lease"],
        attempts=row["attempts"],
        video=video_from(row),
        is_swept=row["file_removed_at"] is not None,
    )


async def joined_of(connection: AsyncConnection, member_id: int) -> list[Job]:
    """List the joined videos of a member that are kept, each as it is shown by its first scene."""
    stories = (
        sa.select(storyboards)
        .where(
            storyboards.c.requester_id == member_id,
            storyboards.c.file_key.is_not(None),
            storyboards.c.file_removed_at.is_(None),
        )
        .order_by(storyboards.c.id)
    )
    joined = []
    for row in (await connection.execute(stories)).mappings().all():
        scenes = await scenes_of(connection, row["id"])
        joined += [story_from(row).shown_by(one, scenes) for one in scenes[:1]]
    return joined


async def shown_joined(connection: AsyncConnection, job: Job) -> Job:
    """Return a scene as it is shown with the joined video of its storyboard."""
    assert job.storyboard is not None  # noqa: S101 - nothing else owes a joined video
    story_id = job.storyboard.storyboard_id
    found = await connection.execute(sa.select(storyboards).where(storyboards.c.id == story_id))
    story = story_from(found.mappings().one())
    return story.shown_by(job, await scenes_of(connection, story_id))


async def scenes_of(connection: AsyncConnection, story_id: int) -> list[Job]:
    """List all scenes of a storyboard, in their order."""
    statement = sa.select(jobs).where(jobs.c.storyboard_id == story_id).order_by(jobs.c.scene)
    return [job_from(row) for row in (await connection.execute(statement)).mappings()]


async def owe_joined(connection: AsyncConnection, last: Job, *, now: datetime) -> None:
    """Owe the channel what came of a storyboard, by the last scene that there is."""
    earlier = sa.select(sa.func.coalesce(sa.func.max(outbox.c.sequence), 0)).where(
        outbox.c.job_id == last.id, outbox.c.kind == MessageKind.JOINED
    )
    number: int = (await connection.execute(earlier)).scalar_one() + 1
    await owe(connection, last, MessageKind.JOINED, now=now, sequence=number)


async def show_again(connection: AsyncConnection, job: Job, *, now: datetime) -> None:
    """Owe the joined video of a storyboard once more, whose covered message is cleared away.

    As long as any of its parts must not be seen, it stays away.
    """
    if job.storyboard is None:
        return
    story_id = job.storyboard.storyboard_id
    is_kept = sa.select(storyboards.c.id).where(
        storyboards.c.id == story_id,
        storyboards.c.state == StoryState.JOINED,
        storyboards.c.file_removed_at.is_(None),
    )
    others = jobs.alias("others")
    is_withdrawn = sa.select(others.c.id).where(
        others.c.storyboard_id == story_id,
        others.c.removed_at.is_not(None) | others.c.hidden_at.is_not(None),
    )
    last = (
        sa.select(jobs)
        .where(jobs.c.storyboard_id == story_id, IS_THERE, is_kept.exists(), ~is_withdrawn.exists())
        .order_by(jobs.c.scene.desc())
        .limit(1)
    )
    row = (await connection.execute(last)).mappings().one_or_none()
    if row is not None:
        await owe_joined(connection, job_from(row), now=now)
