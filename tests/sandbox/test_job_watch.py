import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain import JobState
from sandbox.job_watch import JobWatch


def test_a_database_that_is_not_there_or_still_empty_has_no_job(tmp_path: Path) -> None:
    missing = JobWatch(tmp_path / "missing.sqlite3")
    empty = tmp_path / "empty.sqlite3"
    empty.touch()

    assert (missing.job(), missing.states()) == (None, [])
    assert (JobWatch(empty).job(), JobWatch(empty).states()) == (None, [])


def test_the_second_job_is_told_from_the_first(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE jobs (id, provider, model, mode, estimate_micros, cost_micros)"
        )
        connection.execute("CREATE TABLE job_events (id INTEGER PRIMARY KEY, job_id, event)")
        for job, mode in (("b", "text"), ("a", "edit")):
            connection.execute("INSERT INTO jobs VALUES (?, 'xai', 'm', ?, 1, NULL)", (job, mode))
        for job, event in (("b", "reserved"), ("a", "reserved"), ("a", "failed:lost"), ("b", "x")):
            connection.execute("INSERT INTO job_events (job_id, event) VALUES (?, ?)", (job, event))

    first, second = JobWatch(path), JobWatch(path, 2)
    jobs = [watch.job() for watch in (first, second)]

    assert [job.id for job in jobs if job is not None] == ["b", "a"]
    assert (first.states(), second.states()) == (["reserved"], ["reserved", "failed"])


async def test_a_state_that_never_comes_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        await JobWatch(tmp_path / "missing.sqlite3").until(JobState.POSTED, 0.01)
