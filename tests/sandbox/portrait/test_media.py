import io
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import av
import pytest
from PIL import Image

from sandbox.clips import make_clip
from sandbox.discord_api.state import Attachment
from sandbox.pictures import make_picture
from sandbox.portrait.canvas import Canvas
from sandbox.portrait.fonts import FontBook
from sandbox.portrait.media import (
    FileChip,
    FilePart,
    Mosaic,
    Picture,
    Player,
    clock_time,
    human_size,
    show_files,
)
from sandbox.portrait.text import Typesetter

BLACK = (0, 0, 0)


def attachment(name: str, content_type: str, data: bytes) -> Attachment:
    return Attachment(1, name, content_type, data, f"/1/{name}")


def shown(*attachments: Attachment, width: float = 560) -> list[FilePart]:
    typesetter = Typesetter(FontBook(), names={}, now=datetime(2026, 9, 1, tzinfo=UTC))
    return show_files(attachments, typesetter, width)


def painted(part: FilePart) -> Image.Image:
    canvas = Canvas(part.width + 20, part.height + 20, BLACK)
    part.paint(canvas, 10, 10)
    with Image.open(io.BytesIO(canvas.png())) as image:
        return image.convert("RGB")


def clip(width: int, height: int) -> Attachment:
    data = make_clip(label="a red fox", seconds=2, width=width, height=height)
    return attachment("grok.mp4", "video/mp4", data)


def silent_track() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = 44100, 0, Fraction(1, 44100)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )


@pytest.mark.parametrize(
    ("size", "expected"),
    [((300, 200), (400, 267)), ((200, 300), (233, 350)), ((90, 320), (160, 350))],
)
def test_a_video_is_fitted_into_the_column(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    (player,) = shown(clip(*size))

    assert isinstance(player, Player)
    assert (round(player.width), round(player.height)) == expected


def test_a_video_in_a_narrow_column_is_smaller() -> None:
    (player,) = shown(clip(300, 200), width=240)

    assert player.width == 240


def test_a_player_shows_the_frame_round_corners_and_the_button() -> None:
    (player,) = shown(clip(300, 200))

    image = painted(player)

    width, height = image.size
    assert image.getpixel((20, 20)) == BLACK
    assert image.getpixel((width // 2, 24)) != BLACK
    assert image.getpixel((width // 2, height // 2)) == (255, 255, 255)


def test_a_player_says_the_name_the_size_and_the_duration() -> None:
    (player,) = shown(clip(300, 200))

    assert isinstance(player, Player)
    said = ["".join(p.text for p in line.pieces) for line in (player.name, player.time)]
    assert said == ["grok.mp4", "0:00 / 0:02"]
    assert "KB" in "".join(piece.text for piece in player.size.pieces)


def test_a_covered_video_is_blurred_and_keeps_its_name() -> None:
    video = clip(300, 200)
    (bare,) = shown(video)
    (covered,) = shown(replace(video, filename="SPOILER_grok.mp4"))

    assert isinstance(bare, Player)
    assert isinstance(covered, Player)
    assert [piece.text for piece in covered.name.pieces] == ["grok.mp4"]
    assert covered.frame.tobytes() != bare.frame.tobytes()


def test_a_narrow_player_keeps_the_name_and_drops_the_size() -> None:
    (player,) = shown(clip(90, 160))

    assert isinstance(player, Player)
    assert player.size.pieces == ()
    assert painted(player).size == (round(player.width * 2) + 40, 740)


@pytest.mark.parametrize("data", [b"", b"no video"])
def test_a_video_that_can_not_be_read_is_a_file(data: bytes) -> None:
    (part,) = shown(attachment("grok.mp4", "video/mp4", data))

    assert isinstance(part, FileChip)


def test_a_sound_without_pictures_is_a_file() -> None:
    (part,) = shown(attachment("grok.mp4", "video/mp4", silent_track()))

    assert isinstance(part, FileChip)


def test_one_picture_is_shown_whole() -> None:
    (part,) = shown(attachment("a.png", "image/png", make_picture("a", 600, 300)))

    assert isinstance(part, Picture)
    assert (part.width, part.height) == (400, 200)
    assert painted(part).getpixel((400, 200)) != BLACK


def test_several_pictures_are_squares_and_come_first() -> None:
    pictures = [
        attachment("a.webp", "image/webp", make_picture("a", 60, 30, "WEBP")) for _ in range(3)
    ]

    mosaic, player = shown(clip(90, 60), *pictures)

    assert isinstance(mosaic, Mosaic)
    assert isinstance(player, Player)
    assert (mosaic.width, mosaic.height) == (400, 400)
    assert painted(mosaic).getpixel((700, 700)) == BLACK


def test_an_extreme_picture_keeps_a_height_that_can_be_seen() -> None:
    (part,) = shown(attachment("a.png", "image/png", make_picture("a", 2000, 10)))

    assert (part.width, part.height) == (400, 48)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        make_picture("a", 60, 30)[:200],
        make_picture("a", 60, 30).replace(b"IDAT", b"I\0AT"),
        png_that_claims(60_000, 60_000),
    ],
)
def test_a_picture_that_can_not_be_read_is_a_file(data: bytes) -> None:
    (part,) = shown(attachment("a.png", "image/png", data))

    assert isinstance(part, FileChip)
    assert painted(part).size == (840, 168)


def test_a_file_in_an_embed_is_not_shown_twice() -> None:
    picture = attachment("a.png", "image/png", make_picture("a", 60, 30))

    assert shown(replace(picture, is_in_embed=True)) == []


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (5000, "4.88 KB"),
        (1_258_291, "1.20 MB"),
        (3 * 1024**3, "3.00 GB"),
    ],
)
def test_a_size_is_written_as_the_client_does(size: int, words: str) -> None:
    assert human_size(size) == words


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (6.04, "0:06"), (75.6, "1:16")])
def test_a_duration_is_written_as_a_player_does(seconds: float, words: str) -> None:
    assert clock_time(seconds) == words
