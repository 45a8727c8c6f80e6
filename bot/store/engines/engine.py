"""Connections: one writer that takes its lock at BEGIN, and readers that cannot write.

On SQLite the writer is a single connection (WAL, `synchronous=FULL`, `BEGIN IMMEDIATE`), so
that tasks take turns and a commit is on the disk before anybody acts on it. On PostgreSQL
both are the same pool.
"""

import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.engines.connection import SqliteConnections
from bot.store.engines.server import open_server, server_errors

_READERS: Final = 4
_PATIENCE: Final = timedelta(seconds=5)


class Database:
    """The two ways into the tables."""

    def __init__(
        self,
        writer: AsyncEngine,
        reader: AsyncEngine,
        errors: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._errors = errors

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open one transaction that commits at the end, or not at all.

        Raises:
            StoreUnavailableError: The database did not answer or has no room.
        """
        with self._errors("written"):
            async with self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open one consistent view.

        Raises:
            StoreUnavailableError: The database did not answer.
        """
        with self._errors("read"):
            async with self._reader.begin() as connection:
                yield connection

    async def try_writing(self) -> None:
        """Make a table and remove it again, to know rather than to guess.

        Raises:
            StoreUnavailableError: The database did not answer, or may not be written.
        """
        name = f"trial_{secrets.token_hex(4)}"
        async with self.write() as connection:
            await connection.execute(sa.text(f"CREATE TABLE {name} (id INTEGER)"))
            await connection.execute(sa.text(f"DROP TABLE {name}"))


@contextmanager
def _sqlite_errors(what: str) -> Iterator[None]:
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
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise ConfigurationError("DATABASE_URL must name a file: a bot forgets nothing.")
    return Path(parsed.database)


@asynccontextmanager
async def open_database(url: str, *, patience: timedelta = _PATIENCE) -> AsyncIterator[Database]:
    """Open the database at `url`; SQLite's file is made where there is none.

    Each transaction has `patience` with others that hold SQLite's write lock, or a row.

    Raises:
        ConfigurationError: The URL is not one that this bot can open.
        StoreUnavailableError: The database is out of reach, or another process holds its lock.
    """
    path = sqlite_path(url)
    if path is not None:
        async with _open_file(path, patience) as database:
            yield database
        return
    parsed = _parsed(url)
    if parsed.get_backend_name() != "postgresql":
        raise ConfigurationError(
            "DATABASE_URL names an engine that this version can't open. Use "
            "sqlite+aiosqlite:///data/bot.sqlite3 or postgresql+asyncpg://user:password@host/name"
        )
    async with open_server(parsed, patience) as engine:
        reader = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        yield Database(engine, reader, server_errors)


def _parsed(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigurationError(
            "DATABASE_URL can't be read. An example: sqlite+aiosqlite:///data/bot.sqlite3"
        ) from None


@asynccontextmanager
async def _open_file(path: Path, patience: timedelta) -> AsyncIterator[Database]:
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
    database = Database(writer, reader, _sqlite_errors)
    try:
        await _make_file(database)
        yield database
    finally:
        await reader.dispose()
        await writer.dispose()
        await connections.end()


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
            # Before the first page is written; a file that has pages stays as it is.
            cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
        # SQLite's own knows A to Z only (SQLite docs, Built-In Scalar Functions).
        connection.create_function("lower", 1, _lower, deterministic=True)

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text
