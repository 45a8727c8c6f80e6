import asyncio
import secrets
import shutil
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Protocol

from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from bot.store.tables import metadata
from sandbox.postgres_server import PostgresServer, PostgresUnavailableError

ENGINES = ("sqlite", "postgres")
TEMPLATE = "migrated"
FINGERPRINT = (
    "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),"
    " (SELECT count(*) FROM pg_constraint), version_num FROM alembic_version"
)


class Engine(Protocol):
    """One kind of database, of which a test may have as many as it likes."""

    name: str

    def empty(self) -> str:
        """Return the URL of a database in which nothing is yet."""
        ...

    def migrated(self) -> str:
        """Return the URL of a fresh database with this version's tables."""
        ...


class SqliteEngine:
    """Files in one folder."""

    name = "sqlite"

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder = folder
        self._template = template
        self._numbers = count(1)

    def empty(self) -> str:
        return sqlite_url(self._next())

    def migrated(self) -> str:
        return sqlite_url(Path(shutil.copy(self._template, self._next())))

    def _next(self) -> Path:
        return self._folder / f"bot{next(self._numbers)}.sqlite3"


class PostgresEngine:
    """Databases on one server; `spare` ones, used and emptied, go from test to test."""

    name = "postgres"

    def __init__(self, server: PostgresServer, spare: list[str]) -> None:
        self.server = server
        self._spare = spare
        self._in_use: list[str] = []
        self._odd: list[str] = []

    def empty(self) -> str:
        return self.server.url(self.make())

    def migrated(self) -> str:
        name = self._spare.pop() if self._spare else self._copy()
        self._in_use.append(name)
        return self.server.url(name)

    def make(self, *, encoding: str = "UTF8") -> str:
        """Make a database that is of no use to another test, and return its name."""
        name = f"odd_{secrets.token_hex(4)}"
        self._odd.append(name)
        self.server.create(name, encoding=encoding)
        return name

    def clear(self) -> None:
        """Empty what was used and keep it as spare; remove what a test has rebuilt."""
        for name in self._in_use:
            if self._wipe(name) == self._fingerprint:
                self._spare.append(name)
            else:
                self._odd.append(name)
        for name in self._odd:
            self.server.drop(name)

    @cached_property
    def _fingerprint(self) -> str:
        return self.server.execute(FINGERPRINT, TEMPLATE)

    def _copy(self) -> str:
        name = f"spare_{secrets.token_hex(4)}"
        self.server.create(name, template=TEMPLATE)
        return name

    def _wipe(self, name: str) -> str:
        deletes = "".join(f"{table.delete()};" for table in reversed(metadata.sorted_tables))
        try:
            return self.server.execute(f"SET lock_timeout = 500; {deletes} {FINGERPRINT}", name)
        except PostgresUnavailableError:
            return "a table is gone, or somebody holds it"


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def make_template(url: str) -> None:
    asyncio.run(_migrate(url))


async def _migrate(url: str) -> None:
    async with open_database(url) as database:
        await migrate(database)
