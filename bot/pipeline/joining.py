"""The end of a storyboard: the scenes that there are become one video, and it is owed."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.domain import Job, Joining, StoredVideo
from bot.errors import FetchError, JoinError, StaleJobError, StorageError
from bot.media.join import Joiner
from bot.media.storage import ResultStorage
from bot.media.work import on_disk
from bot.pipeline.backoff import backoff
from bot.store.community.stories import FEWEST
from bot.store.community.storyboards import StoryboardStore

log = logging.getLogger(__name__)

_LEASE: Final = timedelta(minutes=11)
"""Longer than the runner gives a round."""
_TRIES: Final = 12
"""How often it may be begun, also where it ended with the whole process."""
_FLOOR: Final = timedelta(seconds=5)
_CAP: Final = timedelta(minutes=10)
_TIMES: Final = 3
"""How much larger than its parts a joined file may be for a moment."""


class JoinRound:
    """Joins one storyboard a round; what breaks off is found again by its lease.

    `room_bytes` is what the disk must have left over.
    """

    def __init__(
        self,
        store: StoryboardStore,
        storage: ResultStorage,
        joiner: Joiner,
        clock: Clock,
        *,
        room_bytes: int,
    ) -> None:
        self._store = store
        self._storage = storage
        self._joiner = joiner
        self._clock = clock
        self._room_bytes = room_bytes

    async def round(self) -> None:
        """Join the storyboard that is due first, if there is one."""
        joining = await self._store.claim(_LEASE)
        if joining is None:
            return
        try:
            await self._take(joining)
        except StaleJobError as error:
            log.info("Somebody else changed a storyboard first: %s", error)

    async def _take(self, joining: Joining) -> None:
        number = joining.story.id
        if joining.story.attempts > _TRIES:
            log.error("Storyboard %d is not joined: it was begun too often", number)
            await self._store.give_up(joining)
            return
        try:
            present, paths = await self._parts(joining)
            if len(present) < FEWEST:
                log.error("Storyboard %d is not joined: its files are gone", number)
                await self._store.give_up(joining)
                return
            video = await self._join(present, paths)
        except FetchError as error:
            # The parts can't be read or the whole can't be kept: that is no try of joining.
            log.error("Storyboard %d waits: %s", number, error)
            await self._store.retry(joining, self._clock.now() + _CAP, counts=False)
        except JoinError as error:
            if error.is_final:
                log.error("Storyboard %d can't be joined: %s", number, error)
                await self._store.give_up(joining)
                return
            log.warning("Storyboard %d is joined later: %s", number, error)
            pause = backoff(joining.story.attempts - 1, floor=_FLOOR, cap=_CAP)
            await self._store.retry(joining, self._clock.now() + pause)
        else:
            await self._store.mark_joined(replace(joining, scenes=tuple(present)), video)
            log.info("Storyboard %d is joined of %d scenes", number, len(present))

    async def _parts(self, joining: Joining) -> tuple[list[Job], list[Path]]:
        """Find the files on this machine; one that is gone for good is left out."""
        present, paths = list[Job](), list[Path]()
        for scene in joining.scenes:
            video = _video(scene)
            try:
                path = await self._storage.verify(
                    video.key, sha256=video.sha256, size_bytes=video.size_bytes
                )
            except FetchError as error:
                if not error.is_final:
                    raise
                log.error("The video of scene %s is gone: %s", scene.id, error)
                continue
            present.append(scene)
            paths.append(path)
        return present, paths

    async def _join(self, scenes: Sequence[Job], paths: Sequence[Path]) -> StoredVideo:
        first, videos = scenes[0], [_video(scene) for scene in scenes]
        together = sum(video.size_bytes for video in videos)
        if self._storage.free_bytes() < together * _TIMES + self._room_bytes:
            raise StorageError("there is no room on the disk", is_final=False)
        work = self._storage.work_path(f"{first.id}-joined.mp4")
        seconds = sum(video.seconds for video in videos)
        facts = await self._joiner.join(paths, work, seconds=seconds)
        size_bytes, sha256 = await on_disk(lambda: _measured(work))
        key = f"{first.created_at:%Y/%m}/{first.id}-joined.mp4"
        await self._storage.keep(work, key)
        return StoredVideo(
            key=key,
            size_bytes=size_bytes,
            sha256=sha256,
            seconds=facts.seconds,
            width=facts.width,
            height=facts.height,
        )


def _video(scene: Job) -> StoredVideo:
    assert scene.video is not None  # noqa: S101 - only such scenes are claimed
    return scene.video


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return path.stat().st_size, digest.hexdigest()
