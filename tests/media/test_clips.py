import io

import av
import pytest
from PIL import Image

from sandbox.clips import first_frame_png, make_clip
from sandbox.pictures import make_picture, paint

LABEL = "A red fox runs through fresh snow at dawn\njob k3v9x2m7qa"


@pytest.mark.parametrize(
    ("seconds", "frames_per_second"), [(6.0, 24), (0.5, 24), (2.04, 30), (3.0, 2), (0.001, 24)]
)
def test_a_clip_lasts_as_long_as_was_asked_to_one_frame(
    seconds: float, frames_per_second: int
) -> None:
    clip = make_clip(
        label=LABEL, seconds=seconds, width=96, height=64, frames_per_second=frames_per_second
    )

    with av.open(io.BytesIO(clip), "r", format="mp4") as container:
        lasts = (container.duration or 0) / av.time_base
        decoded = sum(1 for _ in container.decode(video=0))
    assert abs(lasts - seconds) <= 1 / frames_per_second
    assert decoded == max(1, round(seconds * frames_per_second))


def test_a_clip_can_be_played_while_it_loads() -> None:
    clip = make_clip(label=LABEL, seconds=1, width=96, height=64)

    assert clip[4:8] == b"ftyp"
    assert clip.index(b"moov") < clip.index(b"mdat")


def test_odd_sides_are_lowered_to_even_ones() -> None:
    clip = make_clip(label=LABEL, seconds=0.5, width=97, height=65)

    assert Image.open(io.BytesIO(first_frame_png(clip))).size == (96, 64)


def test_the_picture_moves() -> None:
    frames = [paint(LABEL, 200, 120, progress=progress).tobytes() for progress in (0, 0.5, 1)]

    assert len(set(frames)) == 3


def test_two_labels_look_different() -> None:
    assert make_picture("one", 200, 120) != make_picture("two", 200, 120)


@pytest.mark.parametrize(
    "label",
    [
        "",
        "\n\n\n",
        "x" * 4000,
        "word " * 800,
        "\0\x01\t\x7f",
        "\ud800",
        "\U0001f98a 狐狸 ثعلب \u202e \u0301",
        "@everyone **bold** {} %s",
    ],
)
def test_any_text_can_be_a_label(label: str) -> None:
    tiny = make_picture(label, 16, 16, "JPEG")
    wide = make_picture(label, 640, 90, "WEBP")

    assert Image.open(io.BytesIO(tiny)).size == (16, 16)
    assert Image.open(io.BytesIO(wide)).size == (640, 90)
