import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.crash.world_clock import WorldClock


def test_it_begins_now_and_in_utc(tmp_path: Path) -> None:
    clock = WorldClock.make(tmp_path / "clock")

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.now().tzinfo is UTC


def test_a_leap_is_seen_by_everybody_who_has_the_file(tmp_path: Path) -> None:
    clock = WorldClock.make(tmp_path / "clock")
    other = WorldClock(tmp_path / "clock")
    before = other.now()

    clock.leap(timedelta(hours=1))
    clock.leap(timedelta(minutes=-10))

    assert timedelta(minutes=50) <= other.now() - before < timedelta(minutes=55)


async def test_a_fast_world_sleeps_for_less_of_the_machine_s_time(tmp_path: Path) -> None:
    clock = WorldClock.make(tmp_path / "clock", rate=1000.0)
    before, began = clock.now(), time.monotonic()

    await clock.sleep(100.0)

    assert clock.now() - before >= timedelta(seconds=99)
    assert time.monotonic() - began < 50


async def test_nobody_sleeps_for_less_than_no_time(tmp_path: Path) -> None:
    await WorldClock.make(tmp_path / "clock").sleep(-5.0)
