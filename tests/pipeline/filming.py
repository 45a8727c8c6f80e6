"""Storyboards whose scenes are real files."""

import hashlib

from bot.domain import Job, StoredVideo
from bot.media.storage import ResultStorage
from tests.store.stories import Stories


async def keep_clip(storage: ResultStorage, job: Job, clip: bytes) -> StoredVideo:
    """Keep a clip of one second as the video of a scene."""
    key = f"2026/11/{job.id}.mp4"
    await storage.write(clip, key)
    digest = hashlib.sha256(clip).hexdigest()
    return StoredVideo(key, len(clip), digest, seconds=1.0, width=160, height=90)


async def filmed(
    stories: Stories, storage: ResultStorage, clip: bytes, count: int = 3
) -> list[Job]:
    """Have a storyboard told, and all its scenes made and posted."""
    scenes = await stories.tell(count)
    return [await stories.finish(scene, await keep_clip(storage, scene, clip)) for scene in scenes]
