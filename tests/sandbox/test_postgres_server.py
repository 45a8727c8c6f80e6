import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sandbox.postgres_server import (
    PostgresServer,
    PostgresUnavailableError,
    find_programs,
    private_postgres,
)

DEAF = """case "$0" in
    *postgres) trap "" INT; echo $$ > starting; mv starting pid; while :; do sleep 0.1; done;;
    *) echo 150000;;
esac"""
PROGRAMS = ("initdb", "postgres", "psql")


def make_programs(folder: Path, script: str, names: tuple[str, ...] = PROGRAMS) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    return tmp_path / "nowhere"


def test_the_newest_of_several_versions_is_taken(tmp_path: Path, nowhere: Path) -> None:
    for version in ("9.6", "13", "17", "odd"):
        make_programs(tmp_path / version / "bin", "true")

    found = find_programs(tmp_path, path=str(nowhere))

    assert found == tmp_path / "17" / "bin"


def test_programs_on_the_path_come_first(tmp_path: Path) -> None:
    make_programs(tmp_path / "debian" / "17" / "bin", "true")
    mine = make_programs(tmp_path / "mine", "true")

    assert find_programs(tmp_path / "debian", path=str(mine)) == mine.resolve()


@pytest.mark.parametrize("names", [(), ("initdb",), ("psql", "postgres")])
def test_what_is_not_whole_is_not_installed(
    tmp_path: Path, nowhere: Path, names: tuple[str, ...]
) -> None:
    make_programs(tmp_path / "17" / "bin", "true", names)

    with pytest.raises(PostgresUnavailableError, match="apt install postgresql"):
        find_programs(tmp_path, path=str(nowhere))


def test_a_root_without_the_account_of_the_package_is_told(tmp_path: Path, nowhere: Path) -> None:
    make_programs(tmp_path / "17" / "bin", "true")

    found = find_programs(tmp_path, path=str(nowhere), uid=1000, account="nobody-at-all")

    assert found == tmp_path / "17" / "bin"
    with pytest.raises(PostgresUnavailableError, match="no user nobody-at-all"):
        find_programs(tmp_path, path=str(nowhere), uid=0, account="nobody-at-all")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'no room' >&2; exit 1", "initdb: no room"),
        ('case "$0" in *initdb) exit 0;; *) echo "no port"; exit 1;; esac', "no port"),
        ('case "$0" in *initdb) exit 0;; *) exit 1;; esac', "it said nothing"),
    ],
)
def test_a_server_that_does_not_come_up_says_why(script: str, said: str) -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # root has the server run by another user
        programs = make_programs(Path(folder) / "bin", script)

        with pytest.raises(PostgresUnavailableError, match=said), private_postgres(programs):
            pass


def test_a_server_that_does_not_stop_is_killed() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        server = PostgresServer(make_programs(folder / "bin", DEAF), folder)
        server.start()
        while not (folder / "pid").exists():
            time.sleep(0.01)
        process = int((folder / "pid").read_text())

        server.stop(0.2)

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_programs_that_can_not_be_run_are_told(nowhere: Path) -> None:
    with pytest.raises(PostgresUnavailableError, match="initdb: "), private_postgres(nowhere):
        pass


def test_a_server_is_one_s_own_and_leaves_nothing_behind(postgres: PostgresServer) -> None:
    with private_postgres() as server:
        server.create("mine")
        names = server.execute("SELECT datname FROM pg_database ORDER BY 1").split()
        folder = Path(server.execute("SHOW data_directory")).parent
        process = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        server.drop("mine")

    assert names == ["mine", "postgres", "template0", "template1"]
    assert server.url("mine") != postgres.url("mine")
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
