import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ops.backups.backup import backup_folder, backups_in
from bot.ops.chores import housekeeper_of
from bot.settings import Settings
from tests.manual_clock import PATIENCE_SECONDS, START, ManualClock
from tests.ops.attic import DAY, Attic

STEP = timedelta(minutes=10)


def settings_of(folder: Path, **values: object) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{folder}/bot.sqlite3",
        results_url=f"file://{folder}/results",
        data_dir=folder,
        **values,  # type: ignore[arg-type]  # each test names settings that exist
    )


@asynccontextmanager
async def a_day_passes(attic: Attic, settings: Settings, *, loops: int) -> AsyncIterator[None]:
    clock = attic.world.clock
    housekeeper = housekeeper_of(settings, clock, attic.world.database, attic.storage)
    running = asyncio.create_task(housekeeper.run())
    try:
        await pass_a_day(clock, loops)
        yield
    finally:
        await housekeeper.stop(timedelta(seconds=5))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running


async def pass_a_day(clock: ManualClock, loops: int) -> None:
    for _ in range(int(DAY / STEP)):
        await clock.until_asleep(loops)
        clock.advance(STEP)
    await clock.until_asleep(loops)


async def test_a_running_bot_forgets_what_is_old_and_removes_what_belongs_to_nothing(
    attic: Attic, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await attic.job(1)
    attic.put("2026/11/nosuchjob0.mp4", at=START - 8 * DAY)
    attic.put("2026/11/nosuchjob1.mp4", at=START)
    settings = settings_of(tmp_path, results_days=1, references_days=1, prompts_days=1)

    async with a_day_passes(attic, settings, loops=2):
        pass

    assert attic.files() == ["2026/11/nosuchjob1.mp4"]
    said = [record.getMessage() for record in caplog.records if "Deleted" in record.getMessage()]
    assert said == [
        "Deleted 1 videos, 1 reference images and the words of 1 jobs",
        "Deleted 1 files that belong to no job",
    ]


async def test_a_backup_is_made_every_night_when_that_is_set(
    attic: Attic, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    settings = settings_of(tmp_path, backup_at="03:30")

    async with a_day_passes(attic, settings, loops=3):
        pass

    ((moment, path),) = backups_in(backup_folder(settings))
    assert (moment.hour, moment.minute) == (3, 30)
    assert f"The backup {path.name} is written and checked" in caplog.text


async def test_none_is_made_when_that_is_not_set(attic: Attic, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)

    async with a_day_passes(attic, settings, loops=2):
        pass

    assert backups_in(backup_folder(settings)) == []
