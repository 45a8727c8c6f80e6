"""What is about SQLite itself; what holds on any engine is in tests/store."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiosqlite
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.engines.engine import Database, open_database, sqlite_path
from tests.store.engines import sqlite_url
from tests.store_sqlite.foreign import foreign_process

ADD = sa.text("INSERT INTO notes (note) VALUES (:note)")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


@pytest.fixture
async def opened(path: Path) -> AsyncIterator[Database]:
    async with open_database(sqlite_url(path), patience=timedelta(milliseconds=50)) as database:
        async with database.write() as connection:
            await connection.execute(sa.text("CREATE TABLE notes (note TEXT)"))
        yield database


async def add(database: Database, note: str) -> None:
    async with database.write() as connection:
        await connection.execute(ADD, {"note": note})


async def notes(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(sa.text("SELECT note FROM notes"))).scalars())


async def pragma(connection: AsyncConnection, name: str) -> object:
    return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()


async def test_a_commit_is_on_the_disk_and_the_log_is_written_ahead(opened: Database) -> None:
    async with opened.write() as connection:
        assert await pragma(connection, "journal_mode") == "wal"
        assert await pragma(connection, "synchronous") == 2  # FULL
        assert await pragma(connection, "foreign_keys") == 1
        assert await pragma(connection, "auto_vacuum") == 2  # INCREMENTAL


async def test_a_connection_that_is_stopped_while_it_closes_closes_all_the_same(
    opened: Database,
) -> None:
    # What SQLAlchemy does when a task is cancelled twice; it kept the process from ending.
    async with opened.read() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, aiosqlite.Connection)
        closing = asyncio.create_task(driver.close())
        await asyncio.sleep(0)

        driver.stop()

        async with asyncio.timeout(60):
            await closing


async def test_a_foreign_lock_is_waited_out_and_readers_do_not_notice(path: Path) -> None:
    async with open_database(sqlite_url(path), patience=timedelta(seconds=30)) as database:
        async with database.write() as connection:
            await connection.execute(sa.text("CREATE TABLE notes (note TEXT)"))
        async with foreign_process("write", path) as foreigner:
            writing = asyncio.create_task(add(database, "after the lock"))
            while_locked = await notes(database)
            assert not writing.done()
            await foreigner.let_go()
            await writing

        assert (while_locked, await notes(database)) == ([], ["after the lock"])


async def test_a_foreign_lock_that_stays_makes_the_store_unavailable(
    opened: Database, path: Path
) -> None:
    async with foreign_process("write", path) as foreigner:
        with pytest.raises(StoreUnavailableError, match="locked"):
            await add(opened, "too early")
        await foreigner.let_go()

    await add(opened, "in time")

    assert await notes(opened) == ["in time"]


@pytest.mark.usefixtures("opened")
async def test_a_foreign_lock_at_the_start_is_no_fault_of_the_settings(path: Path) -> None:
    async with foreign_process("write", path):
        with pytest.raises(StoreUnavailableError, match="locked"):
            async with open_database(sqlite_url(path), patience=timedelta(milliseconds=50)):
                pass


async def test_a_full_disk_makes_the_store_unavailable_and_loses_nothing(
    opened: Database,
) -> None:
    await add(opened, "before")
    async with opened.write() as connection:
        pages = await pragma(connection, "page_count")
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreUnavailableError, match="full"):
        await add(opened, "x" * 100_000)

    assert await notes(opened) == ["before"]


async def test_a_database_that_vanished_can_not_be_read(path: Path) -> None:
    async with open_database(sqlite_url(path)) as database:
        await asyncio.to_thread(path.unlink)

        with pytest.raises(StoreUnavailableError, match="can't be read"):
            async with database.read():
                pass


async def test_folders_are_made_and_odd_names_are_taken_by_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "a new folder" / "50 % of #1.sqlite3"

    async with open_database(sqlite_url(path)) as database, database.read():
        pass

    assert path.exists()
    assert await asyncio.to_thread(os.listdir, tmp_path) == ["a new folder"]


async def test_a_database_of_another_program_can_be_looked_at_but_not_taken(
    tmp_path: Path,
) -> None:
    path = tmp_path / "letter.txt"
    letter = b"Dear reader, this is no database at all.\n" * 100
    await asyncio.to_thread(path.write_bytes, letter)

    with pytest.raises(ConfigurationError, match=r"not a database.*DATABASE_URL"):
        async with open_database(sqlite_url(path)):
            pass

    assert await asyncio.to_thread(path.read_bytes) == letter


async def test_a_damaged_database_is_unavailable(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (note TEXT)")
        connection.executemany("INSERT INTO notes VALUES (?)", [("x" * 500,)] * 100)
    connection.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 20_000)

    async with open_database(sqlite_url(path)) as database:
        with pytest.raises(StoreUnavailableError, match="malformed"):
            await notes(database)


@pytest.mark.parametrize("place", ["folder", "file/bot.sqlite3"])
async def test_a_place_where_no_file_can_be_is_the_operators_to_mend(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(ConfigurationError, match="Choose another DATABASE_URL"):
        async with open_database(sqlite_url(tmp_path / place)):
            pass


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "postgresql://host:port/name",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "mysql+asyncmy://bot:secret@db.example/bot",
    ],
)
async def test_a_url_that_will_not_do_is_said_without_quoting_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as caught:
        async with open_database(url):
            pass

    assert "secret" not in str(caught.value)


def test_only_sqlite_has_a_file() -> None:
    assert sqlite_path("sqlite+aiosqlite:///data/bot.sqlite3") == Path("data/bot.sqlite3")
    assert sqlite_path("sqlite+aiosqlite:////srv/bot.sqlite3") == Path("/srv/bot.sqlite3")
    assert sqlite_path("postgresql+asyncpg://db.example/bot") is None
