"""Glyphs drawn by hand, for what Pillow's built-in font has no letter: marks, arrows, bars."""

import unicodedata
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]
Color = tuple[int, int, int]

_THIN: Final = 0.075
_EMOJI: Final = (255, 204, 77)
_WIDE: Final = frozenset("WF")


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line from point to point, or what it encloses; lengths in em, y upwards from the base."""

    points: tuple[Point, ...]
    width: float = _THIN
    is_filled: bool = False
    color: Color | None = None
    """None is the color of the text around it."""
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Sketch:
    """A glyph made of strokes; `advance` is how far the next one stands, in em."""

    advance: float
    strokes: tuple[Stroke, ...]

    def moved(self, across: float, up: float) -> tuple[Stroke, ...]:
        """Return its strokes somewhere else."""
        return tuple(
            Stroke(
                tuple((x + across, y + up) for x, y in stroke.points),
                stroke.width,
                stroke.is_filled,
                stroke.color,
                stroke.opacity,
            )
            for stroke in self.strokes
        )


def _lines(advance: float, *paths: tuple[Point, ...], width: float = _THIN) -> Sketch:
    return Sketch(advance, tuple(Stroke(path, width) for path in paths))


_BAR: Final = ((0.12, 0.0), (0.3, 0.68), (0.86, 0.68), (0.68, 0.0))
_BAR_ADVANCE: Final = 0.86

SYMBOLS: Final = {
    "▰": Sketch(_BAR_ADVANCE, (Stroke(_BAR, is_filled=True), Stroke((*_BAR, _BAR[0]), width=0.06))),
    "▱": _lines(_BAR_ADVANCE, (*_BAR, _BAR[0]), width=0.06),
    "\N{EN DASH}": _lines(0.55, ((0.07, 0.27), (0.48, 0.27))),
    "—": _lines(1.0, ((0.07, 0.27), (0.93, 0.27))),
    "\N{MINUS SIGN}": _lines(0.6, ((0.09, 0.32), (0.51, 0.32))),
    "\N{MULTIPLICATION SIGN}": _lines(
        0.6, ((0.12, 0.14), (0.48, 0.5)), ((0.12, 0.5), (0.48, 0.14))
    ),
    "•": _lines(0.4, ((0.2, 0.34),), width=0.24),
    "●": _lines(0.75, ((0.375, 0.34),), width=0.56),
    "→": _lines(0.95, ((0.1, 0.32), (0.85, 0.32)), ((0.6, 0.54), (0.85, 0.32), (0.6, 0.1))),
    "←": _lines(0.95, ((0.85, 0.32), (0.1, 0.32)), ((0.35, 0.54), (0.1, 0.32), (0.35, 0.1))),
    "↑": _lines(0.7, ((0.35, 0.0), (0.35, 0.7)), ((0.13, 0.46), (0.35, 0.7), (0.57, 0.46))),
    "↓": _lines(0.7, ((0.35, 0.7), (0.35, 0.0)), ((0.13, 0.24), (0.35, 0.0), (0.57, 0.24))),
    "↗": _lines(0.75, ((0.12, 0.08), (0.6, 0.56)), ((0.24, 0.58), (0.62, 0.58), (0.62, 0.2))),
    "✓": _lines(0.8, ((0.1, 0.32), (0.3, 0.1), (0.68, 0.62)), width=0.1),
    "✗": _lines(0.75, ((0.14, 0.06), (0.6, 0.6)), ((0.14, 0.6), (0.6, 0.06)), width=0.1),
    "≤": _lines(0.65, ((0.52, 0.56), (0.12, 0.36), (0.52, 0.16)), ((0.12, 0.02), (0.52, 0.02))),
    "≥": _lines(0.65, ((0.12, 0.56), (0.52, 0.36), (0.12, 0.16)), ((0.12, 0.02), (0.52, 0.02))),
    "▶": Sketch(0.8, (Stroke(((0.14, 0.04), (0.14, 0.64), (0.68, 0.34)), is_filled=True),)),
    "\N{LATIN SMALL LETTER DOTLESS I}": _lines(0.24, ((0.12, 0.04), (0.12, 0.5)), width=0.085),
}

SPELLINGS: Final = {
    "✔": "✓",
    "✖": "✗",
    "✕": "✗",
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{FIGURE DASH}": "\N{EN DASH}",
    "―": "—",
    "„": ",,",
    "\N{SINGLE LOW-9 QUOTATION MARK}": ",",
    "\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}": "\N{LEFT SINGLE QUOTATION MARK}",
    "‟": "“",
    "\N{PRIME}": "'",
    "″": '"',
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "⟨": "<",
    "⟩": ">",
    "▪": "•",
    "‣": "•",
    "∙": "·",
    "◦": "•",
}
"""What is written with other letters when no font has it."""

_ABOVE: Final = {
    "\u0300": _lines(0, ((-0.08, 0.14), (0.05, 0.02))),
    "\u0301": _lines(0, ((-0.05, 0.02), (0.08, 0.14))),
    "\u0302": _lines(0, ((-0.12, 0.02), (0, 0.13), (0.12, 0.02))),
    "\u0303": _lines(
        0, ((-0.14, 0.05), (-0.08, 0.1), (-0.02, 0.09), (0.04, 0.06), (0.1, 0.06), (0.14, 0.1))
    ),
    "\u0304": _lines(0, ((-0.12, 0.07), (0.12, 0.07))),
    "\u0306": _lines(0, ((-0.12, 0.13), (-0.06, 0.06), (0.06, 0.06), (0.12, 0.13))),
    "\u0307": _lines(0, ((0, 0.07),), width=0.1),
    "\u0308": _lines(0, ((-0.11, 0.07),), ((0.11, 0.07),), width=0.1),
    "\u030a": _lines(
        0,
        (
            (0, 0.15),
            (0.07, 0.11),
            (0.07, 0.03),
            (0, -0.01),
            (-0.07, 0.03),
            (-0.07, 0.11),
            (0, 0.15),
        ),
        width=0.055,
    ),
    "\u030b": _lines(0, ((-0.11, 0.02), (-0.02, 0.14)), ((0.06, 0.02), (0.15, 0.14))),
    "\u030c": _lines(0, ((-0.12, 0.13), (0, 0.02), (0.12, 0.13))),
}
_BELOW: Final = {
    "\u0323": _lines(0, ((0, -0.14),), width=0.1),
    "\u0326": _lines(0, ((0.02, -0.1), (-0.04, -0.22))),
    "\u0327": _lines(0, ((0, -0.02), (0.07, -0.12), (0.02, -0.2), (-0.07, -0.19))),
    "\u0328": _lines(0, ((0.12, -0.02), (0.05, -0.1), (0.08, -0.18), (0.15, -0.17))),
}
_CROSSED: Final = {
    "ø": ("o", ((-0.22, 0.0), (0.22, 0.52))),
    "Ø": ("O", ((-0.3, 0.0), (0.3, 0.7))),
    "ł": ("l", ((-0.12, 0.28), (0.12, 0.44))),
    "Ł": ("L", ((-0.3, 0.24), (0.0, 0.44))),
    "đ": ("d", ((-0.02, 0.6), (0.3, 0.6))),
    "Đ": ("D", ((-0.38, 0.36), (-0.05, 0.36))),
}
_GAP: Final = 0.07
"""Between a letter and the mark above it."""


def apart(character: str) -> tuple[str, str] | None:
    """Return the base letter and the marks of an accented one whose marks can be drawn."""
    if character in _CROSSED:
        return _CROSSED[character][0], character
    base, *marks = list(unicodedata.normalize("NFD", character))
    if not marks or any(mark not in _ABOVE and mark not in _BELOW for mark in marks):
        return None
    # The dot of an i gives way to its mark.
    is_dotted = base == "i" and any(mark in _ABOVE for mark in marks)
    return ("\N{LATIN SMALL LETTER DOTLESS I}" if is_dotted else base), "".join(marks)


def accent(marks: str, *, width: float, top: float) -> Sketch:
    """Return the marks for a letter that was just set: its width and its top in em."""
    strokes: list[Stroke] = []
    center, height = -width / 2, top + _GAP
    for mark in marks:
        if mark in _CROSSED:
            strokes += _lines(0, _CROSSED[mark][1]).moved(center, 0)
        elif mark in _BELOW:
            strokes += _BELOW[mark].moved(center, 0)
        else:
            strokes += _ABOVE[mark].moved(center, height)
            height += 0.2
    return Sketch(0, tuple(strokes))


def unknown(character: str) -> Sketch:
    """Return what stands for a character that no font has: a disc for an emoji, else a bar."""
    if unicodedata.category(character) == "So" or character >= "\U0001f000":
        return Sketch(1.2, (Stroke(((0.6, 0.34),), width=1.0, color=_EMOJI),))
    width = 0.92 if unicodedata.east_asian_width(character) in _WIDE else 0.5
    # Dimmed, as a page is greeked: it reads as a word, not as an error.
    path = ((0.22, 0.27), (width - 0.22, 0.27))
    return Sketch(width, (Stroke(path, width=0.36, opacity=0.35),))
