import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.engines.copies import (
    check_copy,
    copy_database,
    expected_bytes,
    finish,
    forget,
    never_submitted,
    set_aside,
)
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from tests.factories import make_job_id
from tests.manual_clock import ManualClock
from tests.store.engines import sqlite_url
from tests.store.world import make_world
from tests.store_sqlite.foreign import foreign_process


@pytest.fixture
async def database(tmp_path: Path, clock: ManualClock) -> Path:
    path = tmp_path / "bot.sqlite3"
    async with open_database(sqlite_url(path)) as opened:
        await migrate(opened)
        await make_world(opened, clock).reserve()
    return path


def job_ids(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM jobs ORDER BY id")]


def auto_vacuum(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA auto_vacuum").fetchone()[0])


async def test_a_copy_holds_one_moment_while_others_go_on_writing(
    database: Path, tmp_path: Path, clock: ManualClock
) -> None:
    copy = tmp_path / "copy.sqlite3"
    async with open_database(sqlite_url(database)) as opened:
        world = make_world(opened, clock)
        copying = asyncio.create_task(asyncio.to_thread(copy_database, database, copy))
        for number in range(2, 12):
            await world.reserve(number)
        await copying

    check_copy(copy, thoroughly=True)
    ids = job_ids(copy)
    assert ids == [make_job_id(number) for number in range(1, len(ids) + 1)]
    assert len(job_ids(database)) == 11


def test_a_copy_is_for_its_owner_only_and_gives_room_back(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"

    copy_database(database, copy)

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert auto_vacuum(copy) == 2
    assert expected_bytes(database) >= copy.stat().st_size > 0


def test_a_database_from_before_it_gave_room_back_does_so_in_its_copy(tmp_path: Path) -> None:
    old, copy = tmp_path / "old.sqlite3", tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("CREATE TABLE jobs (id TEXT)")

    copy_database(old, copy)

    assert (auto_vacuum(old), auto_vacuum(copy)) == (0, 2)


def test_what_can_not_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="can't be read"):
        expected_bytes(tmp_path / "missing.sqlite3")
    with pytest.raises(StoreUnavailableError, match="can't be copied"):
        copy_database(tmp_path / "missing.sqlite3", tmp_path / "copy.sqlite3")


def test_a_copy_never_replaces_a_file(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.sqlite3").write_bytes(b"somebody's")

    with pytest.raises(FileExistsError):
        copy_database(database, tmp_path / "copy.sqlite3")

    assert (tmp_path / "copy.sqlite3").read_bytes() == b"somebody's"


@pytest.mark.parametrize("thoroughly", [True, False])
def test_a_damaged_copy_is_found_out(
    database: Path,
    tmp_path: Path,
    thoroughly: bool,  # noqa: FBT001 - pytest passes parameters by name
) -> None:
    copy = tmp_path / "copy.sqlite3"
    copy_database(database, copy)
    data = bytearray(copy.read_bytes())
    data[8192:20480] = b"\xff" * 12288
    copy.write_bytes(data)

    with pytest.raises(ConfigurationError, match=r"copy.sqlite3 (?:is damaged|can't be used)"):
        check_copy(copy, thoroughly=thoroughly)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0 and no more"])
def test_something_else_is_no_backup(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(ConfigurationError, match="It is not a backup of this bot"):
        check_copy(tmp_path / "file", thoroughly=False)


def test_a_database_without_a_version_is_no_backup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "file")) as connection:
        connection.execute("CREATE TABLE jobs (id TEXT)")
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")

    with pytest.raises(ConfigurationError, match="has no tables of ours"):
        check_copy(tmp_path / "file", thoroughly=False)


def test_jobs_no_provider_has_heard_of_are_read_where_that_is_possible(
    database: Path, tmp_path: Path
) -> None:
    (tmp_path / "damaged").write_bytes(b"no database")

    assert never_submitted(database) == {make_job_id(1)}
    assert never_submitted(tmp_path / "damaged") == set()
    assert never_submitted(tmp_path / "missing") == set()


def test_a_database_that_is_set_aside_keeps_what_belongs_to_it(
    database: Path, tmp_path: Path
) -> None:
    aside = tmp_path / "aside.sqlite3"

    set_aside(database, aside)

    assert job_ids(aside) == [make_job_id(1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aside.sqlite3", "bot.sqlite3"]


def test_a_damaged_database_is_set_aside_as_it_is(tmp_path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"bot.sqlite3{ending}").write_bytes(f"damaged{ending}".encode())

    set_aside(tmp_path / "bot.sqlite3", tmp_path / "aside")

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["aside", "aside-shm", "aside-wal", "bot.sqlite3"]
    assert (tmp_path / "aside").read_bytes() == b"damaged"
    assert (tmp_path / "aside-wal").read_bytes() == b"damaged-wal"
    forget(tmp_path / "aside")
    assert [path.name for path in tmp_path.iterdir()] == ["bot.sqlite3"]


async def test_a_database_in_use_or_damaged_can_not_be_finished(
    tmp_path: Path, database: Path
) -> None:
    async with foreign_process("write", database):
        with pytest.raises(StoreUnavailableError, match="somebody has it open"):
            finish(database)
    (tmp_path / "damaged").write_bytes(b"no database at all, but long enough to be read" * 20)
    with pytest.raises(StoreUnavailableError, match="can't be written"):
        finish(tmp_path / "damaged")
