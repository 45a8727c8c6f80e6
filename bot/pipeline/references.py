"""Reads the reference images of a job back from where they were kept."""

from typing import Protocol

from bot.domain import CleanImage, Job


class ReferenceFiles(Protocol):
    """Where cleaned reference images are read from."""

    async def read(self, key: str) -> bytes:
        """Return the bytes under `key`."""
        ...


async def read_references(files: ReferenceFiles, job: Job) -> tuple[CleanImage, ...]:
    """Return the cleaned images of `job`, in their order.

    Raises:
        FetchError: One is gone (final), or can't be read (not final).
    """
    return tuple(
        [
            CleanImage(await files.read(image.key), image.media_type, image.width, image.height)
            for image in job.references
        ]
    )
