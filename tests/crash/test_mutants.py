from pathlib import Path

import pytest

from sandbox.crash.cradle import BrokenNurseryError, Cradle
from sandbox.crash.databases import SqliteDatabases
from sandbox.crash.fate import Fate
from sandbox.crash.kill_points import Point
from sandbox.crash.life import live
from sandbox.crash.plays import Play
from tests.crash.mutants import MUTANTS, Mutant, TextIsGoneError, copy_packages, mutate

MOST_LIVES = 3


async def explore(cradle: Cradle, folder: Path, files: SqliteDatabases, play: Play) -> list[Point]:
    fate = Fate((), play=play)
    return (await live(cradle, folder / "explored", files, fate)).points[0]


def fates_of(mutant: Mutant, points: list[Point]) -> list[Fate]:
    if not mutant.killed_after:
        return [Fate((), paid_reply=mutant.paid_reply, play=mutant.play)]
    return [
        Fate((point,), mutant.pause, play=mutant.play) for point in mutant.picks(points, MOST_LIVES)
    ]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
async def test_a_bot_that_breaks_a_rule_is_caught(
    mutant: Mutant, files: SqliteDatabases, tmp_path: Path
) -> None:
    root = copy_packages(tmp_path / "mutated")
    mutate(root, mutant)
    found: list[str] = []

    async with Cradle(root) as cradle:
        points = await explore(cradle, tmp_path, files, mutant.play)
        for fate in fates_of(mutant, points):
            if not found:
                found += (await live(cradle, tmp_path / "life", files, fate)).violations

    assert [one for one in found if mutant.broken in one], found


async def test_the_bot_as_it_is_lives_the_same_lives_well(
    files: SqliteDatabases, tmp_path: Path
) -> None:

    async with Cradle() as cradle:
        points = {
            play: await explore(cradle, tmp_path, files, play)
            for play in (Play.JOBS, Play.MODERATORS)
        }
        fates: list[Fate] = []
        for mutant in MUTANTS:
            wanted = fates_of(mutant, points[mutant.play])
            fates += [fate for fate in wanted if fate not in fates]
        verdicts = [await live(cradle, tmp_path / "life", files, fate) for fate in fates]

    assert len(verdicts) >= len(MUTANTS)
    assert [one for verdict in verdicts for one in verdict.violations] == []


def test_a_mutant_whose_text_is_gone_fails_loudly(tmp_path: Path) -> None:
    root = copy_packages(tmp_path / "mutated")
    mutant = Mutant("old", "bot/clock.py", "no such text", "", "")

    with pytest.raises(TextIsGoneError, match="'old' not once"):
        mutate(root, mutant)


async def test_a_nursery_that_would_run_another_bot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenNurseryError, match="and not what it was to"):
        async with Cradle(tmp_path):
            pass
