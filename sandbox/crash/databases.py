"""The database of a life: a fresh one with this version's tables for each, on either engine."""

import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, Self

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from sandbox.crash.books import Books

_TEMPLATE: Final = "template.sqlite3"
_FILE: Final = "data/bot.sqlite3"
_ALWAYS_THERE: Final = "postgres"
"""A database is made and removed from another one; this one every server has."""


@dataclass(frozen=True, slots=True)
class LifeDatabase:
    """One database, and how it is reached."""

    url: str
    """The bot's DATABASE_URL."""
    books: Books
    file: Path | None = None
    """None where it is not a file of ours."""


class Databases(Protocol):
    """Where each life gets its database from."""

    title: str
    """Of the engine, for people."""
    lets_others_in: bool
    """Whether several processes may work on one database."""

    def fresh(self, folder: Path) -> AbstractAsyncContextManager[LifeDatabase]:
        """Make one for the life in `folder`, in which no row is yet."""
        ...


class SqliteDatabases:
    """Each is a file in the folder of its life, and stays there."""

    title = "SQLite"
    lets_others_in = False

    def __init__(self, template: Path) -> None:
        self._template = template

    @classmethod
    async def make(cls, folder: Path) -> Self:
        """Make the file in `folder` of which all others are copies."""
        template = folder / _TEMPLATE
        await _make_tables(_sqlite_url(template))
        return cls(template)

    @asynccontextmanager
    async def fresh(self, folder: Path) -> AsyncIterator[LifeDatabase]:
        """Copy the template; see `Databases`."""
        file = folder / _FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self._template, file)
        yield LifeDatabase(_sqlite_url(file), Books.of_file(file), file)


class PostgresDatabases:
    """Each is a database beside the one at `template`, which is in nobody's use, and goes again."""

    title = "PostgreSQL"
    lets_others_in = True

    def __init__(self, template: str) -> None:
        self._template = sa.make_url(template)

    @classmethod
    async def make(cls, template: str) -> Self:
        """Make the tables in the empty database at `template`.

        Raises:
            ConfigurationError: That is not the address of a database that the bot can use.
            StoreUnavailableError: The server is out of reach.
        """
        await _make_tables(template)
        return cls(template)

    @asynccontextmanager
    async def fresh(self, folder: Path) -> AsyncIterator[LifeDatabase]:
        """Copy the template within the server; see `Databases`."""
        name = f"life_{secrets.token_hex(4)}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {self._template.database}")
        url = self._template.set(database=name).render_as_string(hide_password=False)
        books = Books(url)
        try:
            yield LifeDatabase(url, books)
        finally:
            await books.close()
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _run(self, statement: str) -> None:
        engine = create_async_engine(
            self._template.set(database=_ALWAYS_THERE),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        async with engine.connect() as connection:
            await connection.execute(sa.text(statement))


async def _make_tables(url: str) -> None:
    async with open_database(url) as database:
        await migrate(database)


def _sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
