from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.store.engine import Database, open_database
from bot.store.migrate import migrate

ENGINES = ("sqlite",)


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def empty_url(engine: str, folder: Path) -> str:
    """Name a database of that engine in which nothing is yet."""
    return {"sqlite": sqlite_url(folder / "bot.sqlite3")}[engine]


@asynccontextmanager
async def open_migrated(engine: str, folder: Path) -> AsyncIterator[Database]:
    """Open a fresh database with this version's tables."""
    async with open_database(empty_url(engine, folder)) as database:
        await migrate(database)
        yield database
