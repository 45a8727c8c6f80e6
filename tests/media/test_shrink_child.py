import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.media import probe_child, shrink_child
from bot.media.shrink_child import Try
from tests.media.noise import make_noise


def facts(path: Path) -> dict[str, object]:
    return probe_child.examine(str(path))


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_noise(tmp_path_factory.mktemp("noise") / "noise.mp4")


def test_a_video_is_made_smaller_at_its_own_size_in_pixels(noise: Path, tmp_path: Path) -> None:
    target = noise.stat().st_size // 3
    made = tmp_path / "small.mp4"

    answer = shrink_child.shrink(str(noise), str(made), target)

    size = made.stat().st_size
    assert answer == {"size_bytes": size, "height": 180}
    assert target * 0.7 < size <= target
    assert facts(made) == facts(noise)


def test_a_try_that_came_out_too_large_is_followed_by_one_of_fewer_pixels(
    noise: Path, tmp_path: Path
) -> None:
    made = tmp_path / "small.mp4"
    tries = (Try(1.0, 4.0), shrink_child.TRIES[1])

    answer = shrink_child.shrink(str(noise), str(made), 60_000, tries)

    assert answer == {"size_bytes": made.stat().st_size, "height": 120}
    assert made.stat().st_size <= 60_000
    assert (facts(made)["width"], facts(made)["seconds"]) == (214, 2.0)


def test_what_stays_too_large_after_both_tries_is_said_so(noise: Path, tmp_path: Path) -> None:
    tries = (Try(1.0, 4.0), Try(2 / 3, 4.0))

    answer = shrink_child.shrink(str(noise), str(tmp_path / "small.mp4"), 60_000, tries)

    assert answer == {"reason": "it stays too large"}


def test_too_few_bytes_for_the_length_are_not_tried(noise: Path, tmp_path: Path) -> None:
    made = tmp_path / "small.mp4"

    answer = shrink_child.shrink(str(noise), str(made), 20_000)

    assert answer == {"reason": "it is too long for so few bytes"}


def test_sound_is_kept_and_counted(tmp_path: Path) -> None:
    source = make_noise(tmp_path / "noise.mp4", has_sound=True)
    made = tmp_path / "small.mp4"

    answer = shrink_child.shrink(str(source), str(made), source.stat().st_size // 3)

    assert "reason" not in answer
    assert facts(made)["has_audio"] is True
    assert made.stat().st_size <= source.stat().st_size // 3
    assert facts(made)["seconds"] == pytest.approx(2.0, abs=0.1)


def test_what_is_no_video_gives_a_reason(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    source.write_bytes(b"<html>")

    answer = shrink_child.shrink(str(source), str(tmp_path / "b.mp4"), 1_000_000)

    assert answer == {"reason": "the encoder gave up: InvalidDataError"}


def test_the_program_limits_itself_and_answers_with_one_object(noise: Path, tmp_path: Path) -> None:
    code = (
        "import json, os, resource, sys\n"
        "from bot.media import shrink_child\n"
        "shrink_child.main(sys.argv[1:])\n"
        "limits = {what: resource.getrlimit(what) for what in shrink_child.LIMITS}\n"
        "size = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "print()\n"
        "print(json.dumps([os.nice(0), size, limits]))\n"
    )

    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-I", "-c", code, str(noise), str(tmp_path / "b.mp4"), "300000"],
        check=True,
        capture_output=True,
        env={},
    )

    answer, rest = done.stdout.splitlines()
    niceness, size, held = json.loads(rest)
    assert json.loads(answer)["size_bytes"] <= 300_000
    assert niceness >= 10
    assert size == [600_000 + 1024**2] * 2
    assert held == {str(what): [most, most] for what, most in shrink_child.LIMITS.items()}


def test_a_try_that_runs_away_is_stopped_by_the_kernel(noise: Path, tmp_path: Path) -> None:
    code = (
        "import sys, resource\nfrom bot.media import shrink_child\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "print(shrink_child.shrink(*sys.argv[1:3], int(sys.argv[3])))\n"
    )
    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-I", "-c", code, str(noise), str(tmp_path / "b.mp4"), "300000"],
        check=True,
        capture_output=True,
        env={},
    )

    assert b"the encoder gave up" in done.stdout
