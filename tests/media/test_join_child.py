import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.media import join_child
from sandbox.clips import make_clip
from tests.media.parts import make_part, measure
from tests.media.spoilt import NAMES, spoilt

FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}


def join(made: Path, *parts: Path) -> dict[str, object]:
    return join_child.join(str(made), [str(part) for part in parts])


def together(*parts: Path) -> float:
    return sum(measure(part).seconds for part in parts)


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("sound", [None, 48_000])
def test_videos_that_are_alike_are_copied(sound: int | None, tmp_path: Path) -> None:
    parts = [make_part(tmp_path / f"{number}.mp4", sound=sound) for number in range(6)]

    answer = join(tmp_path / "made.mp4", *parts)

    found = measure(tmp_path / "made.mp4")
    assert answer == {"way": "remux"}
    assert found.seconds == pytest.approx(together(*parts), abs=0.05)
    assert (found.frames, found.is_increasing) == (6 * 48, True)
    assert (found.sound_seconds is None) == (sound is None)


def test_real_clips_are_one_after_another(tmp_path: Path) -> None:
    parts = [
        save(tmp_path / f"{n}.mp4", make_clip(label=str(n), seconds=1.5, width=320, height=180))
        for n in range(3)
    ]

    answer = join(tmp_path / "made.mp4", *parts)

    assert answer == {"way": "remux"}
    assert measure(tmp_path / "made.mp4").seconds == pytest.approx(4.5, abs=0.05)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"size": (96, 160)}, id="another shape"),
        pytest.param({"size": (320, 192), "rate": 30}, id="another size and rate"),
        pytest.param({"sound": 44_100}, id="another sound"),
        pytest.param({"late": 12}, id="pictures that begin late"),
        pytest.param({"options": FRAGMENTS, "rate": 12}, id="in fragments"),
    ],
)
def test_what_differs_is_encoded_at_the_size_of_the_first(
    other: dict[str, object], tmp_path: Path
) -> None:
    first = make_part(tmp_path / "0.mp4")
    second = make_part(tmp_path / "1.mp4", **other)  # type: ignore[arg-type]
    parts = [first, second, first]

    answer = join(tmp_path / "made.mp4", *parts)

    found = measure(tmp_path / "made.mp4")
    assert answer == {"way": "encode"}
    assert (found.size, found.is_increasing) == ((160, 96), True)
    assert found.frames == sum(measure(part).frames for part in parts)
    assert found.seconds == pytest.approx(together(*parts), abs=0.2)
    assert found.sound_seconds == pytest.approx(found.seconds, abs=0.1)


def test_sound_is_left_out_where_one_has_none(tmp_path: Path) -> None:
    parts = [make_part(tmp_path / "0.mp4"), make_part(tmp_path / "1.mp4", sound=None, rate=12)]

    answer = join(tmp_path / "made.mp4", *parts)

    found = measure(tmp_path / "made.mp4")
    assert (answer, found.sound_seconds) == ({"way": "encode"}, None)
    assert found.seconds == pytest.approx(4.0, abs=0.2)


def test_sound_that_is_shorter_than_its_pictures_does_not_move_what_follows(
    tmp_path: Path,
) -> None:
    short = make_part(tmp_path / "0.mp4", seconds=0.5)
    long = make_part(tmp_path / "1.mp4", seconds=2.0, late=36, rate=12)

    join(tmp_path / "made.mp4", long, short, long)

    found = measure(tmp_path / "made.mp4")
    assert found.seconds == pytest.approx(together(long, short, long), abs=0.2)
    assert found.sound_seconds == pytest.approx(found.seconds, abs=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_video_gives_a_reason(name: str, clip: bytes, tmp_path: Path) -> None:
    good = save(tmp_path / "good.mp4", clip)
    bad = save(tmp_path / "bad.mp4", spoilt(clip)[name])

    answer = join(tmp_path / "made.mp4", good, bad)

    assert str(answer["reason"]).startswith("they can't be joined: ")


def test_the_program_limits_itself_and_answers_with_one_object(clip: bytes, tmp_path: Path) -> None:
    part = save(tmp_path / "a.mp4", clip)
    code = (
        "import json, os, resource, sys\n"
        "from bot.media import join_child\n"
        "join_child.main(sys.argv[1:])\n"
        "limits = {what: resource.getrlimit(what) for what in join_child.LIMITS}\n"
        "size = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "print()\n"
        "print(json.dumps([os.nice(0), size, limits]))\n"
    )

    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-I", "-c", code, str(tmp_path / "b.mp4"), str(part), str(part)],
        check=True,
        capture_output=True,
        env={},
    )

    answer, rest = done.stdout.splitlines()
    niceness, size, held = json.loads(rest)
    assert json.loads(answer) == {"way": "remux"}
    assert niceness >= 10
    assert size == [6 * part.stat().st_size + 16 * 1024**2] * 2
    assert held == {str(what): [most, most] for what, most in join_child.LIMITS.items()}


def test_a_file_that_grows_without_end_is_stopped_by_the_kernel(tmp_path: Path) -> None:
    part = make_part(tmp_path / "a.mp4")
    code = (
        "import sys, resource\nfrom bot.media import join_child\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        "print(join_child.join(sys.argv[1], sys.argv[2:]))\n"
    )
    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-I", "-c", code, str(tmp_path / "b.mp4"), str(part), str(part)],
        check=True,
        capture_output=True,
        env={},
    )

    assert b"they can't be joined" in done.stdout
