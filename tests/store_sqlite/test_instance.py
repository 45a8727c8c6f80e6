import asyncio
import logging
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.store.engines.instance import hold_alone, hold_at_once
from tests.manual_clock import ManualClock
from tests.store_sqlite.foreign import foreign_process


async def wait_for_the_lock(database: Path, clock: ManualClock) -> None:
    async with hold_alone(database, clock):
        pass


@pytest.mark.parametrize("way", ["let_go", "kill"])
async def test_a_second_process_waits_until_the_first_ends_however_it_ends(
    tmp_path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    database = tmp_path / "bot.sqlite3"
    async with foreign_process("instance", database) as first:
        waiting = asyncio.create_task(wait_for_the_lock(database, clock))
        for _ in range(3):
            await clock.until_asleep()
            clock.advance(seconds=1)
            await asyncio.sleep(0)
        await clock.until_asleep()
        assert not waiting.done()

        await (first.kill() if way == "kill" else first.let_go())
        clock.advance(seconds=1)
        await waiting

    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage() for record in warnings] == [
        "Another process uses this database; waiting until it ends"
    ]


async def test_the_lock_is_free_again_afterwards(tmp_path: Path, clock: ManualClock) -> None:
    for _ in range(2):
        await wait_for_the_lock(tmp_path / "new" / "bot.sqlite3", clock)


async def test_two_databases_do_not_wait_for_each_other(tmp_path: Path, clock: ManualClock) -> None:
    async with hold_alone(tmp_path / "one.sqlite3", clock):
        await wait_for_the_lock(tmp_path / "two.sqlite3", clock)


async def test_a_wait_that_is_given_up_leaves_nothing_locked(
    tmp_path: Path, clock: ManualClock
) -> None:
    database = tmp_path / "bot.sqlite3"
    async with foreign_process("instance", database) as first:
        waiting = asyncio.create_task(wait_for_the_lock(database, clock))
        await clock.until_asleep()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await first.let_go()

    await wait_for_the_lock(database, clock)


async def test_a_folder_that_can_not_be_written_is_the_operators_to_mend(
    tmp_path: Path, clock: ManualClock
) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        await wait_for_the_lock(tmp_path / "file" / "bot.sqlite3", clock)


async def test_what_the_bot_must_not_see_does_not_begin_while_it_runs(
    tmp_path: Path, clock: ManualClock
) -> None:
    database = tmp_path / "bot.sqlite3"
    async with foreign_process("instance", database):
        with pytest.raises(ConfigurationError, match="Stop it first"), hold_at_once(database):
            pass

    with hold_at_once(database):
        waiting = asyncio.create_task(wait_for_the_lock(database, clock))
        await clock.until_asleep()
    clock.advance(seconds=1)
    await waiting
