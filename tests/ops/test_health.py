import json
import math
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ops.health import Heartbeat, check

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class FakeClock:
    def now(self) -> datetime:
        return NOW

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(f"a heartbeat does not wait, not even {seconds} s")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "heartbeat.json"


@pytest.fixture
def heartbeat(path: Path) -> Heartbeat:
    return Heartbeat(path, FakeClock())


def test_a_beat_writes_the_facts_and_nothing_beside_them(heartbeat: Heartbeat, path: Path) -> None:
    heartbeat.beat(gateway_ready=True, latency_seconds=0.25, last_tick_at=NOW)

    assert json.loads(path.read_text()) == {
        "at": "2026-11-20T12:00:00Z",
        "gateway_ready": True,
        "latency_seconds": 0.25,
        "last_tick_at": "2026-11-20T12:00:00Z",
        "has_room": True,
        "pid": os.getpid(),
    }
    assert list(path.parent.iterdir()) == [path]


def test_a_fresh_beat_is_healthy(heartbeat: Heartbeat, path: Path) -> None:
    heartbeat.beat(gateway_ready=True, latency_seconds=0.25, last_tick_at=NOW)

    assert check(path, NOW + MINUTE, MINUTE) is None
    assert check(path, NOW - MINUTE, MINUTE) is None


def test_a_worker_without_the_gateway_is_well_without_it(heartbeat: Heartbeat, path: Path) -> None:
    heartbeat.beat(gateway_ready=None, latency_seconds=math.nan, last_tick_at=NOW)

    assert check(path, NOW, MINUTE) is None


def test_no_file_means_that_the_bot_is_not_running(path: Path) -> None:
    verdict = check(path, NOW, MINUTE)

    assert verdict is not None
    assert verdict.startswith(f"There is no heartbeat at {path}: the bot is not running")


def test_an_old_beat_is_told_with_its_age(heartbeat: Heartbeat, path: Path) -> None:
    heartbeat.beat(gateway_ready=True, latency_seconds=0.25, last_tick_at=NOW)

    verdict = check(path, NOW + timedelta(seconds=61), MINUTE)

    assert verdict == "The last heartbeat is 61 seconds old: the bot has stopped or hangs."


def test_a_beat_from_the_future_is_no_proof(heartbeat: Heartbeat, path: Path) -> None:
    heartbeat.beat(gateway_ready=True, latency_seconds=0.25, last_tick_at=NOW)

    verdict = check(path, NOW - timedelta(hours=1), MINUTE)

    assert verdict == "The heartbeat is 3600 seconds ahead of the clock: the clock was set back."


@pytest.mark.parametrize(
    ("ready", "latency", "tick", "verdict"),
    [
        (True, 0.1, None, "The job loop has not run yet."),
        (
            True,
            0.1,
            NOW - timedelta(seconds=90),
            "The job loop ran 90 seconds ago for the last time.",
        ),
        (False, 0.1, NOW, "The bot is not connected to Discord."),
        (True, math.inf, NOW, "Discord's gateway does not answer the bot."),
        (True, math.nan, NOW, "Discord's gateway does not answer the bot."),
    ],
)
def test_each_part_that_stands_still_is_named(
    heartbeat: Heartbeat,
    path: Path,
    *,
    ready: bool,
    latency: float,
    tick: datetime | None,
    verdict: str,
) -> None:
    heartbeat.beat(gateway_ready=ready, latency_seconds=latency, last_tick_at=tick)

    assert check(path, NOW, MINUTE) == verdict


def test_a_disk_without_room_for_a_video_is_not_healthy(heartbeat: Heartbeat, path: Path) -> None:
    heartbeat.beat(gateway_ready=True, latency_seconds=0.1, last_tick_at=NOW, has_room=False)

    verdict = check(path, NOW, MINUTE)

    assert verdict == "There is no room on the disk: finished videos wait with their provider."


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"at": "2026-11-20T12:00:00"}', b'{"at": 1, "pid": "x"}'],
)
def test_a_file_of_another_shape_is_not_healthy(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    verdict = check(path, NOW, MINUTE)

    assert verdict == f"The heartbeat at {path} is not one that this version writes."


def test_bytes_that_are_no_text_are_not_healthy(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")

    verdict = check(path, NOW, MINUTE)

    assert verdict is not None
    assert verdict.startswith(f"The heartbeat at {path} can't be read: ")


def test_a_folder_in_the_place_of_the_file_is_not_healthy(path: Path) -> None:
    path.mkdir(parents=True)

    verdict = check(path, NOW, MINUTE)

    assert verdict is not None
    assert verdict.startswith(f"The heartbeat at {path} can't be read: ")


def test_an_unwritable_place_is_logged_once_down_and_once_up(
    heartbeat: Heartbeat, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    path.mkdir(parents=True)

    for _ in range(3):
        heartbeat.beat(gateway_ready=True, latency_seconds=0.25, last_tick_at=NOW)
    path.rmdir()
    for _ in range(2):
        heartbeat.beat(gateway_ready=True, latency_seconds=0.25, last_tick_at=NOW)

    down, up = caplog.messages
    assert down.startswith("The heartbeat can't be written: ")
    assert up == "The heartbeat is written again"
    assert check(path, NOW, MINUTE) is None
