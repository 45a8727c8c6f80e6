"""Brings a database to the schema of this version, one numbered step after another."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.errors import ConfigurationError
from bot.store.engines.engine import Database

UNDER_WAY: Final = "restore_under_way"
"""The table that is there while a dump is loaded and not yet made safe."""
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(7453010313431182957)")
"""Any number that no other program takes; SQLite's writer is alone by itself."""


async def migrate(database: Database, *, is_restoring: bool = False) -> str:
    """Apply what is missing and return the revision that the database then has.

    Raises:
        ConfigurationError: The database was written by a newer version of the bot, or somebody
            else than the caller is restoring it, or was killed at that.
    """
    async with database.write() as connection:
        return await connection.run_sync(_upgrade, is_restoring=is_restoring)


async def pending_migrations(database: Database) -> int:
    """Count the steps that are missing; nothing is changed.

    Raises:
        ConfigurationError: The database was written by a newer version of the bot, or a restore
            was interrupted.
    """
    async with database.read() as connection:
        return await connection.run_sync(_count_missing, is_restoring=False)


def is_known(revision: str) -> bool:
    """Tell whether this version of the bot can read tables of that revision."""
    return revision in _revisions(ScriptDirectory.from_config(_config()))


def _revisions(script: ScriptDirectory) -> list[str]:
    """List the revisions, the newest first."""
    return [revision.revision for revision in script.walk_revisions()]


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, *, is_restoring: bool) -> str:
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME)
    config = _config(connection)
    _count_missing(connection, is_restoring=is_restoring)
    command.upgrade(config, "head")
    return ScriptDirectory.from_config(config).get_current_head() or ""


def _count_missing(connection: Connection, *, is_restoring: bool) -> int:
    if not is_restoring and inspect(connection).has_table(UNDER_WAY):
        raise ConfigurationError("A restore was interrupted. Run grok-bot restore again.")
    revisions = _revisions(ScriptDirectory.from_config(_config(connection)))
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return len(revisions)
    if current not in revisions:
        raise ConfigurationError(
            "The database was written by a newer version of the bot. "
            "Start that version again, or restore a backup that fits this one."
        )
    return revisions.index(current)
