from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.engine import Database, open_database
from bot.store.migrate import migrate, pending_migrations
from bot.store.schema import metadata
from tests.store.engines import ENGINES, empty_url


@pytest.fixture(params=ENGINES)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(empty_url(request.param, tmp_path)) as opened:
        yield opened


def differences(connection: sa.Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def check_texts(connection: sa.Connection) -> set[tuple[str, str]]:
    inspector = sa.inspect(connection)
    return {
        (str(check["name"]), " ".join(check["sqltext"].split()))
        for table in metadata.tables
        for check in inspector.get_check_constraints(table)
    }


async def test_the_migrations_make_what_the_schema_says(empty: Database) -> None:
    await migrate(empty)

    async with empty.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_migrations_make_the_checks_that_the_schema_says(empty: Database) -> None:
    await migrate(empty)
    async with empty.read() as connection:
        migrated = await connection.run_sync(check_texts)

    async with empty.write() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        declared = await connection.run_sync(check_texts)

    assert migrated == declared
    assert len(migrated) == 19


async def test_an_empty_database_has_every_migration_pending(empty: Database) -> None:
    before = await pending_migrations(empty)
    revision = await migrate(empty)

    assert before >= 1
    assert revision == "0002"
    assert await pending_migrations(empty) == 0


async def test_counting_what_is_pending_changes_nothing(empty: Database) -> None:
    await pending_migrations(empty)

    async with empty.read() as connection:
        assert await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()) == []


async def test_migrating_twice_is_the_same_as_once(database: Database) -> None:
    assert await migrate(database) == await migrate(database)


async def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(ConfigurationError, match="newer version"):
        await migrate(database)
    with pytest.raises(ConfigurationError, match="newer version"):
        await pending_migrations(database)


async def test_a_migration_that_breaks_leaves_nothing_behind(empty: Database) -> None:
    async with empty.write() as connection:
        # The last table of the last migration is in the way.
        await connection.execute(sa.text("CREATE TABLE pauses (name TEXT)"))

    with pytest.raises((StoreUnavailableError, sa.exc.SQLAlchemyError)):
        await migrate(empty)

    async with empty.read() as connection:
        names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    assert names == ["pauses"]
