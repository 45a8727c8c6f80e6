import pytest

from bot.errors import ConfigurationError
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from tests.manual_clock import ManualClock
from tests.ops.trial_desk import Desk
from tests.store.world import make_world

URL = "sqlite+aiosqlite:///data/bot.sqlite3"


@pytest.fixture
async def reserved(desk: Desk) -> Desk:
    async with open_database(URL) as database:
        await migrate(database)
        await make_world(database, ManualClock()).reserve()
    return desk


async def test_a_backup_is_written_and_restored(reserved: Desk) -> None:
    made = await reserved.run("backup")
    (file,) = (reserved.folder / "data" / "backups").iterdir()
    (reserved.folder / "data" / "bot.sqlite3").unlink()
    restored = await reserved.run("restore", str(file), "--yes")

    assert made.exit_code == 0, made.output
    assert f"Written and checked: data/backups/{file.name}" in made.output
    assert restored.exit_code == 0, restored.output
    assert "Restored: 1 jobs, of which 1 are open and go on." in restored.output
    assert "1 of them may have been paid for since the backup" in restored.output
    assert "is kept as" not in restored.output


async def test_the_options_of_a_backup_are_heeded(reserved: Desk) -> None:
    (reserved.folder / "data" / "results").mkdir()
    (reserved.folder / "data" / "results" / "a.mp4").write_bytes(b"a video")
    (reserved.folder / "there").mkdir()
    (reserved.folder / "there" / "grok-bot-20200101-000000.tar").write_bytes(b"old")

    made = await reserved.run("backup", "there", "--with-results", "--keep", "1")
    (file,) = (reserved.folder / "there").iterdir()
    (reserved.folder / "data" / "results" / "a.mp4").unlink()
    restored = await reserved.run("restore", str(file), "--yes")

    assert file.suffix == ".tar"
    assert "Removed, because newer ones are enough: grok-bot-20200101-000000.tar" in made.output
    assert "1 files that were missing are back." in restored.output
    assert "The database that was replaced is kept as data/bot.sqlite3.before-" in restored.output
    assert (reserved.folder / "data" / "results" / "a.mp4").read_bytes() == b"a video"


async def test_nothing_is_replaced_without_a_yes(reserved: Desk) -> None:
    await reserved.run("backup")
    (file,) = (reserved.folder / "data" / "backups").iterdir()
    before = (reserved.folder / "data" / "bot.sqlite3").read_bytes()

    result = await reserved.run("restore", str(file), typed="n\n")

    assert result.exit_code == 0
    assert result.output.endswith("Nothing was changed.\n")
    assert (reserved.folder / "data" / "bot.sqlite3").read_bytes() == before


async def test_what_goes_wrong_is_one_sentence(desk: Desk) -> None:
    result = await desk.run("backup")

    assert isinstance(result.exception, ConfigurationError)
    assert str(result.exception) == "There is no database at data/bot.sqlite3 yet."
