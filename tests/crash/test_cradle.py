import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.crash.cradle import BrokenNurseryError, Cradle
from sandbox.crash.databases import SqliteDatabases
from sandbox.crash.kill_points import Point
from sandbox.crash.launch import Launch, read_points
from sandbox.crash.scene import Scene, open_scene
from sandbox.crash.weather import Weather


@pytest.fixture
async def scene(tmp_path: Path, files: SqliteDatabases) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path / "life", files, Weather(0.0, 0)) as opened:
        yield opened


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("point", [None, Point("before it", 2)])
def test_a_launch_is_read_as_it_was_written(point: Point | None) -> None:
    launch = Launch("folder", {"NAME": "value\n"}, "clock", point, signal.SIGSTOP)

    assert "\n" not in launch.as_line()
    assert Launch.from_line(launch.as_line()) == launch


def test_a_life_that_has_not_ended_has_no_points(tmp_path: Path) -> None:
    assert read_points(tmp_path) == []


async def test_one_nursery_has_one_life_after_another(scene: Scene) -> None:
    async with Cradle() as cradle:
        process_ids = []
        for _ in range(2):
            await cradle.start(scene.launch(None, signal.SIGKILL))
            process_ids.append(cradle.process_id)
            cradle.tell(signal.SIGKILL)
            assert await cradle.end() == -signal.SIGKILL
            assert cradle.is_empty

    assert len(set(process_ids)) == 2
    assert cradle.process_id is None
    cradle.tell(signal.SIGKILL)  # nobody is left to hear it


async def test_a_life_does_not_outlive_its_nursery(scene: Scene) -> None:
    async with Cradle() as cradle:
        await cradle.start(scene.launch(None, signal.SIGKILL))
        await scene.chat.wait_until_connected()
        process_id = cradle.process_id

    assert process_id is not None
    assert not is_alive(process_id)


async def test_a_setting_that_will_not_do_ends_a_life_with_one_sentence(scene: Scene) -> None:
    launch = scene.launch(None, signal.SIGKILL)
    settings = {**launch.settings, "WORKER_LIMIT": "no number"}

    async with Cradle() as cradle:
        await cradle.start(Launch(launch.folder, settings, launch.clock))

        assert await cradle.end() == 78
    assert "WORKER_LIMIT" in scene.log.read_text(encoding="utf-8")


async def test_a_nursery_that_dies_is_noticed() -> None:
    async with Cradle() as cradle:
        await cradle.start(Launch("no such folder", {}, "clock"))
        assert await cradle.end() == 70

        with pytest.raises(BrokenNurseryError, match="it ended with"):
            await cradle.start(Launch("folder", {}, "clock", "no point"))  # type: ignore[arg-type] # on purpose


async def test_a_nursery_that_would_run_another_bot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenNurseryError, match="and not what it was to"):
        async with Cradle(tmp_path):
            pass
