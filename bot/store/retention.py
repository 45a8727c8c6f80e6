"""What may be forgotten of jobs that are over, found and recorded in small batches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.clock import Clock
from bot.domain import OPEN_STATES, JobState
from bot.store.community.joined_files import (
    JOINED_BYTES,
    joined_files,
    kept_joined,
    record_joined,
)
from bot.store.community.schema import drafts
from bot.store.community.stories import is_of_unfinished
from bot.store.engines.engine import Database
from bot.store.schema import job_events, jobs, outbox

BATCH: Final = 500
"""Rows a transaction; more would keep the other writers waiting."""
_FREED_PAGES: Final = 2000
"""Of a SQLite file, given back to the disk in one transaction; 8 MB."""

_IS_OWED: Final = (
    sa.select(outbox.c.job_id)
    .where(outbox.c.job_id == jobs.c.id, outbox.c.due_at.is_not(None))
    .exists()
)
_IS_OVER: Final = (
    jobs.c.state.in_((JobState.POSTED, JobState.TOLD)) & ~_IS_OWED & ~is_of_unfinished()
)
_HAS_FILE: Final = jobs.c.file_key.is_not(None) & jobs.c.file_removed_at.is_(None)
_HAS_REFERENCES: Final = (
    sa.cast(jobs.c.reference_images, sa.Text) != "[]"
) & jobs.c.references_removed_at.is_(None)
_NO_STORY: Final = sa.cast(sa.null(), sa.Integer)
_HAS_PROMPT: Final = jobs.c.prompt != sa.literal_column("''")


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one job that are to go, by their keys."""

    job_id: str
    keys: tuple[str, ...]
    size_bytes: int
    joined_of: int | None = None
    """The storyboard whose joined video it is; the job is its first scene then."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose jobs are looked at; None is anybody's."""

    member_id: int | None = None
    job_id: str | None = None

    def condition(self) -> sa.ColumnElement[bool]:
        """Write it as SQL."""
        return sa.and_(
            sa.true() if self.member_id is None else jobs.c.requester_id == self.member_id,
            sa.true() if self.job_id is None else jobs.c.id == self.job_id,
        )


ANYBODY: Final = Whose()


