"""The work folder: where files are on the local disk before they are kept."""

import asyncio
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from bot.errors import StorageError

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*")

Value = TypeVar("Value")


class WorkFolder:
    """A folder of files that nobody misses: whatever is in it can be had again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self) -> None:
        """Make the folder, for its owner only."""
        make_folder(self._folder)

    def path(self, name: str) -> Path:
        """Name the place of one file.

        Raises:
            ValueError: It is not a plain name.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a work file name: {name!r}")
        return self._folder / name

    def part(self, name: str) -> Path:
        """Name a file that nobody else writes at the same time."""
        return self.path(f"{name}.{secrets.token_hex(4)}.part")

    def free_bytes(self) -> int:
        """Return how much room the disk has left; none when the folder can't be made again."""
        try:
            make_folder(self._folder)
            return shutil.disk_usage(self._folder).free
        except OSError:
            return 0

    async def older_than(self, moment: datetime) -> list[Path]:
        """List the files that nobody has touched since `moment`.

        Raises:
            StorageError: The folder can't be read; not final.
        """
        return await on_disk(lambda: _old_files(self._folder, moment.timestamp(), ""))

    async def drop(self, prefix: str, *, after_seconds: float) -> None:
        """Remove the files with that beginning of their name which are that old.

        Raises:
            StorageError: The disk would not let go of them; not final.
        """
        oldest = time.time() - after_seconds
        await on_disk(lambda: remove_files(_old_files(self._folder, oldest, prefix)))


async def on_disk(work: Callable[[], Value], *, missing_is_final: bool = False) -> Value:
    """Do `work` in a thread.

    Raises:
        StorageError: The disk would not; final when a missing file was to be read.
    """
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        is_final = missing_is_final and isinstance(error, FileNotFoundError)
        raise StorageError(f"disk: {error.strerror}", is_final=is_final) from error


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each for its owner only."""
    # `mkdir(parents=True)` gives its mode to the last folder only.
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def remove_files(paths: list[Path]) -> None:
    """Remove each that is still there."""
    for path in paths:
        path.unlink(missing_ok=True)


def _old_files(folder: Path, oldest: float, prefix: str) -> list[Path]:
    found = []
    for path in folder.glob(f"{prefix}*"):
        # Another delivery or the sweep may remove it at any moment.
        with suppress(FileNotFoundError):
            facts = path.stat()
            if stat.S_ISREG(facts.st_mode) and facts.st_mtime < oldest:
                found.append(path)
    return found
