"""Emoji drawn by hand in the manner of Discord's, for those that a bot puts on its buttons."""

import math
from typing import Final

from sandbox.portrait.glyphs import Color, Point, Sketch, Stroke

_ADVANCE: Final = 1.3
_SIDE: Final = 1.1
_CENTER: Final = (0.65, 0.34)
_GRID: Final = 36
"""Shapes are written on a grid of so many squares, from its upper left corner."""

_WHITE: Final = (255, 255, 255)
_BLUE: Final = (59, 136, 195)
_PALE: Final = (204, 214, 221)
_STEEL: Final = (136, 153, 166)
_SLATE: Final = (102, 117, 127)
_DARK: Final = (41, 47, 51)
_RED: Final = (221, 46, 68)
_PINK: Final = (234, 89, 110)
_GOLD: Final = (255, 172, 51)
_WOOD: Final = (255, 217, 131)


def _place(point: Point) -> Point:
    across, down = (at / _GRID - 0.5 for at in point)
    return _CENTER[0] + across * _SIDE, _CENTER[1] - down * _SIDE


def _line(color: Color, width: float, *points: Point) -> Stroke:
    return Stroke(tuple(map(_place, points)), width * _SIDE / _GRID, color=color)


def _area(color: Color, *points: Point) -> Stroke:
    return Stroke(tuple(map(_place, points)), is_filled=True, color=color)


def _soft(color: Color, width: float, *points: Point) -> tuple[Stroke, Stroke]:
    """Fill an area whose corners are as round as a line of this width."""
    return _area(color, *points), _line(color, width, *points, points[0])


def _emoji(*parts: Stroke | tuple[Stroke, ...]) -> Sketch:
    strokes = [part if isinstance(part, tuple) else (part,) for part in parts]
    return Sketch(_ADVANCE, tuple(stroke for some in strokes for stroke in some))


def _star() -> tuple[Point, ...]:
    turns = [(at * math.pi / 5, 15 if at % 2 == 0 else 6.4) for at in range(10)]
    return tuple((18 + far * math.sin(turn), 19 - far * math.cos(turn)) for turn, far in turns)


_TILE: Final = _soft(_BLUE, 8, (4, 4), (32, 4), (32, 32), (4, 32))

EMOJI: Final = {
    "\N{CLOCKWISE RIGHTWARDS AND LEFTWARDS OPEN CIRCLE ARROWS}": _emoji(
        _TILE,
        _line(_WHITE, 3.4, (8, 18), (8, 12.5), (23, 12.5)),
        _area(_WHITE, (22.5, 7), (22.5, 18), (29, 12.5)),
        _line(_WHITE, 3.4, (28, 18), (28, 23.5), (13, 23.5)),
        _area(_WHITE, (13.5, 18), (13.5, 29), (7, 23.5)),
    ),
    "\N{BLACK RIGHT-POINTING DOUBLE TRIANGLE}": _emoji(
        _TILE,
        _area(_WHITE, (7, 8), (7, 28), (18, 18)),
        _area(_WHITE, (18, 8), (18, 28), (29, 18)),
    ),
    "\N{INFORMATION SOURCE}": _emoji(
        _TILE,
        _line(_WHITE, 5, (18, 9.5)),
        _line(_WHITE, 4, (15, 16), (18.5, 16), (18.5, 27)),
        _line(_WHITE, 4, (14, 27.5), (23, 27.5)),
    ),
    "\N{HEAVY PLUS SIGN}": _emoji(
        _line(_PALE, 7, (18, 5), (18, 31)), _line(_PALE, 7, (5, 18), (31, 18))
    ),
    "\N{PENCIL}": _emoji(
        _line(_GOLD, 9, (11, 25), (25, 11)),
        _line(_PINK, 9, (27, 9), (28.5, 7.5)),
        _line(_PALE, 9, (24.5, 11.5), (26, 10)),
        _area(_WOOD, (5, 31), (8, 21.5), (14.5, 28)),
        _area(_DARK, (3, 33), (5, 27), (9, 31)),
    ),
    "\N{WASTEBASKET}": _emoji(
        _soft(_PALE, 2, (7, 9), (29, 9), (26, 33), (10, 33)),
        _line(_STEEL, 1.6, (13, 13), (14, 30)),
        _line(_STEEL, 1.6, (18, 13), (18, 30)),
        _line(_STEEL, 1.6, (23, 13), (22, 30)),
        _line(_SLATE, 3.6, (5.5, 8), (30.5, 8)),
        _line(_SLATE, 2.4, (14, 7), (15, 4), (21, 4), (22, 7)),
    ),
    "\N{CLAPPER BOARD}": _emoji(
        _soft(_DARK, 3, (4, 16), (32, 16), (32, 32), (4, 32)),
        _line(_PALE, 1.4, (4, 22), (32, 22)),
        _soft(_DARK, 2, (3, 11), (31, 3.5), (32, 8.5), (4.5, 16)),
        _area(_WHITE, (6, 10.3), (11, 9), (13.5, 13.5), (8.5, 14.9)),
        _area(_WHITE, (16, 7.6), (21, 6.3), (23.5, 10.8), (18.5, 12.2)),
        _area(_WHITE, (26, 5), (30.4, 3.8), (31.6, 8.6), (28.5, 9.5)),
    ),
    "\N{WHITE MEDIUM STAR}": _emoji(_soft(_GOLD, 2.4, *_star())),
    "\N{HEAVY BLACK HEART}": _emoji(
        _line(_RED, 15, (11, 13), (11.1, 13)),
        _line(_RED, 15, (25, 13), (25.1, 13)),
        _soft(_RED, 2, (4.8, 17), (18, 11), (31.2, 17), (18, 31.5)),
    ),
    "\N{CROSS MARK}": _emoji(_line(_RED, 6, (7, 7), (29, 29)), _line(_RED, 6, (29, 7), (7, 29))),
    "\N{ENVELOPE}": _emoji(
        _soft(_PALE, 4, (4, 8), (32, 8), (32, 28), (4, 28)),
        _line(_STEEL, 2, (4, 9), (18, 20), (32, 9)),
    ),
    "\N{TRIANGULAR FLAG ON POST}": _emoji(
        _line(_STEEL, 3, (8, 4), (8, 33)), _area(_RED, (9.5, 4), (31, 12), (9.5, 20))
    ),
    "\N{WHITE HEAVY CHECK MARK}": _emoji(
        _soft((119, 178, 85), 8, (4, 4), (32, 4), (32, 32), (4, 32)),
        _line(_WHITE, 4.6, (9, 19), (15.5, 26), (27, 10)),
    ),
    "\N{NO ENTRY}": _emoji(_line(_RED, 35, (18, 18)), _line(_WHITE, 6, (9, 18), (27, 18))),
}
