import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from bot.__main__ import EXIT_CONFIG
from sandbox.crash.cradle import Cradle
from sandbox.crash.databases import SqliteDatabases
from sandbox.crash.fate import Fate
from sandbox.crash.kill_points import Point
from sandbox.crash.life import live
from sandbox.crash.scene import open_scene
from sandbox.crash.torn import log_of, lose_last_commit, tear_next_commit
from sandbox.crash.weather import Weather

TEARS = 4


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Leave the files of a database whose process was killed after three commits."""
    source, left = tmp_path / "source.sqlite3", tmp_path / "left.sqlite3"
    with closing(sqlite3.connect(source, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE numbers (number INTEGER)")
        for number in (1, 2):
            connection.execute("INSERT INTO numbers VALUES (?)", (number,))
        left.write_bytes(source.read_bytes())
        log_of(left).write_bytes(log_of(source).read_bytes())
    return left


def numbers(database: Path) -> list[int]:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [number for (number,) in connection.execute("SELECT number FROM numbers")]


@pytest.mark.parametrize("seed", range(5))
def test_a_commit_that_was_never_finished_was_never_made(database: Path, seed: int) -> None:
    before = log_of(database).read_bytes()

    tear_next_commit(database, Random(seed))  # noqa: S311 - repeatable on purpose

    assert log_of(database).read_bytes() != before
    assert numbers(database) == [1, 2]


def test_a_disk_that_lies_loses_the_last_commit_and_no_other(database: Path) -> None:
    lose_last_commit(database)

    assert numbers(database) == [1]


def test_a_database_without_a_log_is_left_alone(tmp_path: Path) -> None:
    database = tmp_path / "none.sqlite3"

    tear_next_commit(database, Random(0))  # noqa: S311 - the same
    lose_last_commit(database)

    assert list(tmp_path.iterdir()) == []


async def test_a_commit_cut_off_by_the_power_costs_nothing(
    files: SqliteDatabases, tmp_path: Path
) -> None:
    random = Random(1)  # noqa: S311 - the same

    async with Cradle() as cradle:
        (points,) = (await live(cradle, tmp_path / "explored", files, Fate(()))).points
        verdicts = [
            await live(
                cradle,
                tmp_path / "life",
                files,
                Fate((point,), wound=lambda file: tear_next_commit(file, random)),
            )
            for point in points[30 :: len(points) // TEARS]
        ]

    assert sum(verdict.strikes for verdict in verdicts) >= TEARS - 1
    assert [one for verdict in verdicts for one in verdict.violations] == []


def reference_is_kept(point: Point) -> bool:
    is_commit = point.place.startswith("after ") and "engine.py:write" in point.place
    return is_commit and "jobs.py:mark_rendering" in point.place


async def test_a_charge_whose_commit_a_lying_disk_lost_is_told_as_unknown(
    files: SqliteDatabases, tmp_path: Path
) -> None:

    async with Cradle() as cradle:
        (points,) = (await live(cradle, tmp_path / "explored", files, Fate(()))).points
        last = [point for point in points if reference_is_kept(point) and point.nth == 1][-1]
        fate = Fate((last,), wound=lose_last_commit)
        verdict = await live(cradle, tmp_path / "life", files, fate)

    assert verdict.strikes == 1
    assert verdict.unknown >= 1
    assert verdict.violations == []


async def test_a_file_that_is_no_database_ends_in_one_sentence(
    files: SqliteDatabases, tmp_path: Path
) -> None:

    async with (
        Cradle() as cradle,
        open_scene(tmp_path / "life", files, Weather(0.0, 0)) as scene,
    ):
        assert scene.database.file is not None
        scene.database.file.write_bytes(b"no database at all, but some other file" * 200)
        await cradle.start(scene.launch(None, signal.SIGKILL))
        exit_code = await cradle.end()
        lines = scene.log.read_text(encoding="utf-8").splitlines()

    assert exit_code == EXIT_CONFIG
    assert len(lines) == 1
    assert "file is not a database" in lines[0]
