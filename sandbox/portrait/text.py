"""Breaks rich text into lines and writes them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import Final

from bot.domain import ENGLISH
from sandbox.portrait.canvas import Canvas, Color, mix
from sandbox.portrait.fonts import FontBook
from sandbox.portrait.line import BOLD, DENSE, MEDIUM, Line, Pen, Piece
from sandbox.portrait.markdown import LineKind, Look, MarkedLine, Run, read_markdown, visible

BACKGROUND: Final = (49, 51, 56)
TEXT: Final = (219, 222, 225)
BRIGHT: Final = (242, 243, 245)
MUTED: Final = (148, 155, 164)
BLURPLE: Final = (88, 101, 242)
_COVER: Final = (78, 80, 88)
_LINK: Final = (0, 168, 252)
_MENTION: Final = (201, 205, 251)
_CODE_BACK: Final = (30, 31, 34)
_QUOTE_BAR: Final = (78, 80, 88)
_WHITE: Final = (255, 255, 255)

_INDENTS: Final = {LineKind.QUOTE: 12.0, LineKind.BULLET: 20.0}
_WIDER_SPACE: Final = 0.04
"""The built-in font's spaces are narrower than those of Discord's, in em."""
_CHIP_PADDING: Final = 3.0
_PIECES: Final = re.compile(rf"\s+|[{DENSE}]|[^\s{DENSE}]+")


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a text: how far in it stands, how high it is, and what marks it."""

    line: Line
    kind: LineKind
    indent: float
    height: float
    size: float
    is_first: bool


