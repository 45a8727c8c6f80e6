"""Goes back to a dump of PostgreSQL: checked first, made safe, and with the replaced one dumped."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.errors import BotError, ConfigurationError, StoreUnavailableError
from bot.ops.backups.backup import back_up
from bot.ops.backups.postgres_dump import check_dump, check_tools, load, revision_in, tables_in
from bot.settings import Settings
from bot.store.engines.engine import open_database
from bot.store.engines.presence import alone_at_once
from bot.store.engines.restored import Reopened, make_safe, make_way
from bot.store.migrate import is_known, migrate

_NEEDED: Final = {"jobs", "alembic_version"}
_AGAIN: Final = "Don't start the bot: mend that and restore again."


async def restore_server(
    settings: Settings, clock: Clock, backup: Path, step: Callable[[str], None]
) -> tuple[Reopened, Path]:
    """Replace what is in the database by what is in `backup`; return where the old dump is.

    Nobody can tell afterwards which jobs a provider never heard of, so each that waited is
    doubted.

    Raises:
        ConfigurationError: A process of the bot runs, or the backup will not do; nothing changed.
        StoreUnavailableError: The server, or PostgreSQL's tools, could not do it.
        StorageError: The old database could not be dumped; nothing was changed.
    """
    url = settings.database_url
    step("Checking the backup")
    await check_tools(url)
    await check_dump(backup)
    tables = await tables_in(backup)
    if not tables >= _NEEDED:
        raise ConfigurationError(f"{backup.name} has no tables of this bot in it.")
    if not is_known(await revision_in(backup)):
        raise ConfigurationError(
            f"{backup.name} was written by a newer version of the bot. Restore it with that one."
        )
    async with alone_at_once(url):
        step("Dumping the database that is replaced")
        aside = await back_up(settings, clock, keep=0)
        step("Replacing the database")
        try:
            async with open_database(url) as database:
                await make_way(database, tables)
            await load(url, backup)
            async with open_database(url) as database:
                await migrate(database, is_restoring=True)
                return await make_safe(database, clock, set()), aside.path
        except BotError as error:
            raise StoreUnavailableError(f"{error} {_AGAIN}") from error