class RetentionStore:
    """The only code that records what was forgotten.

    A job that is open, or owes a message, is never among what is found; that is asked again
    when it is recorded.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def oldest_videos(
        self, before: datetime | None, *, limit: int = BATCH, of: Whose = ANYBODY
    ) -> list[Files]:
        """List videos that are kept and whose jobs ended before that moment, the oldest first.

        Joined ones of storyboards are among them.
        """
        videos = sa.select(
            jobs.c.id, jobs.c.file_key, jobs.c.file_bytes, _NO_STORY, jobs.c.updated_at.label("at")
        ).where(_HAS_FILE, _IS_OVER, _ended_before(before), of.condition())
        statement = videos.union_all(joined_files(before, of.condition()))
        async with self._database.read() as connection:
            rows = await connection.execute(statement.order_by("at").limit(limit))
            return [Files(job_id, (key,), size, story) for job_id, key, size, story, _ in rows]

    async def old_references(
        self, before: datetime | None, *, limit: int = BATCH, of: Whose = ANYBODY
    ) -> list[Files]:
        """List jobs whose reference images are kept and that ended before that moment."""
        statement = (
            sa.select(jobs.c.id, jobs.c.reference_images)
            .where(_HAS_REFERENCES, _IS_OVER, _ended_before(before), of.condition())
            .order_by(jobs.c.updated_at)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return [
            Files(
                job_id,
                tuple(image["key"] for image in images),
                sum(image["size_bytes"] for image in images),
            )
            for job_id, images in rows
        ]

    async def video_bytes(self) -> int:
        """Add up the videos that are kept."""
        statement = sa.select(sa.func.coalesce(sa.func.sum(jobs.c.file_bytes), 0)).where(_HAS_FILE)
        async with self._database.read() as connection:
            videos = int((await connection.execute(statement)).scalar_one())
            return videos + int((await connection.execute(JOINED_BYTES)).scalar_one())

    async def record_videos(self, videos: Sequence[Files]) -> None:
        """Record that these videos are gone."""
        now = self._clock.now()
        job_ids = [one.job_id for one in videos if one.joined_of is None]
        await self._record(job_ids, _HAS_FILE, file_removed_at=now)
        stories = [one.joined_of for one in videos if one.joined_of is not None]
        async with self._database.write() as connection:
            await record_joined(connection, stories, now)

    async def record_references(self, job_ids: Collection[str]) -> None:
        """Record that the reference images of these jobs are gone."""
        await self._record(job_ids, _HAS_REFERENCES, references_removed_at=self._clock.now())

    async def has_video(self, job_id: str) -> bool:
        """Tell whether the video of a job, or one that it is a part of, is kept by the rows."""
        own = sa.select(jobs.c.id).where(jobs.c.id == job_id, _HAS_FILE)
        joined = kept_joined([job_id])
        async with self._database.read() as connection:
            found = [await connection.execute(statement) for statement in (own, joined)]
            return any(one.first() is not None for one in found)

    async def old_prompts(
        self, before: datetime | None, *, limit: int = BATCH, of: Whose = ANYBODY
    ) -> list[str]:
        """List jobs whose prompt is kept and that ended before that moment."""
        statement = (
            sa.select(jobs.c.id)
            .where(_HAS_PROMPT, _IS_OVER, _ended_before(before), of.condition())
            .order_by(jobs.c.updated_at)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return list((await connection.execute(statement)).scalars())

    async def blank_prompts(self, job_ids: Collection[str]) -> None:
        """Forget the words of these jobs: the prompt, and what a provider said, which may quote it.

        When what happened, and what the provider calls the job, stay.
        """
        async with self._database.write() as connection:
            blanked = await connection.execute(
                sa.update(jobs)
                .where(jobs.c.id.in_(job_ids), _IS_OVER)
                .values(prompt="", result_url=None, failure_detail=None)
                .returning(jobs.c.id)
            )
            await connection.execute(
                sa.update(job_events)
                .where(
                    job_events.c.job_id.in_(blanked.scalars().all()),
                    job_events.c.detail.is_not(None),
                )
                .values(detail=None)
            )

    async def drop_drafts(self, before: datetime) -> None:
        """Forget which images members pointed at before that moment."""
        statement = sa.delete(drafts).where(drafts.c.created_at < before)
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def keys_in_use(self, job_ids: Collection[str]) -> tuple[set[str], set[str]]:
        """Of these jobs, return the keys that rows name, and the ids of those that are open."""
        statement = sa.select(
            jobs.c.id,
            jobs.c.state,
            sa.case((_HAS_FILE, jobs.c.file_key)),
            sa.case((jobs.c.references_removed_at.is_(None), jobs.c.reference_images)),
        ).where(jobs.c.id.in_(job_ids))
        keys, is_open = set(), set()
        async with self._database.read() as connection:
            keys |= {key for _, key in await connection.execute(kept_joined(job_ids))}
            for job_id, state, file_key, images in await connection.execute(statement):
                keys |= {file_key} - {None}
                keys |= {image["key"] for image in images or ()}
                if state in OPEN_STATES:
                    is_open.add(job_id)
        return keys, is_open

    async def videos_after(
        self, job_id: str, before: datetime, *, limit: int = BATCH
    ) -> Sequence[tuple[str, str]]:
        """Page through the videos that rows name and that were stored before a moment.

        Returns:
            Job ids and keys, in the order of the ids, from the one after `job_id`.
        """
        statement = (
            sa.select(jobs.c.id, jobs.c.file_key)
            .where(_HAS_FILE, jobs.c.id > job_id, jobs.c.updated_at < before)
            .order_by(jobs.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [(one, key) for one, key in await connection.execute(statement)]

    async def joined_before(self, before: datetime) -> Sequence[tuple[str, str]]:
        """List the joined videos that rows name and that were stored before a moment.

        Returns:
            The ids of the first scenes, and keys.
        """
        async with self._database.read() as connection:
            rows = await connection.execute(kept_joined(None, before))
            return [(job_id, key) for job_id, key in rows]

    async def give_room_back(self) -> None:
        """Give pages that are free to the disk; SQLite alone keeps them to itself."""
        async with self._database.write() as connection:
            if connection.dialect.name != "sqlite":
                return
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None  # noqa: S101 - it is open
            # The driver takes one step of a statement that returns nothing, and each step frees
            # one page; of a script it takes all. It commits first, and nothing was written yet.
            await raw.driver_connection.executescript(f"PRAGMA incremental_vacuum({_FREED_PAGES})")

    async def _record(
        self, job_ids: Collection[str], is_kept: sa.ColumnElement[bool], **values: datetime
    ) -> None:
        statement = (
            sa.update(jobs).where(jobs.c.id.in_(job_ids), is_kept, _IS_OVER).values(**values)
        )
        async with self._database.write() as connection:
            await connection.execute(statement)


def _ended_before(moment: datetime | None) -> sa.ColumnElement[bool]:
    return sa.true() if moment is None else jobs.c.updated_at < moment
