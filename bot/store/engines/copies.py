"""Whole copies of a SQLite database: made while it is in use, checked before they are used."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bot.errors import ConfigurationError, StoreUnavailableError

_PATIENCE_SECONDS: Final = 30.0
_SIDE_FILES: Final = ("-wal", "-shm")
_NO_COPY: Final = "It is not a backup of this bot."


def expected_bytes(database: Path) -> int:
    """Return about how large a copy will be.

    Raises:
        StoreUnavailableError: The database can't be read.
    """
    with _in_our_words("read"), closing(_open(database)) as connection:
        ((pages,),) = connection.execute("PRAGMA page_count")
        ((page_bytes,),) = connection.execute("PRAGMA page_size")
    return int(pages) * int(page_bytes)


def copy_database(database: Path, target: Path) -> None:
    """Write one moment of `database` to the new file `target`, while others go on writing.

    Raises:
        StoreUnavailableError: The database can't be read, or the copy not be written.
    """
    # For its owner only: prompts are in it. SQLite takes an empty file for a new one.
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with _in_our_words("copied"), closing(_open(database)) as connection:
        ((vacuums,),) = connection.execute("PRAGMA auto_vacuum")
        if not vacuums:
            # A file from before this was the rule; asked again of another, it would be a write.
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("VACUUM INTO ?", (str(target),))


def check_copy(copy: Path, *, thoroughly: bool) -> None:
    """Check that a copy is whole and is one of ours; `thoroughly` looks at every entry.

    Raises:
        ConfigurationError: It is damaged, or something else.
    """
    pragma = "integrity_check" if thoroughly else "quick_check"
    try:
        with closing(_open(copy)) as connection:
            problems = [row[0] for row in connection.execute(f"PRAGMA {pragma}(1)")]
            if problems != ["ok"]:
                raise ConfigurationError(f"{copy.name} is damaged: {problems[0]}")
            revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            connection.execute("SELECT id FROM jobs LIMIT 1")
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"{copy.name} can't be used ({error}). {_NO_COPY}") from error
    if not revisions:
        raise ConfigurationError(f"{copy.name} has no tables of ours. {_NO_COPY}")


def never_submitted(database: Path) -> set[str]:
    """List the jobs that no provider has heard of, so far as `database` can be read at all."""
    try:
        with closing(_open(database)) as connection:
            found = connection.execute("SELECT id FROM jobs WHERE state = 'reserved'")
            return {job_id for (job_id,) in found}
    except sqlite3.Error:
        return set()


def finish(database: Path) -> None:
    """Bring everything into the one file of a database that nobody has open.

    Raises:
        StoreUnavailableError: Somebody has it open after all, or it can't be written.
    """
    with _in_our_words("written"), closing(sqlite3.connect(database, timeout=1)) as connection:
        ((is_busy, *_),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if is_busy:
        raise StoreUnavailableError("The database can't be written: somebody has it open")


def set_aside(database: Path, aside: Path, *, link: Callable[[Path, Path], None] = os.link) -> None:
    """Give a database that nobody has open a second name, with what belongs to it.

    It keeps the first one until another file takes its place, so that at no moment there is no
    database; where the file system knows no links, it is renamed.

    Raises:
        OSError: The folder can't be written, or the second name is taken.
    """
    with suppress(ConfigurationError, StoreUnavailableError):
        # A damaged one is not touched, so that somebody may still save what is in it.
        check_copy(database, thoroughly=False)
        finish(database)
    pairs = [
        (database.with_name(database.name + ending), aside.with_name(aside.name + ending))
        for ending in (*_SIDE_FILES, "")
    ]
    for path, other in pairs:
        if path.exists():
            _link_or_rename(path, other, link)
    for path, _ in pairs[:-1]:
        # It must not lie beside the file that comes.
        path.unlink(missing_ok=True)


def _link_or_rename(path: Path, other: Path, link: Callable[[Path, Path], None]) -> None:
    try:
        link(path, other)
    except FileExistsError:
        raise
    except OSError:
        path.replace(other)


def forget(database: Path) -> None:
    """Remove a copy with what belongs to it."""
    for ending in ("", *_SIDE_FILES):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _open(database: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(database))}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=_PATIENCE_SECONDS, isolation_level=None)


@contextmanager
def _in_our_words(what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailableError(f"The database can't be {what}: {error}") from error
