import asyncio
import sys
from pathlib import Path

import pytest

from bot.errors import ShrinkerBusyError, ShrinkError
from bot.media.shrink import Shrinker
from bot.media.video import VideoProbe
from tests.media.noise import make_noise

FILLS = (
    "import sys, json; target = int(sys.argv[3]); open(sys.argv[2], 'wb').write(bytes(target));"
    "print(json.dumps({'size_bytes': target, 'height': 36}))"
)
FACTS = '{"seconds": %s, "width": 64, "height": 36, "codec": "h264", "has_audio": false}'


def program(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", code]


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def is_running(number: str) -> bool:
    return Path("/proc", number).exists()


def substitute(code: str, *, seconds: float = 1.0) -> Shrinker:
    probe = VideoProbe(program=program(f"print('{FACTS % seconds}')"))
    return Shrinker(probe, program=program(code))


async def test_a_real_video_is_made_smaller_and_is_still_one(tmp_path: Path) -> None:
    source = make_noise(tmp_path / "noise.mp4")
    target = source.stat().st_size // 3

    made = await Shrinker(VideoProbe()).shrink(
        source, tmp_path / "small.mp4", target_bytes=target, seconds=2.0
    )

    assert made.size_bytes == made.path.stat().st_size <= target
    assert (await VideoProbe().probe(made.path)).seconds == 2.0
    assert left_in(tmp_path) == ["noise.mp4", "small.mp4"]


@pytest.mark.parametrize(
    ("code", "reason", "is_final"),
    [
        ('print(\'{"reason": "it stays too large"}\')', "it stays too large", True),
        ("raise SystemExit(3)", "the encoder ended with 3", False),
        ("print('hello')", "gave no answer", False),
        ("print('[]')", "gave an unknown answer", False),
        ('print(\'{"size_bytes": 1, "height": 2}\')', "No such file", False),
    ],
)
async def test_a_child_that_fails_leaves_nothing(
    code: str, reason: str, is_final: object, tmp_path: Path
) -> None:
    with pytest.raises(ShrinkError, match=reason) as caught:
        await substitute(code).shrink(tmp_path / "a", tmp_path / "b", target_bytes=9, seconds=1.0)

    assert caught.value.is_final is is_final
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(("seconds", "more"), [(0.4, 0), (1.0, 1)], ids=["too short", "too large"])
async def test_the_word_of_the_child_is_not_enough(
    seconds: float, more: int, tmp_path: Path
) -> None:
    shrinker = substitute(
        FILLS.replace("bytes(target)", f"bytes(target + {more})"), seconds=seconds
    )

    with pytest.raises(ShrinkError, match="not what was asked for") as caught:
        await shrinker.shrink(tmp_path / "a", tmp_path / "b", target_bytes=9, seconds=1.0)

    assert caught.value.is_final
    assert left_in(tmp_path) == []


async def test_what_is_no_video_afterwards_is_not_handed_on(tmp_path: Path) -> None:
    shrinker = Shrinker(VideoProbe(), program=program(FILLS))

    with pytest.raises(ShrinkError, match="what was made is no video"):
        await shrinker.shrink(tmp_path / "a", tmp_path / "b", target_bytes=9, seconds=1.0)


async def test_only_one_video_is_made_smaller_at_a_time(tmp_path: Path) -> None:
    mark = tmp_path / "go"
    waits = f"import os, time\nwhile not os.path.exists('{mark}'): time.sleep(0.01)\n"
    shrinker = substitute(waits + FILLS)
    first = asyncio.create_task(
        shrinker.shrink(tmp_path / "a", tmp_path / "b", target_bytes=9, seconds=1.0)
    )
    await asyncio.sleep(0)

    with pytest.raises(ShrinkerBusyError):
        await shrinker.shrink(tmp_path / "c", tmp_path / "d", target_bytes=9, seconds=1.0)
    mark.touch()

    assert (await first).size_bytes == 9
    await shrinker.shrink(tmp_path / "c", tmp_path / "d", target_bytes=9, seconds=1.0)


async def test_a_cancelled_video_ends_its_child_and_frees_the_turn(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    code = f"import os, time; open('{mark}', 'w').write(str(os.getpid())); time.sleep(600)"
    shrinker = substitute(code)
    task = asyncio.create_task(
        shrinker.shrink(tmp_path / "a", tmp_path / "b", target_bytes=9, seconds=1.0)
    )
    while not (number := said_in(mark)):  # noqa: ASYNC110 - a file sets no event
        await asyncio.sleep(0.001)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not is_running(number)


async def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    shrinker = Shrinker(VideoProbe(), seconds=0.2, program=program("import time; time.sleep(600)"))

    with pytest.raises(ShrinkError, match="took too long") as caught:
        await shrinker.shrink(tmp_path / "a", tmp_path / "b", target_bytes=9, seconds=1.0)

    assert not caught.value.is_final


def said_in(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def test_an_encoder_that_outlived_its_bot_can_not_spoil_the_next_one_s_file(
    tmp_path: Path,
) -> None:
    mark = tmp_path / "parts"
    shrinker = substitute(f"import sys; print(sys.argv[2], file=open('{mark}', 'a')); {FILLS}")

    for _ in range(2):
        await shrinker.shrink(tmp_path / "a", tmp_path / "b", target_bytes=9, seconds=1.0)

    first, second = mark.read_text().split()
    assert first != second
