"""Connections: one writer that takes its lock at BEGIN, and readers that cannot write.

On SQLite the writer is a single connection (WAL, `synchronous=FULL`, `BEGIN IMMEDIATE`), so
that tasks take turns and a commit is on the disk before anybody acts on it. On another engine
both are the same pool; nothing outside this file knows the difference.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.connection import SqliteConnections

_READERS: Final = 4
_PATIENCE: Final = timedelta(seconds=5)


class Database:
    """The two ways into the tables."""

    def __init__(
        self, writer: AsyncEngine, reader: AsyncEngine, connections: SqliteConnections
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._connections = connections

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open one transaction that commits at the end, or not at all.

        Raises:
            StoreUnavailableError: The database did not answer or has no room.
        """
        with _out_of_use("written"):
            async with self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open one consistent view.

        Raises:
            StoreUnavailableError: The database did not answer.
        """
        with _out_of_use("read"):
            async with self._reader.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()
        await self._connections.end()


@contextmanager
def _out_of_use(what: str) -> Iterator[None]:
    try:
        yield
    except (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError):
        raise  # the statement is at fault, not the database
    except (sa.exc.DatabaseError, sa.exc.TimeoutError, sa.exc.InterfaceError) as error:
        raise StoreUnavailableError(f"The database can't be {what}: {error.args[0]}") from error


def sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite URL, None for any other engine.

    Raises:
        ConfigurationError: The URL can't be read, or names no file.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigurationError(
            "DATABASE_URL can't be read. An example: sqlite+aiosqlite:///data/bot.sqlite3"
        ) from None
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise ConfigurationError("DATABASE_URL must name a file: a bot forgets nothing.")
    return Path(parsed.database)


@asynccontextmanager
async def open_database(url: str, *, patience: timedelta = _PATIENCE) -> AsyncIterator[Database]:
    """Open the database at `url`, making the file where there is none.

    Each transaction has `patience` with a foreign process that holds SQLite's write lock.

    Raises:
        ConfigurationError: The URL is not one that this bot can open.
        StoreUnavailableError: A foreign process holds the write lock.
    """
    path = sqlite_path(url)
    if path is None:
        raise ConfigurationError(
            "DATABASE_URL names an engine that this version can't open. "
            "Use sqlite+aiosqlite:///data/bot.sqlite3"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The folder of the database can't be made ({error.strerror}). "
            "Choose another DATABASE_URL, or give the bot the right to write there."
        ) from error
    connections = SqliteConnections(path, patience)
    writer = _sqlite_engine(connections, pool_size=1, read_only=False)
    reader = _sqlite_engine(connections, pool_size=_READERS, read_only=True)
    database = Database(writer, reader, connections)
    try:
        await _make_file(database)
        yield database
    finally:
        await database.close()


async def _make_file(database: Database) -> None:
    # A reader finds no file before a writer has made one.
    try:
        async with database.write():
            pass
    except StoreUnavailableError as error:
        match error.__cause__:
            case sa.exc.DBAPIError(orig=sqlite3.Error(sqlite_errorcode=sqlite3.SQLITE_BUSY)):
                raise
        raise ConfigurationError(
            f"{error}. Choose another DATABASE_URL, or give the bot the right to write there."
        ) from error


def _sqlite_engine(
    connections: SqliteConnections, *, pool_size: int, read_only: bool
) -> AsyncEngine:
    engine = create_async_engine(
        sa.URL.create("sqlite+aiosqlite", database=str(connections.path)),
        async_creator=lambda: connections.open(read_only=read_only),
        hide_parameters=True,  # prompts and signed addresses are among them
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        # The driver's own implicit BEGIN would take the lock too late.
        connection.isolation_level = None
        cursor = connection.cursor()
        if not read_only:
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
