"""Makes backups while the bot runs, checks each after writing it, and keeps the newest."""

import asyncio
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.errors import ConfigurationError, StorageError
from bot.media.folder import sync_folder
from bot.media.storage import open_storage
from bot.media.work import make_folder
from bot.ops.backups.backup_tar import pack, packed_bytes
from bot.ops.backups.postgres_dump import dump
from bot.settings import Settings
from bot.store.engines.copies import check_copy, copy_database, expected_bytes, forget
from bot.store.engines.engine import sqlite_path

NAME: Final = re.compile(r"grok-bot-(\d{8}-\d{6})\.(?:sqlite3|tar|pgdump)")
_MOMENT: Final = "%Y%m%d-%H%M%S"
_LOOK_SECONDS: Final = 0.1
_DAY_SECONDS: Final = 86_400
_BESIDES_BYTES: Final = 50_000_000
"""What the disk must have left beside the backup, so that the bot can go on."""

Watch = Callable[[int, int], None]
"""Told how many bytes of how many are done; 0 when nobody knows how many."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One that is written and checked."""

    path: Path
    size_bytes: int
    removed: tuple[Path, ...] = ()
    """Older ones that went to make room for it."""


def backup_folder(settings: Settings) -> Path:
    """Say where backups go unless the operator names another place."""
    return settings.backup_dir or settings.data_dir / "backups"


def backups_in(folder: Path) -> list[tuple[datetime, Path]]:
    """List the backups in a folder with the moment of each, the oldest first."""
    found = []
    for path in folder.glob("grok-bot-*"):
        match = NAME.fullmatch(path.name)
        if match is not None:
            moment = datetime.strptime(f"{match[1]}+0000", f"{_MOMENT}%z")
            found.append((moment, path))
    return sorted(found)


async def back_up(
    settings: Settings,
    clock: Clock,
    *,
    folder: Path | None = None,
    with_results: bool = False,
    keep: int | None = None,
    watch: Watch = lambda _done, _total: None,
) -> Backup:
    """Write a backup into `folder`, check it, and remove those beyond the `keep` newest.

    Raises:
        ConfigurationError: It can't be made with these settings, or there is no room for it.
        StoreUnavailableError: The database can't be read.
        StorageError: The folder can't be written.
    """
    target = folder or backup_folder(settings)
    name = f"grok-bot-{clock.now():{_MOMENT}}"
    try:
        make_folder(target)
        part = target / f".{name}.part"
        try:
            ending = await _write(settings, part, with_results=with_results, watch=watch)
            done = await asyncio.to_thread(_finish, part, target / f"{name}{ending}")
        finally:
            forget(part)
        how_many = settings.backup_keep if keep is None else keep
        removed = _remove_old(target, how_many, spare=done)
    except OSError as error:
        text = f"the backup can't be written to {target}: {error.strerror}"
        raise StorageError(text, is_final=False) from error
    return Backup(done, done.stat().st_size, tuple(removed))


async def _write(settings: Settings, part: Path, *, with_results: bool, watch: Watch) -> str:
    """Write the backup to `part` and return the ending of its name."""
    root = open_storage(settings).folder if with_results else None
    if with_results and root is None:
        raise ConfigurationError(
            "The results are in a bucket. Copy it with the tools of its service, "
            "and leave --with-results out."
        )
    database = sqlite_path(settings.database_url)
    if database is None:
        if with_results:
            raise ConfigurationError("With PostgreSQL, copy the folder of the results by itself.")
        await _dump(settings.database_url, part, watch)
        return ".pgdump"
    if not database.exists():
        raise ConfigurationError(f"There is no database at {database} yet.")
    if root is None:
        await _copy(database, part, watch)
        return ".sqlite3"
    inner = part.with_name(f"{part.name}-database")
    try:
        await _copy(database, inner, lambda _done, _total: None)
        await _pack(inner, root, part, watch)
    finally:
        forget(inner)
    return ".tar"


async def _pack(database: Path, results: Path, part: Path, watch: Watch) -> None:
    is_given_up = threading.Event()

    def report(done: int, total: int) -> None:
        # A thread can't be stopped from outside, and packing may take many minutes.
        if is_given_up.is_set():
            raise StorageError("the backup was given up", is_final=False)
        watch(done, total)

    needed = await asyncio.to_thread(packed_bytes, database, results)
    _check_room(part.parent, needed)
    try:
        await asyncio.to_thread(pack, database, results, part, report)
    finally:
        is_given_up.set()


async def _copy(database: Path, copy: Path, watch: Watch) -> None:
    size = expected_bytes(database)
    _check_room(copy.parent, size)
    copying = asyncio.create_task(asyncio.to_thread(copy_database, database, copy))
    try:
        while not copying.done():
            await asyncio.wait({copying}, timeout=_LOOK_SECONDS)
            watch(min(_written(copy), size), size)
        await copying
    finally:
        # A thread can't be stopped; its file may be removed once it has ended.
        await asyncio.gather(copying, return_exceptions=True)
    await asyncio.to_thread(check_copy, copy, thoroughly=False)
    watch(size, size)


async def _dump(url: str, part: Path, watch: Watch) -> None:
    dumping = asyncio.create_task(dump(url, part))
    try:
        while not dumping.done():
            await asyncio.wait({dumping}, timeout=_LOOK_SECONDS)
            watch(_written(part), 0)
        await dumping
    finally:
        dumping.cancel()
        await asyncio.gather(dumping, return_exceptions=True)
    watch(_written(part), _written(part))


def _written(copy: Path) -> int:
    return copy.stat().st_size if copy.exists() else 0


def _check_room(folder: Path, needed: int) -> None:
    facts = os.statvfs(folder)
    free = facts.f_bavail * facts.f_frsize
    if free < needed + _BESIDES_BYTES:
        raise ConfigurationError(
            f"There is no room for the backup in {folder}: it needs about "
            f"{needed / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free."
        )


def _finish(part: Path, target: Path) -> Path:
    part.chmod(0o600)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
    sync_folder(target.parent)
    return target


def _remove_old(folder: Path, keep: int, *, spare: Path) -> list[Path]:
    """Remove what newer backups make needless, and what crashed ones left.

    The one just made is spared: a clock that was ahead gave others later dates.
    """
    others = [path for _, path in backups_in(folder) if path != spare]
    old = others[: max(0, len(others) - keep + 1)] if keep else []
    yesterday = time.time() - _DAY_SECONDS
    left = [path for path in folder.glob(".grok-bot-*") if path.stat().st_mtime < yesterday]
    for path in (*old, *left):
        path.unlink(missing_ok=True)
    return old
