import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.crash.course import Course
from sandbox.crash.cradle import Cradle
from sandbox.crash.databases import PostgresDatabases, SqliteDatabases
from sandbox.crash.fate import Fate
from sandbox.crash.kill_points import Point
from sandbox.crash.life import live
from sandbox.crash.scene import open_scene
from sandbox.crash.weather import Weather


@pytest.fixture
async def cradle() -> AsyncIterator[Cradle]:
    async with Cradle() as opened:
        yield opened


@pytest.fixture
async def other() -> AsyncIterator[Cradle]:
    async with Cradle() as opened:
        yield opened


def is_on_the_way_out(point: Point) -> bool:
    return point.place.startswith("after pipeline/runner.py:run:") and " " not in point.place[6:]


async def test_a_bot_that_holds_itself_while_it_stops_is_let_go(
    cradle: Cradle, files: SqliteDatabases, tmp_path: Path
) -> None:
    (points,) = (await live(cradle, tmp_path / "explored", files, Fate(()))).points
    (last,) = filter(is_on_the_way_out, points)

    verdict = await live(cradle, tmp_path / "life", files, Fate((last,), strike=signal.SIGSTOP))

    assert verdict.violations == []


async def test_two_at_work_share_one_strike(
    cradle: Cradle, other: Cradle, on_server: PostgresDatabases, tmp_path: Path
) -> None:
    (points,) = (await live(cradle, tmp_path / "explored", on_server, Fate(()))).points
    first = next(point for point in points if "runner.py" in point.place)

    verdict = await live(
        cradle, tmp_path / "life", on_server, Fate((first,), has_company=True), other=other
    )

    assert (verdict.strikes, verdict.jobs, verdict.points) == (1, 3, [])
    assert verdict.violations == []


async def test_a_strike_on_the_way_out_of_two_is_a_strike(
    cradle: Cradle, other: Cradle, on_server: PostgresDatabases, tmp_path: Path
) -> None:
    (points,) = (await live(cradle, tmp_path / "explored", on_server, Fate(()))).points
    (leaving, *_) = (point for point in points if "presence.py:leave" in point.place)

    verdict = await live(
        cradle, tmp_path / "life", on_server, Fate((leaving,), has_company=True), other=other
    )

    assert (verdict.strikes, verdict.violations) == (1, [])


async def test_one_of_two_that_ends_by_itself_is_told_and_started_again(
    cradle: Cradle, other: Cradle, on_server: PostgresDatabases, tmp_path: Path
) -> None:
    async with open_scene(tmp_path, on_server, Weather(0.0, 0)) as scene:
        course = Course(cradle, other, scene, Fate((), has_company=True))
        running = asyncio.create_task(course.run())
        await scene.chat.wait_until_connected()

        scene.chat.gateway.close(4004)

        await running
        assert (course.strikes, course.problems) == (0, ["the bot ended with 69"])
        assert (await scene.database.books.pending()).is_nothing


async def test_a_course_that_is_broken_off_leaves_nobody_behind(
    cradle: Cradle, other: Cradle, files: SqliteDatabases, tmp_path: Path
) -> None:
    async with open_scene(tmp_path, files, Weather(0.0, 0)) as scene:
        course = Course(cradle, None, scene, Fate(()))
        running = asyncio.create_task(course.run())
        await scene.chat.wait_until_connected()
        running.cancel()

        await course.break_off()

        assert cradle.is_empty
        assert other.process_id is None
