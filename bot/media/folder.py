"""Results in a folder of this machine: each file is whole and synced, or not there."""

import hashlib
import os
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from bot.errors import FetchError
from bot.media.work import WorkFolder, make_folder, on_disk, remove_files

KEY: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*(?:/[a-z0-9][a-z0-9_.-]*)*")
"""No segment begins with a dot, so that `..` and the work folder can't be named."""
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file as it lies in the storage."""

    key: str
    size_bytes: int
    changed_at: datetime


class LocalFolder:
    """A folder of files, open to its owner only, because members' pictures are in it."""

    def __init__(self, root: Path, work: WorkFolder) -> None:
        self.root = root
        self._work = work

    def path(self, key: str) -> Path:
        """Name the file under `key`, whether it is there or not.

        Raises:
            ValueError: A link leads out of the folder.
        """
        path = self.root / key
        if not path.resolve().is_relative_to(self.root):
            raise ValueError(f"not a storage key: {key!r}")
        return path

    async def keep(self, path: Path, key: str) -> None:
        """Move the file at `path` under `key`."""
        target = self.path(key)
        await on_disk(lambda: _move(path, target, self.root))

    async def write(self, data: bytes, key: str) -> None:
        """Store `data` under `key`."""
        target = self.path(key)
        part = self._work.part(key.replace("/", "-"))
        await on_disk(lambda: _write(data, part, target, self.root))

    async def read(self, key: str) -> bytes:
        """Return the bytes under `key`."""
        return await on_disk(self.path(key).read_bytes, missing_is_final=True)

    async def remove(self, keys: Sequence[str]) -> None:
        """Remove those that are there."""
        paths = [self.path(key) for key in keys]
        await on_disk(lambda: remove_files(paths))

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        """Return the path of the file once it is sure to be the one that was stored."""
        path = self.path(key)
        found = await on_disk(lambda: measure(path), missing_is_final=True)
        if found != (size_bytes, sha256):
            raise FetchError("the stored file is not the one that was checked", is_final=True)
        return path

    async def sign(self, key: str, seconds: int) -> str | None:
        """A folder has no links."""
        return None

    async def files(self) -> AsyncIterator[Sequence[KeptFile]]:
        """List what is there, page by page, whoever put it there."""
        listing = _walk(self.root)
        while page := await on_disk(lambda: list(islice(listing, _PAGE))):
            yield page


def measure(path: Path) -> tuple[int, str]:
    """Return the size of a file in bytes and its sha256."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def _walk(root: Path) -> Iterator[KeptFile]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            try:
                facts = path.lstat()
            except FileNotFoundError:
                continue  # removed while this list is made
            moment = datetime.fromtimestamp(facts.st_mtime, UTC)
            yield KeptFile(path.relative_to(root).as_posix(), facts.st_size, moment)


def _write(data: bytes, part: Path, target: Path, root: Path) -> None:
    try:
        make_folder(part.parent)
        part.write_bytes(data)
        _move(part, target, root)
    finally:
        part.unlink(missing_ok=True)


def _move(source: Path, target: Path, root: Path) -> None:
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    make_folder(target.parent)
    source.replace(target)
    # A rename lasts once the folder that holds the name is synced, and a new folder
    # once its own parent is.
    folder = target.parent
    sync_folder(folder)
    while folder != root:
        folder = folder.parent
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
