"""Paints smooth shapes, letters and pictures, measured in the pixels of Discord's client."""

import io
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from PIL import Image, ImageDraw, ImageFont, ImageOps

SCALE: Final = 2
"""Pixels of the PNG for each pixel of the client, as on a sharp screen."""
_SMOOTHING: Final = 4
"""Pillow's shapes have hard edges and its small letters whole pixels: all is drawn larger first."""
FONT_SCALE: Final = SCALE * _SMOOTHING
"""Pixels of a font for each pixel of the client."""
_RISE: Final = 1.3
_SINK: Final = 0.6
"""How far letters reach above and below their baseline, in em."""
_SLANT: Final = 0.2

Color = tuple[int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
Corners = tuple[bool, bool, bool, bool]
_ALL_CORNERS: Final = (True, True, True, True)
_Place = Callable[[float, float], Point]


class Canvas:
    """A picture that grows by painting; boxes are left, top, right, bottom."""

    def __init__(self, width: float, height: float, background: Color) -> None:
        size = (round(width * SCALE), round(height * SCALE))
        self._image = Image.new("RGB", size, background)

    def rounded(
        self,
        box: Box,
        radius: float,
        color: Color,
        opacity: float = 1.0,
        corners: Corners = _ALL_CORNERS,
    ) -> None:
        """Fill a box whose chosen corners, clockwise from the top left, are round."""
        box = _snapped(box)

        def draw(mask: ImageDraw.ImageDraw, place: _Place) -> None:
            (left, top), (right, bottom) = place(*box[:2]), place(*box[2:])
            edges = (left, top, max(left, right - 1), max(top, bottom - 1))
            mask.rounded_rectangle(edges, _mask_length(radius), fill=255, corners=corners)

        self._cover(box, color, opacity, draw)

    def disc(self, center: Point, radius: float, color: Color, opacity: float = 1.0) -> None:
        """Fill a circle."""
        self.line([center], 2 * radius, color, opacity)

    def blended_disc(self, center: Point, radius: float, top: Color, bottom: Color) -> None:
        """Fill a circle with one color that turns into another downwards."""
        side = round(2 * radius * SCALE)
        slope = Image.linear_gradient("L").resize((side, side))
        x, y = center
        box = (x - radius, y - radius, x + radius, y + radius)
        self.picture(ImageOps.colorize(slope, black=top, white=bottom), box, radius)

    def polygon(self, points: Sequence[Point], color: Color, opacity: float = 1.0) -> None:
        """Fill what `points` enclose."""

        def draw(mask: ImageDraw.ImageDraw, place: _Place) -> None:
            mask.polygon([place(*point) for point in points], fill=255)

        self._cover(_around(points, 0), color, opacity, draw)

    def line(
        self, points: Sequence[Point], width: float, color: Color, opacity: float = 1.0
    ) -> None:
        """Draw from point to point with round ends; a single point becomes a dot."""

        def draw(mask: ImageDraw.ImageDraw, place: _Place) -> None:
            placed = [place(*point) for point in points]
            radius = _mask_length(width) / 2
            for x, y in placed:
                mask.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
            mask.line(placed, fill=255, width=round(2 * radius))

        self._cover(_around(points, width / 2), color, opacity, draw)

    def letters(
        self,
        start: Point,
        text: str,
        font: ImageFont.FreeTypeFont,
        color: Color,
        *,
        weight: float = 0,
        is_slanted: bool = False,
    ) -> None:
        """Write from a point on the baseline with a font that is `FONT_SCALE` times too large.

        `weight` is added on each side of a stroke. The built-in font has no italics: slanted
        letters are sheared upright ones.
        """
        x, y = start
        size = font.size / FONT_SCALE
        right = x + font.getlength(text) / FONT_SCALE + size
        box = (x - size, y - _RISE * size, right, y + _SINK * size)

        def draw(mask: ImageDraw.ImageDraw, place: _Place) -> None:
            thick = weight * FONT_SCALE
            mask.text(place(x, y), text, 255, font, "ls", stroke_width=thick)

        self._cover(box, color, 1.0, draw, slant_at=y if is_slanted else None)

    def picture(self, image: Image.Image, box: Box, radius: float) -> None:
        """Show the middle of a picture in a box with round corners."""
        left, top, right, bottom = (round(edge * SCALE) for edge in box)
        fitted = ImageOps.fit(image, (right - left, bottom - top), Image.Resampling.LANCZOS)
        mask = Image.new("L", (fitted.width * _SMOOTHING, fitted.height * _SMOOTHING), 0)
        edges = (0, 0, mask.width - 1, mask.height - 1)
        ImageDraw.Draw(mask).rounded_rectangle(edges, _mask_length(radius), fill=255)
        self._image.paste(fitted, (left, top), mask.reduce(_SMOOTHING))

    def png(self) -> bytes:
        """Return the picture as a file."""
        out = io.BytesIO()
        self._image.save(out, "PNG", optimize=True)
        return out.getvalue()

    def _cover(
        self,
        box: Box,
        color: Color,
        opacity: float,
        draw: Callable[[ImageDraw.ImageDraw, _Place], None],
        *,
        slant_at: float | None = None,
    ) -> None:
        left, top = int(box[0] * SCALE) - 1, int(box[1] * SCALE) - 1
        right, bottom = int(box[2] * SCALE) + 2, int(box[3] * SCALE) + 2
        size = ((right - left) * _SMOOTHING, (bottom - top) * _SMOOTHING)
        mask = Image.new("L", size, 0)

        def place(x: float, y: float) -> Point:
            return (x * SCALE - left) * _SMOOTHING, (y * SCALE - top) * _SMOOTHING

        draw(ImageDraw.Draw(mask), place)
        if slant_at is not None:
            shear = (1, _SLANT, -_SLANT * place(0, slant_at)[1], 0, 1, 0)
            mask = mask.transform(size, Image.Transform.AFFINE, shear, Image.Resampling.BILINEAR)
        small = mask.reduce(_SMOOTHING)
        if opacity < 1:
            small = small.point([round(at * opacity) for at in range(256)])
        self._image.paste(color, (left, top), small)


class Part(Protocol):
    """Something of a known height that can be painted anywhere."""

    @property
    def height(self) -> float:
        """Return how high it is."""
        ...

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint it with its top left corner at a point."""
        ...


def mix(front: Color, back: Color, share: float) -> Color:
    """Return the color of `front` when `share` of it lies over `back`."""
    red, green, blue = (
        round(one * share + other * (1 - share)) for one, other in zip(front, back, strict=True)
    )
    return red, green, blue


def from_number(number: int) -> Color:
    """Return the color that Discord writes as one number."""
    return (number >> 16) & 255, (number >> 8) & 255, number & 255


def _snapped(box: Box) -> Box:
    """Return the box with its edges between pixels, so that they are sharp."""
    left, top, right, bottom = (round(edge * SCALE) / SCALE for edge in box)
    return left, top, right, bottom


def _mask_length(length: float) -> float:
    return length * SCALE * _SMOOTHING


def _around(points: Sequence[Point], margin: float) -> Box:
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across) - margin, min(down) - margin, max(across) + margin, max(down) + margin
