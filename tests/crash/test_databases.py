from pathlib import Path

import sqlalchemy as sa

from bot.store.engines.engine import open_database
from bot.store.record.audit import Entry, append
from sandbox.crash.books import Books
from sandbox.crash.databases import Databases, PostgresDatabases
from sandbox.postgres_server import PostgresServer
from tests.crash.conftest import LIVES
from tests.manual_clock import START
from tests.store.engines import TEMPLATE

TURN_INDEX = (
    "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'alembic_version_pkc'::regclass"
)


async def test_each_life_has_tables_of_its_own(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh(tmp_path / "one") as one, databases.fresh(tmp_path / "two") as two:
        async with open_database(one.url) as database, database.write() as connection:
            await connection.execute(sa.text("DELETE FROM alembic_version"))
        for fresh in (one, two):
            assert (await fresh.books.pending()).is_nothing
            assert await fresh.books.damage() == []
            assert await fresh.books.intruders() == 0

        assert one.url != two.url
        assert (one.file is None) == databases.lets_others_in


async def test_a_record_that_was_changed_is_damage(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh(tmp_path) as fresh, open_database(fresh.url) as database:
        async with database.write() as connection:
            for action in ("limit.set", "limit.remove"):
                await append(connection, Entry(action), now=START)
        assert await fresh.books.damage() == []

        async with database.write() as connection:
            await connection.execute(sa.text("UPDATE audit SET reason = 'none' WHERE id = 2"))

        assert await fresh.books.damage() == ["row 2 is not as it was written"]


async def test_a_database_on_a_server_goes_with_its_life(
    on_server: PostgresDatabases, postgres: PostgresServer, tmp_path: Path
) -> None:
    async with on_server.fresh(tmp_path) as fresh:
        name = sa.make_url(fresh.url).database
        assert name in databases_of(postgres)

    assert name not in databases_of(postgres)
    assert LIVES in databases_of(postgres)


async def test_an_index_that_has_forgotten_a_row_is_found(
    on_server: PostgresDatabases, postgres: PostgresServer, tmp_path: Path
) -> None:
    async with on_server.fresh(tmp_path) as fresh:
        name = str(sa.make_url(fresh.url).database)
        row = "INSERT INTO alembic_version VALUES ('forgotten')"
        for statement in (TURN_INDEX.format("false"), row, TURN_INDEX.format("true")):
            postgres.execute(statement, name)

        (found,) = await fresh.books.damage()

    assert "alembic_version_pkc" in found


async def test_a_server_without_its_check_finds_nothing(postgres: PostgresServer) -> None:
    postgres.create("unchecked", template=TEMPLATE)
    books = Books(postgres.url("unchecked"))

    assert await books.damage() == []
    await books.close()


async def test_whoever_stays_connected_is_counted(
    on_server: PostgresDatabases, tmp_path: Path
) -> None:
    async with (
        on_server.fresh(tmp_path) as fresh,
        open_database(fresh.url) as database,
        database.read(),
    ):
        assert await fresh.books.intruders(0.0) == 1


def databases_of(server: PostgresServer) -> list[str]:
    return server.execute("SELECT datname FROM pg_database").splitlines()
