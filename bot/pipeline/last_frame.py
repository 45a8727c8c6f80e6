"""The last frame of a finished video, as a picture that another video can begin with."""

from pathlib import Path
from typing import Protocol

from bot.domain import Job, UploadedImage
from bot.media.last_frame import FrameTaker


class VideoSource(Protocol):
    """The storage, as far as videos are looked at."""

    def work_path(self, name: str) -> Path:
        """Name a place for a file that nobody misses."""
        ...

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        """Return where the file is on this machine, once it is sure to be the right one.

        Raises:
            FetchError: It changed or is gone (final), or can't be read (not final).
        """
        ...


class LastFrames:
    """Reads a stored video and takes its end."""

    def __init__(self, files: VideoSource, taker: FrameTaker) -> None:
        self._files = files
        self._taker = taker

    async def of(self, job: Job) -> UploadedImage:
        """Return the last frame of the stored video of `job`, to be cleaned as any upload.

        Raises:
            FetchError: The file is gone (final), or this machine had trouble (not final).
            NotAVideoError: No frame is to be found in it.
        """
        video = job.video
        assert video is not None  # noqa: S101 - who asks has seen that there is one
        path = await self._files.verify(video.key, sha256=video.sha256, size_bytes=video.size_bytes)
        return await self.of_file(path, job.id)

    async def of_file(self, path: Path, job_id: str) -> UploadedImage:
        """Return the last frame of a file that is on this machine.

        Raises:
            FetchError: This machine had trouble; not final.
            NotAVideoError: No frame is to be found in it.
        """
        return await self._taker.last(path, self._files.work_path(f"{job_id}-last.png"))
