from pathlib import Path

import pytest

from bot.errors import BotError, ConfigurationError
from tests.manual_clock import START
from tests.ops.attic import DAY, Attic
from tests.ops.trial_desk import Desk


@pytest.fixture
async def old(attic: Attic, desk: Desk, tmp_path: Path) -> Attic:
    desk.set(
        {
            "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3",
            "RESULTS_URL": f"file://{tmp_path}/results",
            # The command reads the real clock, which is far from that of the jobs.
            "RESULTS_DAYS": "1",
            "REFERENCES_DAYS": "1",
            "PROMPTS_DAYS": "1",
        }
    )
    await attic.job(1)
    await attic.world.execute("UPDATE jobs SET updated_at = '2020-01-01 00:00:00'")
    attic.put("2026/11/nosuchjob0.mp4", at=START - 400 * DAY)
    attic.put("holiday.mp4", at=START - 400 * DAY)
    return attic


def row(output: str, what: str) -> list[str]:
    (line,) = [line for line in output.splitlines() if what in line]
    return [cell.strip() for cell in line.strip("│ ").split("│")]


async def test_a_dry_run_says_what_would_go_and_changes_nothing(old: Attic, desk: Desk) -> None:
    before = old.files()

    result = await desk.run("sweep", "--dry-run")

    assert result.exit_code == 0, result.output
    assert "Would be deleted" in result.output
    assert row(result.output, "videos") == ["videos", "1", "0.0 MB"]
    assert row(result.output, "reference images") == ["reference images", "1", "0.0 MB"]
    assert row(result.output, "words of jobs") == ["words of jobs", "1"]
    assert row(result.output, "without a job") == ["files without a job", "1", "0.0 MB"]
    assert "1 files there are none of the bot's. They are left alone." in result.output
    assert old.files() == before


async def test_a_sweep_does_it(old: Attic, desk: Desk) -> None:
    await old.storage.write(b"young", "2026/11/nosuchjob1.mp4")

    result = await desk.run("sweep")

    assert result.exit_code == 0, result.output
    assert old.files() == ["2026/11/nosuchjob1.mp4", "holiday.mp4"]
    assert (await old.world.job("job0000001")).spec.prompt == ""


async def test_many_files_without_a_job_need_a_word_of_their_own(old: Attic, desk: Desk) -> None:
    for number in range(30):
        old.put(f"2026/10/nosuch{number:04d}.mp4", at=START - 400 * DAY)

    careful = await desk.run("sweep")
    left = len(old.files())
    told = await desk.run("sweep", "--all-orphans")

    assert row(careful.output, "without a job")[1] == "0"
    assert "belong to no job" in careful.output
    assert left == 32
    assert row(told.output, "without a job")[1] == "31"
    assert "belong to no job" not in told.output
    assert old.files() == ["holiday.mp4"]


async def test_jobs_whose_video_is_gone_are_listed(old: Attic, desk: Desk) -> None:
    desk.set({"RESULTS_DAYS": "0"})
    await old.storage.remove("2026/11/job0000001.mp4")

    result = await desk.run("sweep")

    assert "The videos of these jobs are gone: job0000001" in result.output


async def test_what_could_not_be_done_is_said_at_the_end(old: Attic, desk: Desk) -> None:
    (old.root / "references" / "job0000001-1.jpg").unlink()
    (old.root / "references" / "job0000001-1.jpg").mkdir()

    result = await desk.run("sweep")

    assert isinstance(result.exception, BotError)
    assert "Not everything was done. reference images: disk: Is a directory." in str(
        result.exception
    )
    assert row(result.output, "videos")[1] == "1"


async def test_without_a_database_nothing_is_swept(desk: Desk) -> None:
    result = await desk.run("sweep")

    assert isinstance(result.exception, ConfigurationError)
    assert "There is no database at" in str(result.exception)
