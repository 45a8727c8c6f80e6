import asyncio
import sys
from pathlib import Path

import pytest

from bot.errors import JoinError
from bot.media.join import Joiner
from bot.media.video import LONGEST_JOINED_SECONDS, VideoProbe
from sandbox.clips import make_clip
from tests.media.parts import make_part

WRITES = "import sys, json; open(sys.argv[1], 'wb').write(b'x'); print(json.dumps({'way': 'copy'}))"
FACTS = '{"seconds": %s, "width": 64, "height": 36, "codec": "h264", "has_audio": false}'


def program(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", code]


def substitute(code: str, *, seconds: float = 2.0, patience: float = 60.0) -> Joiner:
    probe = VideoProbe(program=program(f"print('{FACTS % seconds}')"))
    return Joiner(probe, seconds=patience, program=program(code))


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_real_videos_become_one_file_and_nothing_else_stays(tmp_path: Path) -> None:
    parts = [make_part(tmp_path / f"{number}.mp4") for number in range(2)]

    facts = await Joiner(VideoProbe()).join(parts, tmp_path / "made.mp4", seconds=4.0)

    assert (facts.width, facts.height, facts.has_audio) == (160, 96, True)
    assert facts.seconds == pytest.approx(4.0, abs=0.2)
    assert left_in(tmp_path) == ["0.mp4", "1.mp4", "made.mp4"]


async def test_the_whole_may_be_longer_than_any_video_of_a_service(tmp_path: Path) -> None:
    part = tmp_path / "a.mp4"
    part.write_bytes(make_clip(label="", seconds=70, width=32, height=32, frames_per_second=1))
    probe = VideoProbe(longest_seconds=LONGEST_JOINED_SECONDS)

    facts = await Joiner(probe).join([part, part], tmp_path / "made.mp4", seconds=140.0)

    assert facts.seconds == pytest.approx(140.0, abs=0.2)


@pytest.mark.parametrize(
    ("code", "reason", "is_final"),
    [
        ('print(\'{"reason": "they can not"}\')', "they can not", True),
        ("raise SystemExit(3)", "the joiner ended with 3", False),
        ("print('hello')", "gave no answer", False),
        ("print('[]')", "gave an unknown answer", False),
        ('print(\'{"way": "copy"}\')', "No such file", False),
    ],
)
async def test_a_child_that_fails_leaves_nothing(
    code: str, reason: str, is_final: object, tmp_path: Path
) -> None:
    with pytest.raises(JoinError, match=reason) as caught:
        await substitute(code).join([tmp_path / "a"], tmp_path / "b", seconds=2.0)

    assert caught.value.is_final is is_final
    assert left_in(tmp_path) == []


async def test_a_whole_of_another_length_is_not_handed_on(tmp_path: Path) -> None:
    with pytest.raises(JoinError, match=r"it lasts 2\.00 s, not 2\.30 s") as caught:
        await substitute(WRITES).join([tmp_path / "a"], tmp_path / "b", seconds=2.3)

    assert caught.value.is_final
    assert left_in(tmp_path) == []


async def test_what_is_no_video_afterwards_is_not_handed_on(tmp_path: Path) -> None:
    joiner = Joiner(VideoProbe(), program=program(WRITES))

    with pytest.raises(JoinError, match="what was made is no video") as caught:
        await joiner.join([tmp_path / "a"], tmp_path / "b", seconds=2.0)

    assert caught.value.is_final


async def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    joiner = substitute("import time; time.sleep(600)", patience=0.2)

    with pytest.raises(JoinError, match="took too long") as caught:
        await joiner.join([tmp_path / "a"], tmp_path / "b", seconds=2.0)

    assert not caught.value.is_final


async def test_a_cancelled_work_frees_the_turn_for_the_next(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    waits = f"import os, sys, time\nif len(sys.argv) == 2:\n open('{mark}', 'w'); time.sleep(600)\n"
    joiner = substitute(waits + WRITES)
    task = asyncio.create_task(joiner.join([], tmp_path / "b", seconds=2.0))
    while not mark.exists():  # noqa: ASYNC110 - a file sets no event
        await asyncio.sleep(0.001)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await joiner.join([tmp_path / "a"], tmp_path / "c", seconds=2.0)).seconds == 2.0
