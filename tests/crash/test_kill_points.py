import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sandbox.crash.kill_points import KillPoints, Point

CODE = """
import asyncio
from contextlib import asynccontextmanager

async def inner():
    await asyncio.sleep(0)

async def outer():
    await inner()

async def twice():
    await inner()
    for _ in range(3):
        await inner()

@asynccontextmanager
async def context():
    await asyncio.sleep(0)
    yield
    await asyncio.sleep(0)

async def within():
    async with context():
        pass

async def patient(event):
    try:
        await event.wait()
    except asyncio.CancelledError:
        await inner()
        raise
"""


@pytest.fixture
def code(tmp_path: Path) -> ModuleType:
    """Import a module that lies where the work of a bot does."""
    folder = tmp_path / "bot" / "pipeline"
    folder.mkdir(parents=True)
    (folder / "work.py").write_text(CODE, encoding="utf-8")
    spec = spec_from_file_location("work", folder / "work.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def nothing() -> None:
    """Let the process live."""


def points_of(
    package: Path,
    *works: Coroutine[Any, Any, None],
    strike: Callable[[], None] = nothing,
    target: Point | None = None,
) -> list[Point]:
    points = KillPoints(package, strike, target)

    async def all_works() -> None:
        asyncio.get_running_loop().set_task_factory(points.make_task)
        await asyncio.gather(*(asyncio.create_task(work) for work in works))

    asyncio.run(all_works())
    return points.seen


def words(points: list[Point]) -> list[str]:
    return [point.place.partition("@")[0] for point in points]


def test_each_wait_is_a_point_before_and_after_it(code: ModuleType, tmp_path: Path) -> None:
    seen = points_of(tmp_path / "bot", code.outer())

    where = "pipeline/work.py:outer:9 pipeline/work.py:inner:6"
    assert words(seen) == [f"before {where}", f"after {where}"]
    assert seen[0].title.startswith("before pipeline/work.py:inner:6@")


def test_a_place_is_a_point_once_for_each_task_and_for_two_tasks_at_most(
    code: ModuleType, tmp_path: Path
) -> None:
    seen = points_of(tmp_path / "bot", code.outer(), code.outer(), code.outer())

    assert [point.nth for point in seen] == [1, 2, 1, 2]


def test_the_same_line_in_a_loop_is_one_place(code: ModuleType, tmp_path: Path) -> None:
    assert len(points_of(tmp_path / "bot", code.twice())) == 4


def test_entering_and_leaving_a_context_are_two_places(code: ModuleType, tmp_path: Path) -> None:
    seen = points_of(tmp_path / "bot", code.within())

    inner = [place.rpartition(" ")[2] for place in words(seen)]
    assert inner == ["pipeline/work.py:context:18"] * 2 + ["pipeline/work.py:context:20"] * 2


def test_waits_of_other_code_are_no_points(code: ModuleType, tmp_path: Path) -> None:
    assert points_of(tmp_path / "elsewhere", code.outer()) == []


def test_a_context_of_other_code_is_no_point(tmp_path: Path) -> None:
    @asynccontextmanager
    async def elsewhere() -> AsyncIterator[None]:
        await asyncio.sleep(0)
        yield

    async def use() -> None:
        async with elsewhere():
            pass

    assert points_of(tmp_path / "bot", use()) == []


@pytest.mark.parametrize("number", [0, 1])
def test_it_strikes_at_its_target_and_nowhere_else(
    code: ModuleType, tmp_path: Path, number: int
) -> None:
    target = points_of(tmp_path / "bot", code.outer())[number]
    strikes = []

    seen = points_of(
        tmp_path / "bot",
        code.outer(),
        strike=lambda: strikes.append(target),
        target=target,
    )

    assert strikes == [target]
    assert target in seen


async def test_a_task_that_is_cancelled_passes_its_points_too(
    code: ModuleType, tmp_path: Path
) -> None:
    points = KillPoints(tmp_path / "bot", nothing, None)
    loop = asyncio.get_running_loop()
    task = points.make_task(loop, code.patient(asyncio.Event()))
    await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    lines = [place.rpartition(":")[2] for place in words(points.seen)]
    assert lines == ["28", "28", "6", "6"]


async def test_work_that_never_began_can_be_closed(code: ModuleType, tmp_path: Path) -> None:
    points = KillPoints(tmp_path / "bot", nothing, None)
    task = points.make_task(asyncio.get_running_loop(), code.outer())

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert points.seen == []
