"""Where finished videos and reference images are kept: a folder with short, safe keys."""

import asyncio
import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self, TypeVar
from urllib.parse import unquote

from bot.errors import ConfigurationError, FetchError

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*(?:/[a-z0-9][a-z0-9_.-]*)*")
"""No segment begins with a dot, so that `..` and the work folder can't be named."""
_WORK: Final = ".work"
_SCHEME: Final = "file://"

_Value = TypeVar("_Value")


class ResultStorage:
    """A folder of files under keys such as `2026/11/<job id>.mp4`.

    A file is either whole under its key or not there: it is made in the work folder,
    synced, and moved in one step. Folders are made for their owner only, because members'
    pictures are in them.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Open the folder that `RESULTS_URL` names, making it if need be.

        Raises:
            ConfigurationError: The address is of another kind, or the folder can't be made.
        """
        folder = unquote(url.removeprefix(_SCHEME))
        if not url.startswith(_SCHEME) or not folder.strip("/") or "\0" in folder:
            msg = "RESULTS_URL must name a folder, such as file://data/results"
            raise ConfigurationError(msg)
        try:
            storage = cls(Path(folder))
            _make_folder(storage._root / _WORK)
        except OSError as error:
            raise ConfigurationError(
                f"RESULTS_URL names a folder that can't be made: {error.strerror}"
            ) from error
        return storage

    def work_path(self, name: str) -> Path:
        """Name the place where a file is written before it is checked and kept."""
        if not _KEY.fullmatch(name) or "/" in name:
            raise ValueError(f"not a work file name: {name!r}")
        return self._root / _WORK / name

    def local_path(self, key: str) -> Path:
        """Name the file under `key`, whether it is there or not.

        Raises:
            ValueError: The key is none of ours, or a link leads out of the folder.
        """
        path = self._root / key
        if not _KEY.fullmatch(key) or not path.resolve().is_relative_to(self._root):
            raise ValueError(f"not a storage key: {key!r}")
        return path

    async def keep(self, path: Path, key: str) -> None:
        """Move the checked file at `path` under `key`, replacing what an earlier try left.

        Raises:
            FetchError: The disk would not take it; not final.
        """
        target = self.local_path(key)
        await _on_disk(lambda: _move(path, target, self._root))

    async def write(self, data: bytes, key: str) -> None:
        """Store `data` under `key`.

        Raises:
            FetchError: The disk would not take it; not final.
        """
        target = self.local_path(key)
        part = self._root / _WORK / f"{key.replace('/', '-')}.part"
        await _on_disk(lambda: _write(data, part, target, self._root))

    async def read(self, key: str) -> bytes:
        """Return the bytes under `key`.

        Raises:
            FetchError: They are gone (final), or the disk can't be read (not final).
        """
        return await _on_disk(self.local_path(key).read_bytes, missing_is_final=True)

    async def remove(self, key: str) -> None:
        """Remove the file under `key`, if it is there.

        Raises:
            FetchError: The disk would not let go of it; not final.
        """
        path = self.local_path(key)
        await _on_disk(lambda: path.unlink(missing_ok=True))

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        """Return the path of the file under `key` once it is sure to be the one we stored.

        Raises:
            FetchError: It changed or is gone (final), or can't be read (not final).
        """
        path = self.local_path(key)
        found = await _on_disk(lambda: _measure(path), missing_is_final=True)
        if found != (size_bytes, sha256):
            raise FetchError("the stored file is not the one that was checked", is_final=True)
        return path

    def free_bytes(self) -> int:
        """Return how much room the disk has left."""
        return shutil.disk_usage(self._root).free


async def _on_disk(work: Callable[[], _Value], *, missing_is_final: bool = False) -> _Value:
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        is_final = missing_is_final and isinstance(error, FileNotFoundError)
        raise FetchError(f"disk: {error.strerror}", is_final=is_final) from error


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def _write(data: bytes, part: Path, target: Path, root: Path) -> None:
    try:
        _make_folder(part.parent)
        part.write_bytes(data)
        _move(part, target, root)
    finally:
        part.unlink(missing_ok=True)


def _move(source: Path, target: Path, root: Path) -> None:
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    _make_folder(target.parent)
    source.replace(target)
    # A rename lasts once the folder that holds the name is synced, and a new folder
    # once its own parent is.
    folder = target.parent
    _sync_folder(folder)
    while folder != root:
        folder = folder.parent
        _sync_folder(folder)


def _make_folder(folder: Path) -> None:
    # `mkdir(parents=True)` gives its mode to the last folder only.
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
