"""Jobs of long ago, with their rows and their files."""

import hashlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain import Job, JobState, ReferenceImage, StoredVideo
from bot.media.storage import ResultStorage
from bot.ops.retention import Rules, Sweeper
from bot.store.retention import RetentionStore
from tests.factories import make_job_id
from tests.store.world import World

FOR_EVER = Rules(videos=None, video_bytes=None, references=None, prompts=None)
DAY = timedelta(days=1)


@dataclass
class Attic:
    """A database and a folder that grow old together."""

    world: World
    storage: ResultStorage
    root: Path
    close: Callable[[], Awaitable[None]]
    """Closes the database before the test ends."""

    async def job(
        self,
        number: int,
        state: JobState = JobState.POSTED,
        *,
        video: bytes = b"a video",
        owes_card: bool = False,
    ) -> Job:
        """Bring a job with one reference image and a video to `state`, one day after the last."""
        job_id = make_job_id(number)
        picture = f"references/{job_id}-1.jpg"
        key = f"2026/11/{job_id}.mp4"
        await self.storage.write(b"picture", picture)
        await self.world.reserve(
            number, references=[ReferenceImage(picture, "image/jpeg", 7, 64, 48)]
        )
        job = await self.world.claim(job_id)
        if state is not JobState.RESERVED:
            await self.storage.write(video, key)
            facts = StoredVideo(key, len(video), hashlib.sha256(video).hexdigest(), 6.0, 16, 9)
            job = await self.world.jobs.start_submitting(job)
            await self.world.jobs.mark_rendering(job, "ref", self.world.clock.now())
            job = await self.world.claim(job_id)
            await self.world.jobs.mark_rendered(job, None)
            await self.world.jobs.mark_stored(await self.world.claim(job_id), facts)
        await self.world.execute(
            "UPDATE jobs SET state = :state WHERE id = :job_id AND state = 'stored'",
            state=state,
            job_id=job_id,
        )
        await self.world.execute(
            "UPDATE outbox SET due_at = NULL, state = 'dropped' WHERE job_id = :job_id"
            " AND (kind <> 'card' OR NOT :owes_card)",
            job_id=job_id,
            owes_card=owes_card,
        )
        self.world.clock.advance(DAY)
        return await self.world.job(job_id)

    def sweeper(self, rules: Rules) -> Sweeper:
        store = RetentionStore(self.world.database, self.world.clock)
        return Sweeper(store, self.storage, self.world.clock, rules)

    def files(self) -> list[str]:
        return sorted(
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file()
        )

    def put(self, name: str, *, at: datetime) -> None:
        """Put a file of that age there, past the storage."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"12345")
        os.utime(path, (at.timestamp(), at.timestamp()))
