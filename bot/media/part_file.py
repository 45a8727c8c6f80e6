"""A file that is coming in: beside its place until it is whole."""

import asyncio
import errno
import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot.errors import StorageError


class PartFile:
    """The file as it comes in: beside its place, and in its place once it is whole."""

    def __init__(self, destination: Path) -> None:
        self._destination = destination
        # A worker that was held up past its lease may still write when the next one begins.
        self._path = destination.with_name(f"{destination.name}.{secrets.token_hex(4)}.part")
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    async def write(self, piece: bytes) -> None:
        """Add `piece` at the end."""
        await _on_disk(lambda: self._append(piece))

    @property
    def sha256(self) -> str:
        """The digest of what came in so far."""
        return self._digest.hexdigest()

    async def finish(self) -> None:
        """Make the file lasting and move it into its place."""
        await _on_disk(self._move)

    def discard(self) -> None:
        """Remove what did not reach its place."""
        with suppress(OSError):
            self._path.unlink()

    def _append(self, piece: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(piece)
        self._digest.update(piece)
        self.size_bytes += len(piece)

    def _move(self) -> None:
        with self._path.open("rb+") as file:
            # The digest is of what was written, so nothing else may be in the file.
            if os.fstat(file.fileno()).st_size != self.size_bytes:
                raise OSError(errno.EIO, "the file changed while it came in")
            os.fsync(file.fileno())
        self._path.replace(self._destination)


async def _on_disk(step: Callable[[], None]) -> None:
    work = asyncio.ensure_future(asyncio.to_thread(step))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        # A thread can't be stopped; the file may be removed once it has ended.
        await asyncio.gather(work, return_exceptions=True)
        raise
    except OSError as error:
        raise StorageError(f"disk: {error.strerror}", is_final=False) from error
