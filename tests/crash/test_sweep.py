from pathlib import Path

from sandbox.crash.databases import Databases, PostgresDatabases, SqliteDatabases
from sandbox.crash.scenarios import SCENARIOS, SHARED
from sandbox.crash.sweep import Sweep
from tests.crash.mutants import Mutant, copy_packages, mutate


async def test_the_bot_keeps_its_promises_at_some_points(
    databases: Databases, tmp_path: Path
) -> None:
    sweep = Sweep(tmp_path, databases, every=30, at_once=2)

    await sweep.run()

    assert sweep.violations == []
    tallies = sweep.tallies.values()
    assert [name for name, tally in sweep.tallies.items() if not tally.lives] == []
    assert sum(one.kills + one.stops for one in tallies) > sum(one.lives for one in tallies) / 2
    assert sweep.points > 800  # in all worlds together


async def test_two_at_work_are_struck_where_a_database_lets_them_in(
    files: SqliteDatabases, on_server: PostgresDatabases, tmp_path: Path
) -> None:
    names = [set(Sweep(tmp_path, databases).tallies) for databases in (files, on_server)]

    assert names[1] - names[0] == {scenario.name for scenario in SHARED}


async def test_a_broken_promise_is_told_with_its_place_and_its_files_are_kept(
    files: SqliteDatabases, tmp_path: Path
) -> None:
    root = copy_packages(tmp_path / "mutated")
    forgetful = Mutant(
        name="wrong id",
        file="bot/pipeline/deliver.py",
        old="message_id=posted.message_id",
        new="message_id=posted.message_id + 1",
        broken="by a wrong id",
    )
    mutate(root, forgetful)
    progress: list[tuple[int, int]] = []
    sweep = Sweep(
        tmp_path,
        files,
        every=150,
        only=SCENARIOS[0],
        keep=tmp_path / "kept",
        package_root=root,
        on_life=lambda done, total: progress.append((done, total)),
    )

    await sweep.run()

    kept = ("bot.log", "books.txt")
    assert progress
    told = [one for one in sweep.violations if forgetful.broken in one.what]
    assert {len(one.strikes) for one in told} == {0, 1}  # it shows without a kill too
    assert all((Path(str(one.kept)) / name).exists() for one in sweep.violations for name in kept)
