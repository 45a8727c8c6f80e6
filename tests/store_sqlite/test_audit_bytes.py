import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store.engines.engine import Database, open_database
from bot.store.record.audit import Entry, append
from bot.store.record.chain import Verdict, check_chain
from tests.factories import GUILD
from tests.manual_clock import START
from tests.store.engines import sqlite_url

ALIEN = (
    "at = '2026-11-20 12:00:02'",
    "at = '2026-11-20T12:00:02.000000'",
    "at = 'yesterday'",
    "at = x'ff'",
    "reason = x'c328'",
    "reason = CAST(x'c328' AS TEXT)",
    "guild_id = 'many'",
    "actor_id = '007x'",
    "actor_id = 7.5",
)


@pytest.fixture
async def database(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    path = Path(shutil.copy(sqlite_template, tmp_path / "bot.sqlite3"))
    async with open_database(sqlite_url(path)) as opened:
        yield opened


async def put(database: Database) -> None:
    async with database.write() as connection:
        for number in range(1, 4):
            entry = Entry("limit.set", guild_id=GUILD, actor_id=7)
            await append(connection, entry, now=START + timedelta(seconds=number))


@pytest.mark.parametrize("values", ALIEN)
async def test_what_no_column_should_hold_is_found_like_any_change(
    database: Database, values: str
) -> None:
    await put(database)
    async with database.write() as connection:
        await connection.execute(sa.text(f"UPDATE audit SET {values} WHERE id = 2"))  # noqa: S608 - of this file

    async with database.read() as connection:
        verdict = await check_chain(connection)

    assert (verdict.rows, verdict.bad_row) == (1, 2)


async def test_a_note_of_the_end_that_is_no_number_is_found(database: Database) -> None:
    await put(database)
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE audit_head SET last_id = 'x'"))

    async with database.read() as connection:
        verdict = await check_chain(connection)

    assert verdict.bad_row == 1


async def test_the_check_of_nothing_finds_nothing(database: Database) -> None:
    async with database.read() as connection:
        assert await check_chain(connection) == Verdict(0)
