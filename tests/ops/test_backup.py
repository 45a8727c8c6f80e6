import asyncio
import os
import sqlite3
import stat
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, StorageError, StoreUnavailableError
from bot.ops.backups.backup import back_up, backup_folder, backups_in
from bot.settings import Settings
from bot.store.engines.copies import check_copy
from tests.manual_clock import ManualClock
from tests.ops.attic import Attic

NAME = "grok-bot-20261120-120000.sqlite3"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def job_count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM jobs").fetchone()[0])


async def test_a_backup_is_whole_checked_and_for_its_owner_only(
    attic: Attic, settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    await attic.job(1)

    made = await back_up(settings, clock)

    assert made.path == tmp_path / "backups" / NAME
    assert names(tmp_path / "backups") == [NAME]
    assert (made.size_bytes, made.removed) == (made.path.stat().st_size, ())
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert job_count(made.path) == 1
    check_copy(made.path, thoroughly=True)


async def test_a_backup_is_made_while_jobs_go_on(
    attic: Attic, settings: Settings, clock: ManualClock
) -> None:
    backing = asyncio.create_task(back_up(settings, clock))
    for number in range(1, 11):
        await attic.world.reserve(number)

    made = await backing

    assert 0 <= job_count(made.path) <= 10


async def test_whoever_watches_sees_it_grow_to_its_end(
    attic: Attic, settings: Settings, clock: ManualClock
) -> None:
    await attic.job(1)
    seen: list[tuple[int, int]] = []

    await back_up(settings, clock, watch=lambda done, total: seen.append((done, total)))

    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] > 0


@pytest.mark.usefixtures("attic")
async def test_only_the_newest_stay_and_nothing_of_others_goes(
    settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "grok-bot-holiday.sqlite3").write_bytes(b"somebody's")
    (folder / "grok-bot-20261101-000000.tar").write_bytes(b"older than all")
    removed: list[Path] = []
    for _ in range(3):
        removed += (await back_up(settings, clock, folder=folder, keep=2)).removed
        clock.advance(timedelta(days=1))

    assert [path.name for path in removed] == ["grok-bot-20261101-000000.tar", NAME]
    assert names(folder) == [
        "grok-bot-20261121-120000.sqlite3",
        "grok-bot-20261122-120000.sqlite3",
        "grok-bot-holiday.sqlite3",
    ]
    assert [moment for moment, _ in backups_in(folder)] == [
        datetime(2026, 11, day, 12, tzinfo=UTC) for day in (21, 22)
    ]


@pytest.mark.usefixtures("attic")
async def test_a_backup_stays_though_a_clock_that_was_ahead_gave_others_later_dates(
    settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in (1, 2):
        (folder / f"grok-bot-2030010{day}-000000.sqlite3").write_bytes(b"from the future")

    made = await back_up(settings, clock, keep=2)

    assert [path.name for path in made.removed] == ["grok-bot-20300101-000000.sqlite3"]
    assert names(folder) == [NAME, "grok-bot-20300102-000000.sqlite3"]


@pytest.mark.usefixtures("attic")
async def test_what_a_crash_left_of_a_backup_goes_after_a_day(
    settings: Settings, clock: ManualClock
) -> None:
    folder = backup_folder(settings)
    folder.mkdir()
    for name, age in ((".grok-bot-20200101-000000.part", 90_000), (".grok-bot-new.part", 80_000)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - age, time.time() - age))

    await back_up(settings, clock)

    assert names(folder) == [".grok-bot-new.part", NAME]


@pytest.mark.usefixtures("attic")
async def test_none_goes_when_all_are_to_be_kept(settings: Settings, clock: ManualClock) -> None:
    keeping_all = settings.model_copy(update={"backup_keep": 0})
    for _ in range(9):
        await back_up(keeping_all, clock)
        clock.advance(timedelta(days=1))

    assert len(names(backup_folder(settings))) == 9


async def test_without_a_database_there_is_nothing_to_back_up(
    settings: Settings, clock: ManualClock
) -> None:
    with pytest.raises(ConfigurationError, match="There is no database at"):
        await back_up(settings, clock)

    assert names(backup_folder(settings)) == []


@pytest.mark.usefixtures("attic")
async def test_a_folder_that_can_not_be_made_is_named(
    settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StorageError, match=r"can't be written to .*/file/backups: File exists"):
        await back_up(settings, clock, folder=tmp_path / "file" / "backups")


@pytest.mark.usefixtures("attic")
async def test_a_disk_without_room_is_told_before_anything_is_written(
    settings: Settings, clock: ManualClock
) -> None:
    with pytest.raises(ConfigurationError, match=r"no room for the backup in .*: it needs about"):
        await back_up(settings, clock, folder=Path("/proc"))


async def test_a_database_that_can_not_be_read_leaves_nothing_behind(
    settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    (tmp_path / "bot.sqlite3").write_bytes(b"no database, but long enough to be read" * 50)

    with pytest.raises(StoreUnavailableError):
        await back_up(settings, clock)

    assert names(backup_folder(settings)) == []


@pytest.mark.usefixtures("attic")
async def test_a_backup_that_is_given_up_leaves_nothing_behind(
    settings: Settings, clock: ManualClock
) -> None:
    backing = asyncio.create_task(back_up(settings, clock))
    await asyncio.sleep(0.001)

    backing.cancel()
    await asyncio.gather(backing, return_exceptions=True)

    folder = backup_folder(settings)
    assert not folder.exists() or names(folder) in ([], [NAME])
