import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.chaos.keeper import Keeper, Weights
from sandbox.chaos.mischief import Mischief
from sandbox.crash.cradle import Cradle
from sandbox.crash.databases import SqliteDatabases
from sandbox.crash.scene import Scene, open_scene
from sandbox.crash.weather import Weather


@pytest.fixture
async def scene(tmp_path: Path, files: SqliteDatabases) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path / "life", files, Weather(0.0, 0)) as opened:
        yield opened


@pytest.fixture
async def keeper(scene: Scene) -> AsyncIterator[Keeper]:
    async with Cradle() as cradle:
        kept = Keeper(cradle, lambda: scene.launch(None, signal.SIGKILL))
        await kept.start()
        await scene.chat.wait_until_connected()
        yield kept


def test_growth_is_that_of_one_process() -> None:
    weights = Weights()

    for readings in ((100, 130, 0, 120), (40, 50)):
        weights.begin()
        for reading in readings:
            weights.note(reading)

    assert (weights.largest, weights.growth) == (130, 30)


async def test_a_bot_that_ended_by_itself_is_mourned_and_started_again(
    scene: Scene, keeper: Keeper
) -> None:
    scene.chat.gateway.close(4004)

    await keeper.mourn()

    assert keeper.problems == ["the bot ended with 69"]
    assert keeper.is_down
    await keeper.start()
    assert not keeper.is_down
    await keeper.kill()


async def test_every_deed_leaves_a_bot_that_runs(scene: Scene, keeper: Keeper) -> None:
    before = scene.clock.now()
    mischief = Mischief(scene.clock, scene.database.file, seed=4)

    for name in mischief.deeds:
        await mischief.do(name, keeper, [keeper])
        assert not keeper.is_down

    assert keeper.kills == 3
    assert keeper.stops == 1
    assert scene.clock.now() - before > timedelta(minutes=20)
    assert mischief.done == dict.fromkeys(mischief.deeds, 1)
    assert [problem for problem in keeper.problems if "-15" not in problem] == []
    await keeper.kill()


async def test_a_bot_that_is_down_is_only_started_again(scene: Scene, keeper: Keeper) -> None:
    mischief = Mischief(scene.clock, None, seed=4)
    await keeper.kill()
    kills = keeper.kills

    await mischief.do_something([keeper])

    assert not keeper.is_down
    assert (keeper.kills, mischief.done) == (kills, {})
    await mischief.do("killed in a commit", keeper, [keeper])
    assert not keeper.is_down
    await keeper.kill()
