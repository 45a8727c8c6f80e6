"""Shows the files of a message: videos with their player, pictures, and chips for the rest."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import av
from PIL import Image, ImageFilter, ImageOps

from sandbox.clips import first_frame_png
from sandbox.discord_api.state import Attachment
from sandbox.portrait.canvas import SCALE, Canvas, Point
from sandbox.portrait.line import MEDIUM, Line, Pen
from sandbox.portrait.text import MUTED, Typesetter, middle_baseline

_MOST_WIDE: Final = 400.0
_MOST_HIGH: Final = 350.0
_LEAST_SIDE: Final = 48.0
_LEAST_PLAYER: Final = 160.0
_GAP: Final = 4.0
_STEP: Final = 1024
_RADIUS: Final = 8.0
_WHITE: Final = (255, 255, 255)
_BLACK: Final = (0, 0, 0)
_CHIP_BACK: Final = (43, 45, 49)
_CHIP_EDGE: Final = (30, 31, 34)
_LINK: Final = (0, 168, 252)
_PAPER: Final = (211, 214, 253)
_SHADE: Final = 112.0
_DARKEST: Final = 0.85
_NARROW: Final = 260.0
_SPOILER: Final = "SPOILER_"
"""How the name of a file begins that Discord covers."""
_BLURRED: Final = 10
_LEAST_TRACK: Final = 40.0
"""Where there is less room, the player leaves its scrubber out."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in full."""

    image: Image.Image
    width: float
    height: float

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint it with its top left corner at a point."""
        canvas.picture(self.image, (x, y, x + self.width, y + self.height), _RADIUS)


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Several pictures as squares, two in a row."""

    images: tuple[Image.Image, ...]
    side: float

    @property
    def width(self) -> float:
        """Return how wide a row is."""
        return 2 * self.side + _GAP

    @property
    def height(self) -> float:
        """Return how high all rows are."""
        rows = (len(self.images) + 1) // 2
        return rows * (self.side + _GAP) - _GAP

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint them with the top left corner at a point."""
        for at, image in enumerate(self.images):
            left = x + at % 2 * (self.side + _GAP)
            top = y + at // 2 * (self.side + _GAP)
            canvas.picture(image, (left, top, left + self.side, top + self.side), _RADIUS)


@dataclass(frozen=True, slots=True)
class Player:
    """The first frame of a video under its controls, as before the first press on play."""

    frame: Image.Image
    width: float
    height: float
    name: Line
    size: Line
    time: Line

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint it with its top left corner at a point."""
        right, bottom = x + self.width, y + self.height
        canvas.picture(self._shaded(), (x, y, right, bottom), _RADIUS)
        center = (x + self.width / 2, y + self.height / 2)
        canvas.disc(center, 28, _BLACK, 0.6)
        play_sign(canvas, (center[0] + 2, center[1]), 12)
        self.name.paint(canvas, x + 14, bottom - 38)
        self.size.paint(canvas, right - 14 - self.size.width, bottom - 38)
        self._controls(canvas, x, bottom - 18, right)

    def _shaded(self) -> Image.Image:
        """Return the frame, darker where the controls stand."""
        size = (round(self.width * SCALE), round(self.height * SCALE))
        shaded = ImageOps.fit(self.frame, size, Image.Resampling.LANCZOS)
        rows = round(min(_SHADE, self.height) * SCALE)
        slope = Image.linear_gradient("L").resize((size[0], rows))
        steps = [at / 255 for at in range(256)]
        mask = slope.point([round(255 * _DARKEST * at * at * (3 - 2 * at)) for at in steps])
        shaded.paste(_BLACK, (0, size[1] - rows), mask)
        return shaded

    def _controls(self, canvas: Canvas, left: float, y: float, right: float) -> None:
        play_sign(canvas, (left + 19, y), 6)
        _speaker(canvas, right - 54, y)
        _full_screen(canvas, right - 21, y)
        self.time.paint(canvas, left + 34, middle_baseline(y - 8, 16, 12))
        track = left + 48 + self.time.width
        if right - 68 - track > _LEAST_TRACK:
            canvas.rounded((track, y - 2, right - 68, y + 2), 2, _WHITE, 0.35)
            canvas.disc((track + 2, y), 5, _WHITE)


