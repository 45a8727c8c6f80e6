"""The forms that a stored video can take: as it is, smaller, behind our link or the service's."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import Job, StoredVideo
from bot.errors import FetchError, ShrinkError
from bot.media.shrink import Shrinker, ShrunkVideo
from bot.pipeline.service_links import ServiceLinks
from bot.posting.forms import AttachedVideo, LinkedVideo
from bot.posting.marks import video_name

log = logging.getLogger(__name__)

_LINK_LIFE: Final = timedelta(days=7)
"""The longest that a signed link of S3 may live."""
_ENCODINGS: Final = 5
"""How often this machine may have trouble with making one video smaller."""
_SHORTEST_LIFE: Final = timedelta(hours=1)
"""Of a file that the next sweep may delete."""


class VideoFiles(Protocol):
    """Our storage, as delivery needs it."""

    def work_path(self, name: str) -> Path:
        """Name a place for a file that nobody misses."""
        ...

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        """Return where the file is on this machine, once it is sure to be the right one.

        Raises:
            FetchError: It changed or is gone (final), or can't be read (not final).
        """
        ...

    async def link_for(self, key: str, expires: timedelta) -> str | None:
        """Return an address by which anybody can fetch the file, if there is such.

        Raises:
            FetchError: None can be made at this moment.
        """
        ...


class VideoForms:
    """Finds the form that fits; what was made smaller is kept until `forget`.

    `kept_for` is after how long the file of a job that is over is deleted; None is never.
    """

    def __init__(
        self,
        files: VideoFiles,
        shrinker: Shrinker | None,
        links: ServiceLinks,
        clock: Clock,
        *,
        kept_for: timedelta | None = None,
    ) -> None:
        self._files = files
        self._shrinker = shrinker
        self._links = links
        self._clock = clock
        self._kept_for = kept_for
        self._shrunk: dict[str, ShrunkVideo] = {}
        self._impossible: dict[str, tuple[int, ShrinkError]] = {}
        """The most bytes into which a video would not go, and why; all three by its name."""
        self._troubles: Counter[str] = Counter()

    async def attached(self, job: Job, room_bytes: int) -> AttachedVideo | None:
        """Return the video in at most `room_bytes`; None when it is not to be made smaller.

        Raises:
            FetchError: The file is not what was stored (final), or can't be read.
            ShrinkerBusyError: Ask again in a moment.
            ShrinkError: It can't be made so small.
        """
        video = _video(job)
        path = await self._files.verify(video.key, sha256=video.sha256, size_bytes=video.size_bytes)
        if video.size_bytes <= room_bytes:
            return AttachedVideo(path, video.size_bytes)
        if self._shrinker is None:
            return None
        shrunk = self._shrunk.get(video_name(job))
        # Work files are swept after a day, and Discord may be away for longer.
        is_there = shrunk is not None and await asyncio.to_thread(shrunk.path.is_file)
        if shrunk is None or not is_there or shrunk.size_bytes > room_bytes:
            shrunk = await self._shrink(self._shrinker, job, path, room_bytes)
            self._shrunk[video_name(job)] = shrunk
        return AttachedVideo(shrunk.path, shrunk.size_bytes, is_shrunk=True)

    async def links(self, job: Job) -> AsyncIterator[LinkedVideo]:
        """Find links to the video, the better one first."""
        stays = self._stays(job)
        life = _LINK_LIFE if stays is None else min(_LINK_LIFE, stays)
        try:
            url = await self._files.link_for(_video(job).key, life)
        except FetchError as error:
            log.warning("Job %s: no link to the stored video: %s", job.id, error)
            url = None
        if url is not None:
            # A signed link carries its signature as a query; a public one lasts like the file.
            ends = life if "?" in url else stays
            expires_at = None if ends is None else self._clock.now() + ends
            yield LinkedVideo(url, is_ours=True, expires_at=expires_at)
        service = await self._links.find(job)
        if service is not None:
            yield service

    def _stays(self, job: Job) -> timedelta | None:
        """Say how long the stored file is there at least, as far as its age decides."""
        if self._kept_for is None:
            return None
        return max(job.updated_at + self._kept_for - self._clock.now(), _SHORTEST_LIFE)

    async def forget(self, job: Job) -> None:
        """Remove what was made smaller for a job: its message is settled."""
        self._impossible.pop(video_name(job), None)
        self._troubles.pop(video_name(job), None)
        shrunk = self._shrunk.pop(video_name(job), None)
        if shrunk is not None:
            with suppress(OSError):
                await asyncio.to_thread(shrunk.path.unlink)

    async def _shrink(
        self, shrinker: Shrinker, job: Job, path: Path, room_bytes: int
    ) -> ShrunkVideo:
        """Encode, unless that is known to be in vain: each try costs minutes, at each place."""
        too_few_bytes, reason = self._impossible.get(video_name(job), (0, None))
        if reason is not None and room_bytes <= too_few_bytes:
            raise reason
        if self._troubles[video_name(job)] >= _ENCODINGS:
            raise ShrinkError("the encoder had trouble too often", is_final=True)
        try:
            return await shrinker.shrink(
                path,
                self._files.work_path(f"small-{video_name(job)}"),
                target_bytes=room_bytes,
                seconds=_video(job).seconds,
            )
        except ShrinkError as error:
            if error.is_final:
                self._impossible[video_name(job)] = (room_bytes, error)
            else:
                self._troubles[video_name(job)] += 1
            raise


def _video(job: Job) -> StoredVideo:
    assert job.video is not None  # noqa: S101 - a check of the table holds it
    return job.video
