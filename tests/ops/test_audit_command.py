import csv
import json
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.errors import BotError, ConfigurationError, InvalidRequestError
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from bot.store.record.audit import Entry, append
from tests.factories import GUILD
from tests.manual_clock import ManualClock
from tests.ops.trial_desk import Desk
from tests.store.world import World, make_world

URL = "sqlite+aiosqlite:///data/bot.sqlite3"


@pytest.fixture
async def record(desk: Desk) -> None:
    """Write three rows: two of today, one of another server and long ago."""
    del desk  # its folder is where the database goes
    now = SystemClock().now()
    async with open_database(URL) as database:
        await migrate(database)
        async with database.write() as connection:
            old = Entry("rule.add", guild_id=GUILD + 1, target="rule:1")
            await append(connection, old, now=now - timedelta(days=9))
            for number in (2, 3):
                entry = Entry("rule.add", guild_id=GUILD, target=f"rule:{number}", reason="@SUM(1)")
                await append(connection, entry, now=now)


async def execute(statement: str) -> None:
    async with open_database(URL) as database:
        world: World = make_world(database, ManualClock())
        await world.execute(statement)


@pytest.mark.usefixtures("record")
async def test_a_record_that_is_as_it_was_written_is_ok(desk: Desk) -> None:
    result = await desk.run("audit", "verify")

    assert result.exit_code == 0, result.output
    assert result.output.startswith("ok, 3 rows\nThe hash of the last one is ")


@pytest.mark.usefixtures("record")
async def test_one_changed_letter_is_named_with_what_to_do(desk: Desk) -> None:
    await execute("UPDATE audit SET reason = '@SUM(2)' WHERE id = 2")

    result = await desk.run("audit", "verify")

    assert result.exit_code == 1
    assert type(result.exception) is BotError
    assert "row 2 is not as it was written. The 1 rows before it" in str(result.exception)
    assert "compare the row with your log channel" in str(result.exception)


async def test_without_a_database_nothing_is_made(desk: Desk) -> None:
    result = await desk.run("audit", "verify")

    assert type(result.exception) is ConfigurationError
    assert list(desk.folder.iterdir()) == []


@pytest.mark.usefixtures("record")
async def test_the_record_is_printed_as_a_table_without_formulas(desk: Desk) -> None:
    result = await desk.run("audit", "export", "--guild", str(GUILD))

    rows = list(csv.DictReader(result.output.splitlines()))
    assert [(row["target"], row["reason"]) for row in rows] == [
        ("rule:2", "'@SUM(1)"),
        ("rule:3", "'@SUM(1)"),
    ]


@pytest.mark.usefixtures("record")
async def test_the_record_is_written_to_a_file_as_lines_of_json(desk: Desk) -> None:
    words = ("audit", "export", "record.jsonl", "--format", "jsonl", "--since", "1d")

    result = await desk.run(*words)
    again = await desk.run(*words)

    assert "2 rows written to record.jsonl" in result.output
    text = (desk.folder / "record.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["target"] for line in text.splitlines()] == ["rule:2", "rule:3"]
    assert "There is a file record.jsonl already" in str(again.exception)


@pytest.mark.usefixtures("record")
async def test_what_can_t_be_written_or_read_is_told(desk: Desk) -> None:
    nowhere = await desk.run("audit", "export", "nowhere/record.csv")
    someday = await desk.run("audit", "export", "--since", "someday")

    assert "can't be written" in str(nowhere.exception)
    assert type(someday.exception) is InvalidRequestError
