from pathlib import Path

import pytest

from sandbox.crash.sweep import SCENARIOS, Scenario, Sweep
from tests.crash.mutants import Mutant, copy_packages, mutate


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_the_bot_keeps_its_promises_at_some_points(
    scenario: Scenario, tmp_path: Path
) -> None:
    sweep = Sweep(tmp_path, every=30, at_once=2, only=scenario)

    await sweep.run()

    assert sweep.violations == []
    tally = sweep.tallies[scenario.name]
    assert tally.kills + tally.stops > tally.lives / 2 > 0
    assert sweep.points > 300


async def test_a_broken_promise_is_told_with_its_place_and_its_files_are_kept(
    tmp_path: Path,
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
        every=150,
        only=SCENARIOS[0],
        keep=tmp_path / "kept",
        package_root=root,
        on_life=lambda done, total: progress.append((done, total)),
    )

    await sweep.run()

    assert progress
    assert all(forgetful.broken in one.what for one in sweep.violations)
    assert {len(one.strikes) for one in sweep.violations} == {0, 1}  # it shows without a kill too
    assert all((Path(str(one.kept)) / "bot.log").exists() for one in sweep.violations)
