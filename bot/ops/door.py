"""The door of the operator's commands to the database: it must be there and of this version."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import ConfigurationError
from bot.settings import Settings
from bot.store.engines.engine import Database, open_database, sqlite_path
from bot.store.migrate import pending_migrations


@asynccontextmanager
async def open_current(settings: Settings) -> AsyncIterator[Database]:
    """Open the database, beside a bot that may be running.

    Raises:
        ConfigurationError: There is none, it is of another version, or it can't be opened.
    """
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        raise ConfigurationError(f"There is no database at {path} yet.")
    async with open_database(settings.database_url) as database:
        if await pending_migrations(database):
            raise ConfigurationError("The database is of an older version. Run grok-bot migrate.")
        yield database
