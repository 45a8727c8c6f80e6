import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sandbox.__main__ import cli
from sandbox.postgres_server import PostgresServer, PostgresUnavailableError, find_programs

FEW = ["crash", "--every", "200", "--at-once", "2"]
SHORT = ["chaos", "--minutes", "0.15", "--seed", "3"]


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    return result.exit_code, result.stdout


def run_for_machines(*arguments: str) -> dict[str, Any]:
    exit_code, output = run(*arguments, "--json")
    (line,) = output.splitlines()
    told: dict[str, Any] = json.loads(line)
    assert exit_code == (1 if told["violations"] else 0)
    return told


def skip_without_postgres() -> None:
    try:
        find_programs()
    except PostgresUnavailableError as error:
        pytest.skip(str(error))


def test_crash_tells_people_its_kills_and_violations(tmp_path: Path) -> None:
    _, output = run(*FEW, "--out", str(tmp_path))

    assert "SIGKILL at" in output
    assert " kills, " in output
    assert "jobs ended outcome_unknown" in output


def test_crash_tells_how_far_it_is_where_nothing_can_be_drawn(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli, ["crash", "--every", "400", "--out", str(tmp_path)], catch_exceptions=False
    )

    told = [line for line in result.stderr.splitlines() if line.endswith(" lives")]
    done, total = told[-1].removesuffix(" lives").split(" of ")
    assert done == total


def test_crash_tells_machines_the_same(tmp_path: Path) -> None:
    told = run_for_machines(*FEW, "--out", str(tmp_path))

    assert told["kills"] > 0
    assert told["jobs"] >= told["kills"]
    assert set(told["scenarios"]) >= {"at once", "ten minutes later"}
    assert len(told["broken"]) == told["violations"]


def test_crash_uses_the_database_that_it_is_given(postgres: PostgresServer, tmp_path: Path) -> None:
    postgres.create("given")

    told = run_for_machines(
        *("crash", "--every", "400", "--out", str(tmp_path)),
        *("--database-url", postgres.url("given")),
    )

    assert (told["engine"], told["broken"]) == ("PostgreSQL", [])


@pytest.mark.parametrize("command", ["crash", "chaos"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite+aiosqlite:///bot.sqlite3", "is for PostgreSQL"),
        ("postgresql+asyncpg://grok@127.0.0.1:1/none", "can't be reached"),
    ],
)
def test_a_database_that_will_not_do_is_told_in_a_sentence(
    command: str, url: str, said: str
) -> None:
    result = CliRunner().invoke(cli, [command, "--database-url", url], catch_exceptions=False)

    assert result.exit_code == 69
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("options", [[], ["--postgres"]], ids=["sqlite", "postgres"])
def test_chaos_leaves_every_job_at_its_end(options: list[str], tmp_path: Path) -> None:
    if options:
        skip_without_postgres()

    told = run_for_machines(*SHORT, *options, "--out", str(tmp_path))

    assert told["broken"] == []
    assert told["jobs"] == sum(told["ended"].values()) > 5
    assert told["engine"] == ("PostgreSQL" if options else "SQLite")
    assert told["faults"] > 0
    assert sum(told["mischief"].values()) > 0
    assert told["for_moderators"]["rows on record"] > 5
    assert (tmp_path / "bot.log").exists()


def test_chaos_is_told_to_people_too() -> None:
    _, output = run("chaos", "--minutes", "0.02")

    words = ("jobs outcome unknown", "memory growth mib", "violations")
    assert [one for one in words if one not in output] == []
