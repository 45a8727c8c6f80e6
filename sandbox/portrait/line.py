"""One line of text: words and chips with their pens, and how they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sandbox.portrait.canvas import Box, Canvas, Color, Point
from sandbox.portrait.fonts import Drawn, Letters, Segment

MEDIUM: Final = 0.011
BOLD: Final = 0.02
"""How much a stroke of these weights gains on each side, in em."""
DENSE: Final = r"\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef"
"""Letters of scripts that are written without spaces, as a range of a pattern."""
_BREAKS_ANYWHERE: Final = re.compile(rf"\s|[{DENSE}]")


@dataclass(frozen=True, slots=True)
class Pen:
    """How a run of text is written."""

    size: float
    color: Color
    weight: float = 0.0
    is_slanted: bool = False
    is_underlined: bool = False
    is_struck: bool = False
    is_code: bool = False
    back: Color | None = None
    """The color of the chip behind it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a chip: what stays on one line."""

    text: str
    pen: Pen
    run: int
    segments: tuple[Segment, ...]
    width: float

    @property
    def is_space(self) -> bool:
        """Whether a line may break here and lose it."""
        return self.text.isspace()

    @property
    def is_free(self) -> bool:
        """Whether a line may break on both of its sides."""
        return _BREAKS_ANYWHERE.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces side by side."""

    pieces: tuple[Piece, ...]

    @property
    def width(self) -> float:
        """Return how wide it is."""
        return sum(piece.width for piece in self.pieces)

    def paint(self, canvas: Canvas, x: float, baseline: float) -> None:
        """Write it from a point on its baseline."""
        for box, color in self._chips(x, baseline):
            canvas.rounded(box, 3, color)
        for piece in self.pieces:
            _write(canvas, piece, x, baseline)
            x += piece.width

    def _chips(self, x: float, baseline: float) -> Iterator[tuple[Box, Color]]:
        last: Piece | None = None
        left = x
        for piece in (*self.pieces, None):
            is_same = piece is not None and last is not None and piece.run == last.run
            if not is_same:
                if last is not None and last.pen.back is not None:
                    size = last.pen.size
                    yield (left, baseline - size, x, baseline + size * 0.34), last.pen.back
                left = x
            x += piece.width if piece else 0
            last = piece


def _write(canvas: Canvas, piece: Piece, x: float, baseline: float) -> None:
    pen, left = piece.pen, x
    for segment in piece.segments:
        if isinstance(segment, Letters):
            for offset, text in segment.parts:
                canvas.letters(
                    (x + offset, baseline),
                    text,
                    segment.font,
                    pen.color,
                    weight=pen.weight * pen.size,
                    is_slanted=pen.is_slanted,
                )
        else:
            _sketch(canvas, segment, pen, (x, baseline))
        x += segment.width
    for is_wanted, height in ((pen.is_underlined, -0.12), (pen.is_struck, 0.3)):
        if is_wanted and x > left:
            y = baseline - height * pen.size
            canvas.line([(left, y), (x, y)], max(1, pen.size * 0.07), pen.color)


def _sketch(canvas: Canvas, glyph: Drawn, pen: Pen, start: Point) -> None:
    x, baseline = start
    for stroke in glyph.sketch.strokes:
        points = [
            (x + across * glyph.size, baseline - up * glyph.size) for across, up in stroke.points
        ]
        color = stroke.color or pen.color
        if stroke.is_filled:
            canvas.polygon(points, color, stroke.opacity)
        else:
            width = (stroke.width + pen.weight * 2) * glyph.size
            canvas.line(points, width, color, stroke.opacity)
