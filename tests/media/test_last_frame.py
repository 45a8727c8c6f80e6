import io
import json
import subprocess
import sys
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops

from bot.domain import UploadedImage
from bot.errors import FetchError, NotAVideoError
from bot.media import frame_child
from bot.media.images import clean_image
from bot.media.last_frame import FrameTaker
from tests.media.noise import make_noise
from tests.media.parts import make_part
from tests.media.spoilt import NAMES, spoilt

FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def shown_last(path: Path) -> Image.Image:
    with av.open(str(path), format="mp4") as container:
        *_, last = container.decode(video=0)
        picture: Image.Image = last.to_image()  # type: ignore[no-untyped-call]
    return picture


def picture_of(upload: UploadedImage) -> Image.Image:
    return Image.open(io.BytesIO(upload.data))


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def take(path: Path, *, taker: FrameTaker | None = None) -> UploadedImage:
    return await (taker or FrameTaker()).last(path, path.parent / "work.png")


async def test_the_last_frame_of_a_clip_is_taken_and_nothing_stays(
    clip: bytes, tmp_path: Path
) -> None:
    path = save(tmp_path / "a.mp4", clip)

    taken = await take(path)

    difference = ImageChops.difference(picture_of(taken), shown_last(path))
    assert picture_of(taken).format == "PNG"
    assert difference.getbbox() is None
    assert left_in(tmp_path) == ["a.mp4"]


@pytest.mark.parametrize("options", [None, FRAGMENTS])
async def test_frames_that_are_predicted_from_later_ones_don_t_mislead(
    options: dict[str, str] | None, tmp_path: Path
) -> None:
    path = make_part(tmp_path / "a.mp4", seconds=3.0, options=options)

    taken = await take(path)

    assert ImageChops.difference(picture_of(taken), shown_last(path)).getbbox() is None


async def test_what_is_taken_is_cleaned_like_any_uploaded_picture(
    clip: bytes, tmp_path: Path
) -> None:
    cleaned = clean_image(await take(save(tmp_path / "a.mp4", clip)))

    assert (cleaned.width, cleaned.height) == (320, 180)


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_no_video_has_no_last_frame(name: str, clip: bytes, tmp_path: Path) -> None:
    path = save(tmp_path / "a.mp4", spoilt(clip)[name])

    with pytest.raises(NotAVideoError) as caught:
        await take(path)

    assert 0 < len(str(caught.value)) < 100
    assert left_in(tmp_path) == ["a.mp4"]


@pytest.mark.parametrize(
    ("code", "seconds", "reason"),
    [
        ("raise SystemExit(3)", 60.0, "the frame taker ended with 3"),
        ("print('hello')", 60.0, "gave no answer"),
        ("print('{}')", 60.0, "gave an unknown answer"),
        ("print('{\"size_bytes\": 1}')", 60.0, "No such file"),
        ("import time; time.sleep(600)", 0.2, "took too long"),
    ],
)
async def test_a_child_that_fails_can_be_asked_again(
    code: str, seconds: float, reason: str, tmp_path: Path
) -> None:
    taker = FrameTaker(seconds=seconds, program=[sys.executable, "-I", "-c", code])

    with pytest.raises(FetchError, match=reason) as caught:
        await take(tmp_path / "a.mp4", taker=taker)

    assert not caught.value.is_final
    assert left_in(tmp_path) == []


def test_a_picture_that_does_not_pack_is_made_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = make_noise(tmp_path / "noise.mp4", seconds=0.5)
    monkeypatch.setattr(frame_child, "MOST_BYTES", 50_000)

    answer = frame_child.take(str(noise), str(tmp_path / "a.png"))

    size = (tmp_path / "a.png").stat().st_size
    assert answer == {"size_bytes": size}
    assert 0 < size <= 50_000


def test_the_program_limits_itself_and_answers_with_one_object(clip: bytes, tmp_path: Path) -> None:
    code = (
        "import json, os, resource, sys\n"
        "from bot.media import frame_child\n"
        "frame_child.main(sys.argv[1:])\n"
        "limits = {what: resource.getrlimit(what) for what in frame_child.LIMITS}\n"
        "print()\n"
        "print(json.dumps([os.nice(0), limits]))\n"
    )
    path = save(tmp_path / "a.mp4", clip)

    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-I", "-c", code, str(path), str(tmp_path / "b.png")],
        check=True,
        capture_output=True,
        env={},
    )

    answer, rest = done.stdout.splitlines()
    niceness, limits = json.loads(rest)
    assert json.loads(answer) == {"size_bytes": (tmp_path / "b.png").stat().st_size}
    assert niceness >= 10
    assert limits == {str(what): [most, most] for what, most in frame_child.LIMITS.items()}
