"""Goes back to a backup: verified first, made safe, and with the replaced database kept aside."""

import asyncio
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.clock import Clock
from bot.errors import ConfigurationError, StorageError
from bot.media.folder import sync_folder
from bot.media.storage import ResultStorage, open_storage
from bot.ops.backups.backup_tar import unpacking
from bot.ops.backups.postgres_restore import restore_server
from bot.settings import Settings
from bot.store.engines.copies import check_copy, finish, forget, never_submitted, set_aside
from bot.store.engines.engine import open_database, sqlite_path
from bot.store.engines.instance import hold_at_once
from bot.store.engines.restored import Reopened, make_safe
from bot.store.migrate import migrate

Step = Callable[[str], None]
"""Told what is being done."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that the bot will go on from."""

    rows: Reopened
    aside: Path | None
    """Where the database is that was replaced; None when there was none."""
    results: int
    """Files that were in the backup and not in the storage."""


async def restore(
    settings: Settings, clock: Clock, backup: Path, *, step: Step = lambda _what: None
) -> Restored:
    """Replace the database by the one in `backup`.

    Raises:
        ConfigurationError: The bot runs, or the backup will not do; nothing was changed.
        StoreUnavailableError: The database can't be written; nothing was changed.
        StorageError: The disk would not; the database is the old one or the new one, whole.
    """
    check_is_file(backup)
    database = sqlite_path(settings.database_url)
    if database is None:
        rows, aside = await restore_server(settings, clock, backup, step)
        return Restored(rows, aside, results=0)
    candidate = database.with_name(f"{database.name}.restoring")
    with hold_at_once(database):
        forget(candidate)
        try:
            return await _restore(settings, clock, backup, candidate, database, step)
        except OSError as error:
            raise StorageError(f"disk: {error.strerror}", is_final=False) from error
        finally:
            forget(candidate)


async def _restore(
    settings: Settings, clock: Clock, backup: Path, candidate: Path, database: Path, step: Step
) -> Restored:
    step("Reading the backup")
    with unpacking(backup, candidate) as results:
        step("Checking the database in it")
        check_copy(candidate, thoroughly=True)
        async with open_database(f"sqlite+aiosqlite:///{candidate}") as opened:
            await migrate(opened)
            rows = await make_safe(opened, clock, never_submitted(database))
        finish(candidate)
        check_copy(candidate, thoroughly=False)
        step("Putting results back")
        count = await _put_back(open_storage(settings), results)
    step("Replacing the database")
    aside = database.with_name(f"{database.name}.before-{clock.now():%Y%m%d-%H%M%S}")
    is_replaced = await asyncio.to_thread(_replace, database, candidate, aside)
    return Restored(rows, aside if is_replaced else None, count)


def check_is_file(backup: Path) -> None:
    """Check that there is something to restore.

    Raises:
        ConfigurationError: There is not.
    """
    if not backup.is_file():
        raise ConfigurationError(f"There is no file {backup}.")


def _replace(database: Path, candidate: Path, aside: Path) -> bool:
    """Put `candidate` in the place of `database`; tell whether there was one."""
    is_replaced = database.exists()
    if is_replaced:
        set_aside(database, aside)
    candidate.replace(database)
    sync_folder(database.parent)
    return is_replaced


async def _put_back(storage: ResultStorage, results: Iterable[tuple[str, IO[bytes]]]) -> int:
    """Keep the files that are not in the storage; one that is there is never replaced."""
    there = {file.key async for page in storage.files() for file in page}
    count = 0
    for key, file in results:
        with file:
            if key in there:
                continue
            work = storage.work_path(f"restored-{key.replace('/', '-')}")
            with work.open("wb") as copy:
                shutil.copyfileobj(file, copy)
        await storage.keep(work, key)
        count += 1
    return count