@dataclass(frozen=True, slots=True)
class Text:
    """Lines below each other."""

    lines: tuple[PlacedLine, ...]

    @property
    def width(self) -> float:
        """Return how wide its longest line is."""
        return max((placed.indent + placed.line.width for placed in self.lines), default=0)

    @property
    def height(self) -> float:
        """Return how high it is."""
        return sum(placed.height for placed in self.lines)

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Write it with its top left corner at a point."""
        bars: list[list[float]] = []
        for placed in self.lines:
            if placed.kind is LineKind.QUOTE:
                if bars and bars[-1][1] == y:
                    bars[-1][1] = y + placed.height
                else:
                    bars.append([y, y + placed.height])
            baseline = middle_baseline(y, placed.height, placed.size)
            if placed.kind is LineKind.BULLET and placed.is_first:
                canvas.disc((x + 9, baseline - placed.size * 0.34), 2.6, TEXT)
            placed.line.paint(canvas, x + placed.indent, baseline)
            y += placed.height
        for top, bottom in bars:
            canvas.rounded((x, top, x + 4, bottom), 2, _QUOTE_BAR)


def middle_baseline(top: float, height: float, size: float) -> float:
    """Return the baseline that centers capitals in a line."""
    return round(top + height / 2 + size * 0.355)


class Typesetter:
    """Turns text into lines with the fonts of a book."""

    def __init__(
        self,
        fonts: FontBook,
        *,
        names: Mapping[int, str],
        now: datetime,
        language: str = ENGLISH,
    ) -> None:
        self.language = language
        self._fonts = fonts
        self._names = names
        self._now = now

    def line(self, text: str, pen: Pen, width: float | None = None) -> Line:
        """Set plain text on one line; what goes beyond `width` becomes an ellipsis."""
        return self._cut(self._pieces([(Run(visible(text)), pen)]), width)

    def marked_line(self, text: str, pen: Pen, width: float) -> Line:
        """Set markdown on one line, as a reply shows what it replies to."""
        lines = self._read(text)
        runs = [run for line in lines for run in (*line.runs, Run(" "))][:-1]
        pens = [(run, replace(_dressed(pen, run, BACKGROUND), back=None)) for run in runs]
        return self._cut(self._pieces(pens), width)

    def text(
        self, source: str, pen: Pen, leading: float, width: float, *, back: Color, end: str = ""
    ) -> Text:
        """Set markdown in lines that are `leading` high; `end` is a small word after the last."""
        placed: list[PlacedLine] = []
        marked = self._read(source)
        for at, line in enumerate(marked):
            is_last = at == len(marked) - 1
            placed += self._broken(line, pen, leading, width, back, end if is_last else "")
        return Text(tuple(placed))

    def plain_text(self, source: str, pen: Pen, leading: float, width: float) -> Text:
        """Set text without markdown in lines that are `leading` high."""
        placed: list[PlacedLine] = []
        for paragraph in source.strip().splitlines():
            pieces = self._pieces([(Run(visible(paragraph)), pen)])
            for number, line in enumerate(self._lines(pieces, width)):
                placed.append(PlacedLine(line, LineKind.TEXT, 0, leading, pen.size, number == 0))
        return Text(tuple(placed))

    def _read(self, source: str) -> list[MarkedLine]:
        return read_markdown(source, names=self._names, now=self._now, language=self.language)

    def _broken(
        self, line: MarkedLine, pen: Pen, leading: float, width: float, back: Color, end: str
    ) -> Iterator[PlacedLine]:
        indent = _INDENTS.get(line.kind, 0.0)
        if line.kind is LineKind.SUBTEXT:
            pen = replace(pen, size=pen.size * 0.8125, color=MUTED)
        runs = [(run, _dressed(pen, run, back)) for run in line.runs]
        if end:
            runs.append((Run(f" {end}"), Pen(10, MUTED)))
        for number, broken in enumerate(self._lines(self._pieces(runs), width - indent)):
            yield PlacedLine(broken, line.kind, indent, leading, pen.size, number == 0)

    def _pieces(self, runs: Iterable[tuple[Run, Pen]]) -> list[Piece]:
        pieces = []
        for number, (run, pen) in enumerate(runs):
            is_whole = run.look in {Look.MENTION, Look.TIME}
            words = [run.text] if is_whole else _PIECES.findall(run.text)
            edge = [] if pen.back is None else [Piece("", pen, number, (), _CHIP_PADDING)]
            pieces += [*edge, *(self._word(word, pen, number) for word in words), *edge]
        return pieces

    def _word(self, text: str, pen: Pen, run: int) -> Piece:
        spacing = pen.weight * pen.size
        glyphs = self._fonts.segments(text, pen.size, spacing=spacing, is_code=pen.is_code)
        width = sum(glyph.width for glyph in glyphs)
        if text.isspace():
            width += _WIDER_SPACE * pen.size
        return Piece(text, pen, run, tuple(glyphs), width)

    def _lines(self, pieces: Sequence[Piece], width: float) -> Iterator[Line]:
        line: list[Piece] = []
        room = width
        for word in _words(pieces):
            length = sum(piece.width for piece in word)
            if length > room and line and not word[0].is_space:
                yield _stripped(line)
                line, room = [], width
            for piece in word if length <= width else self._split(word):
                if piece.width > room and line and not piece.is_space:
                    yield _stripped(line)
                    line, room = [], width
                line.append(piece)
                room -= piece.width
        yield _stripped(line)

    def _split(self, word: Sequence[Piece]) -> Iterator[Piece]:
        for piece in word:
            for character in piece.text:
                yield self._word(character, piece.pen, piece.run)

    def _cut(self, pieces: Sequence[Piece], width: float | None) -> Line:
        if width is None or sum(piece.width for piece in pieces) <= width:
            return Line(tuple(pieces))
        end = self._word("…", replace(pieces[-1].pen, back=None), len(pieces))
        letters = list(self._split(pieces))
        reach = accumulate(letter.width for letter in letters)
        room = width - end.width
        kept = [letter for letter, right in zip(letters, reach, strict=True) if right <= room]
        return Line((*_stripped(kept).pieces, end))


def _words(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Group pieces between which a line may not break."""
    word: list[Piece] = []
    for piece in pieces:
        if word and (piece.is_free or word[-1].is_free):
            yield word
            word = []
        word.append(piece)
    if word:
        yield word


def _stripped(pieces: Sequence[Piece]) -> Line:
    end = len(pieces)
    while end and pieces[end - 1].is_space:
        end -= 1
    return Line(tuple(pieces[:end]))


def _dressed(pen: Pen, run: Run, back: Color) -> Pen:
    pen = replace(
        pen,
        weight=BOLD if run.is_bold else pen.weight,
        is_slanted=run.is_italic,
        is_underlined=run.is_underlined,
        is_struck=run.is_struck,
    )
    match run.look:
        case Look.CODE:
            return replace(pen, size=pen.size * 0.875, is_code=True, back=_CODE_BACK)
        case Look.LINK:
            return replace(pen, color=_LINK)
        case Look.MENTION:
            weight = max(pen.weight, MEDIUM)
            return replace(pen, color=_MENTION, weight=weight, back=mix(BLURPLE, back, 0.3))
        case Look.COVERED:
            return replace(pen, color=_COVER, back=_COVER)
        case Look.TIME:
            return replace(pen, back=mix(_WHITE, back, 0.06))
        case _:
            return pen
