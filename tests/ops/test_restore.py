import errno
import io
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import JobState, MessageKind
from bot.errors import ConfigurationError, StorageError
from bot.ops.backups.backup import back_up
from bot.ops.backups.restore import restore
from bot.settings import Settings
from bot.store.engines.copies import set_aside
from bot.store.engines.engine import open_database
from bot.store.engines.restored import Reopened
from tests.factories import make_job_id
from tests.manual_clock import START, ManualClock
from tests.ops.attic import Attic
from tests.store.engines import sqlite_url
from tests.store.old_versions import EARLIER, make_old
from tests.store.world import World, make_world
from tests.store_sqlite.foreign import foreign_process


def found(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


def job_ids(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM jobs ORDER BY id")]


async def test_a_backup_takes_the_place_of_the_database_which_is_kept_aside(
    attic: Attic, settings: Settings, tmp_path: Path
) -> None:
    await attic.job(1)
    backup = (await back_up(settings, attic.world.clock)).path
    await attic.job(2)
    await attic.close()
    steps: list[str] = []

    done = await restore(settings, ManualClock(), backup, step=steps.append)

    assert done.aside == tmp_path / "bot.sqlite3.before-20261120-120000"
    assert (done.rows, done.results) == (Reopened(jobs=1, open=0, doubtful=0), 0)
    assert job_ids(tmp_path / "bot.sqlite3") == ["job0000001"]
    assert job_ids(done.aside) == ["job0000001", "job0000002"]
    assert backup.exists()
    assert [path.name for path in found(tmp_path, "bot.sqlite3*")] == [
        "bot.sqlite3",
        "bot.sqlite3.before-20261120-120000",
        "bot.sqlite3.lock",
    ]
    assert steps[0] == "Reading the backup"


async def reopened(settings: Settings, backup: Path, clock: ManualClock) -> Reopened:
    return (await restore(settings, clock, backup)).rows


async def test_only_what_surely_was_not_submitted_since_is_submitted(
    attic: Attic, settings: Settings
) -> None:
    world = attic.world
    for number in (1, 2):
        await world.reserve(number)
    backup = (await back_up(settings, world.clock)).path
    submitted = await world.claim("job0000002")
    await world.jobs.start_submitting(submitted)
    await attic.close()

    rows = await reopened(settings, backup, world.clock)

    assert rows == Reopened(jobs=2, open=2, doubtful=1)
    async with open_database(settings.database_url) as database:
        after = make_world(database, world.clock)
        assert await states(after) == [JobState.RESERVED, JobState.SUBMITTING]


async def states(world: World) -> list[JobState]:
    return [(await world.job(job_id)).state for job_id in ("job0000001", "job0000002")]


async def test_what_a_restored_job_owes_is_looked_for_first(
    attic: Attic, settings: Settings
) -> None:
    await attic.world.bring_to(JobState.STORED)
    backup = (await back_up(settings, attic.world.clock)).path
    await attic.close()

    await restore(settings, attic.world.clock, backup)

    async with open_database(settings.database_url) as database:
        result = await make_world(database, attic.world.clock).message(
            "job0000001", MessageKind.RESULT
        )
    assert result.first_at == START


async def test_without_a_database_the_backup_becomes_one_and_nothing_is_trusted(
    attic: Attic, settings: Settings, tmp_path: Path
) -> None:
    await attic.world.reserve()
    backup = (await back_up(settings, attic.world.clock)).path
    await attic.close()
    for path in found(tmp_path, "bot.sqlite3*"):
        path.unlink()

    done = await restore(settings, attic.world.clock, backup)

    assert (done.aside, done.rows) == (None, Reopened(jobs=1, open=1, doubtful=1))
    assert job_ids(tmp_path / "bot.sqlite3") == ["job0000001"]


async def test_a_damaged_database_is_replaced_too(
    attic: Attic, settings: Settings, tmp_path: Path
) -> None:
    await attic.job(1)
    backup = (await back_up(settings, attic.world.clock)).path
    await attic.close()
    (tmp_path / "bot.sqlite3").write_bytes(b"damaged")

    done = await restore(settings, attic.world.clock, backup)

    assert done.aside is not None
    assert done.aside.read_bytes() == b"damaged"
    assert job_ids(tmp_path / "bot.sqlite3") == ["job0000001"]


async def test_at_no_moment_is_there_no_database(
    attic: Attic, settings: Settings, tmp_path: Path
) -> None:
    await attic.job(1)
    backup = (await back_up(settings, attic.world.clock)).path
    await attic.close()
    (tmp_path / "bot.sqlite3-wal").write_bytes(b"")

    # What a kill right before the last step leaves.
    set_aside(tmp_path / "bot.sqlite3", tmp_path / "aside")

    assert job_ids(tmp_path / "bot.sqlite3") == job_ids(tmp_path / "aside") == ["job0000001"]
    assert (await restore(settings, attic.world.clock, backup)).rows.jobs == 1


def has_no_links(_path: Path, _other: Path) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


async def test_where_there_are_no_links_the_database_is_renamed(
    attic: Attic, tmp_path: Path
) -> None:
    await attic.job(1)
    await attic.close()

    set_aside(tmp_path / "bot.sqlite3", tmp_path / "aside", link=has_no_links)

    assert job_ids(tmp_path / "aside") == ["job0000001"]
    assert not (tmp_path / "bot.sqlite3").exists()


async def test_it_is_refused_while_the_bot_runs(
    attic: Attic, settings: Settings, tmp_path: Path
) -> None:
    backup = (await back_up(settings, attic.world.clock)).path
    await attic.close()
    before = (tmp_path / "bot.sqlite3").read_bytes()

    async with foreign_process("instance", tmp_path / "bot.sqlite3"):
        with pytest.raises(ConfigurationError, match="The bot runs on this database"):
            await restore(settings, attic.world.clock, backup)

    assert (tmp_path / "bot.sqlite3").read_bytes() == before


def make_newer(backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def damage(backup: Path) -> None:
    data = bytearray(backup.read_bytes())
    data[8192:20480] = b"\xff" * 12288
    backup.write_bytes(data)


def empty(backup: Path) -> None:
    backup.write_bytes(b"")


def make_tar_without_database(backup: Path) -> None:
    with tarfile.open(backup, "w") as tar:
        tar.addfile(tarfile.TarInfo("results/a.mp4"), io.BytesIO())


def make_damaged_tar(backup: Path) -> None:
    database = backup.read_bytes()
    with tarfile.open(backup, "w") as tar:
        member = tarfile.TarInfo("bot.sqlite3")
        member.size = len(database)
        tar.addfile(member, io.BytesIO(database))
    backup.write_bytes(backup.read_bytes()[: len(database) // 2])


def remove(backup: Path) -> None:
    backup.unlink()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (make_newer, "newer version"),
        (damage, "is damaged|can't be used"),
        (empty, "not a backup of this bot"),
        (make_tar_without_database, "has no database of this bot in it"),
        (make_damaged_tar, "is damaged: unexpected end of data"),
        (remove, "There is no file"),
    ],
)
async def test_what_will_not_do_changes_nothing(
    attic: Attic,
    settings: Settings,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    said: str,
) -> None:
    await attic.job(1)
    backup = (await back_up(settings, attic.world.clock)).path
    await attic.job(2)
    await attic.close()
    spoil(backup)

    with pytest.raises(ConfigurationError, match=said):
        await restore(settings, attic.world.clock, backup)

    assert job_ids(tmp_path / "bot.sqlite3") == ["job0000001", "job0000002"]
    assert found(tmp_path, "bot.sqlite3.restoring*") == []


@pytest.mark.parametrize("revision", EARLIER)
async def test_a_backup_of_an_older_version_is_brought_up_to_this_one(
    settings: Settings, tmp_path: Path, revision: str
) -> None:
    backup = tmp_path / "backup.sqlite3"
    async with open_database(sqlite_url(backup)) as database:
        await make_old(database, revision)

    done = await restore(settings, ManualClock(START + timedelta(days=1)), backup)

    assert done.rows == Reopened(jobs=2, open=1, doubtful=0)
    assert job_ids(tmp_path / "bot.sqlite3") == [make_job_id(1), make_job_id(2)]


async def test_a_disk_that_will_not_is_named_and_nothing_is_changed(
    attic: Attic, settings: Settings, tmp_path: Path
) -> None:
    await attic.job(1)
    backup = (await back_up(settings, attic.world.clock)).path
    await attic.close()
    (tmp_path / "bot.sqlite3.before-20261121-120000").mkdir()

    with pytest.raises(StorageError, match="disk: "):
        await restore(settings, ManualClock(START + timedelta(days=1)), backup)

    assert job_ids(tmp_path / "bot.sqlite3") == ["job0000001"]
