"""One process at a time on one SQLite file: two would both answer every command."""

import fcntl
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, TextIO

from bot.clock import Clock
from bot.errors import ConfigurationError

log = logging.getLogger(__name__)

_RETRY_SECONDS: Final = 0.5


@asynccontextmanager
async def hold_alone(database: Path, clock: Clock) -> AsyncIterator[None]:
    """Hold the lock beside `database`, waiting for the process that has it.

    The system frees the lock when its holder ends, however it ends.

    Raises:
        ConfigurationError: The folder of the database can't be written.
    """
    with _lock_file(database) as file:
        is_waiting = False
        while not _is_locked(file):
            if not is_waiting:
                log.warning("Another process uses this database; waiting until it ends")
                is_waiting = True
            await clock.sleep(_RETRY_SECONDS)
        yield


@contextmanager
def hold_at_once(database: Path) -> Iterator[None]:
    """Hold the lock beside `database`, for work that the bot must not see.

    Raises:
        ConfigurationError: A bot runs on it, or the folder can't be written.
    """
    with _lock_file(database) as file:
        if not _is_locked(file):
            raise ConfigurationError("The bot runs on this database. Stop it first.")
        yield


def _lock_file(database: Path) -> TextIO:
    path = database.with_name(f"{database.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a")
    except OSError as error:
        raise ConfigurationError(
            f"The folder of the database can't be written ({error.strerror}). "
            "Choose another DATABASE_URL, or give the bot the right to write there."
        ) from error


def _is_locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