@dataclass(frozen=True, slots=True)
class FileChip:
    """A file that Discord does not preview: its name and size beside a sheet of paper."""

    name: Line
    size: Line
    width: float
    height: float = 64.0

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint it with its top left corner at a point."""
        right, bottom = x + self.width, y + self.height
        canvas.rounded((x, y, right, bottom), _RADIUS, _CHIP_EDGE)
        canvas.rounded((x + 1, y + 1, right - 1, bottom - 1), _RADIUS - 1, _CHIP_BACK)
        left, top = x + 16, y + 13
        sheet = [(left, top), (left + 18, top), (left + 28, top + 10), (left + 28, top + 38)]
        canvas.polygon([*sheet, (left, top + 38)], _PAPER)
        fold = [(left + 18, top), (left + 18, top + 10), (left + 28, top + 10)]
        canvas.polygon(fold, (148, 156, 247))
        for line in (18, 24, 30):
            ends = [(left + 6, top + line), (left + 22, top + line)]
            canvas.line(ends, 2, (88, 101, 242))
        self.name.paint(canvas, x + 56, y + 29)
        self.size.paint(canvas, x + 56, y + 47)


FilePart = Picture | Mosaic | Player | FileChip


def show_files(
    attachments: Sequence[Attachment], typesetter: Typesetter, width: float
) -> list[FilePart]:
    """Return the parts for all files that are not inside an embed, pictures as one mosaic."""
    most = min(_MOST_WIDE, width)
    parts: list[FilePart] = []
    pictures: list[Image.Image] = []
    for attachment in attachments:
        if attachment.is_in_embed:
            continue
        is_video = attachment.content_type.startswith("video/")
        picture = _frame(attachment.data) if is_video else _picture(attachment)
        if picture is not None and attachment.filename.startswith(_SPOILER):
            picture = picture.filter(ImageFilter.GaussianBlur(max(picture.size) / _BLURRED))
        if picture is None:
            parts.append(_chip(attachment, typesetter, most))
        elif is_video:
            parts.append(_player(attachment, picture, typesetter, most))
        else:
            pictures.append(picture)
    if len(pictures) == 1:
        parts.insert(0, Picture(pictures[0], *_fitted(pictures[0], most)))
    elif pictures:
        parts.insert(0, Mosaic(tuple(pictures), (most - _GAP) / 2))
    return parts


def human_size(size_bytes: int) -> str:
    """Write a size as Discord's client does, in steps of 1024."""
    size = float(size_bytes)
    if size < _STEP:
        return f"{size_bytes} bytes"
    for unit in ("KB", "MB"):
        size /= _STEP
        if size < _STEP:
            return f"{size:.2f} {unit}"
    return f"{size / _STEP:.2f} GB"


def clock_time(seconds: float) -> str:
    """Write a duration as a player does."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _player(
    attachment: Attachment, frame: Image.Image, typesetter: Typesetter, most: float
) -> Player:
    width, height = _fitted(frame, most)
    width, height = max(width, _LEAST_PLAYER), max(height, _LEAST_PLAYER)
    small = Pen(12, _WHITE)
    # A narrow player needs its room for the name.
    facts = human_size(attachment.size) if width > _NARROW else ""
    size = typesetter.line(facts, small)
    shown = attachment.filename.removeprefix(_SPOILER)
    name = typesetter.line(shown, Pen(13, _WHITE, MEDIUM), width - size.width - 40)
    played = f"{clock_time(0)} / {clock_time(_seconds(attachment.data))}"
    return Player(frame, width, height, name, size, typesetter.line(played, small))


def _chip(attachment: Attachment, typesetter: Typesetter, most: float) -> FileChip:
    room = most - 72
    shown = attachment.filename.removeprefix(_SPOILER)
    name = typesetter.line(shown, Pen(16, _LINK), room)
    return FileChip(name, typesetter.line(human_size(attachment.size), Pen(12, MUTED), room), most)


def _frame(mp4: bytes) -> Image.Image | None:
    """Return the first frame, or nothing if it is no video that can be read."""
    try:
        return Image.open(io.BytesIO(first_frame_png(mp4)))
    except (av.FFmpegError, StopIteration, IndexError):
        return None


def _seconds(mp4: bytes) -> float:
    with av.open(io.BytesIO(mp4), "r") as container:
        return (container.duration or 0) / av.time_base


def _picture(attachment: Attachment) -> Image.Image | None:
    """Return a picture that stands upright, or nothing if the file is none."""
    if not attachment.content_type.startswith("image/"):
        return None
    try:
        with Image.open(io.BytesIO(attachment.data)) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def _fitted(image: Image.Image, most: float) -> tuple[float, float]:
    share = min(most / image.width, _MOST_HIGH / image.height)
    return max(_LEAST_SIDE, image.width * share), max(_LEAST_SIDE, image.height * share)


def play_sign(canvas: Canvas, center: Point, size: float) -> None:
    """Draw a white triangle with soft corners."""
    x, y = center
    sign = [(x - size * 0.75, y - size), (x - size * 0.75, y + size), (x + size, y)]
    canvas.polygon(sign, _WHITE)
    canvas.line([*sign, sign[0]], size * 0.25, _WHITE)


def _speaker(canvas: Canvas, x: float, y: float) -> None:
    cone = [(x - 2, y - 3), (x + 2, y - 3), (x + 7, y - 7), (x + 7, y + 7), (x + 2, y + 3)]
    canvas.polygon([*cone, (x - 2, y + 3)], _WHITE)
    for radius in (4.0, 8.0):
        turns = [math.radians(angle) for angle in range(-45, 46, 15)]
        arc = [(x + 7 + radius * math.cos(at), y + radius * math.sin(at)) for at in turns]
        canvas.line(arc, 1.6, _WHITE)


def _full_screen(canvas: Canvas, x: float, y: float) -> None:
    for across in (-1, 1):
        for down in (-1, 1):
            corner = (x + 7 * across, y + 6 * down)
            ends = [(corner[0] - 4 * across, corner[1]), corner, (corner[0], corner[1] - 4 * down)]
            canvas.line(ends, 1.8, _WHITE)
