"""Finds a glyph for every character: the built-in font, a drawn one, or a font of the machine."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import ImageFont

from sandbox.portrait.canvas import FONT_SCALE
from sandbox.portrait.emoji import EMOJI
from sandbox.portrait.glyphs import SPELLINGS, SYMBOLS, Sketch, accent, apart, unknown

_PROBE_SIZE: Final = 20
_NOBODYS: Final = "\U0010ffff"
"""No font has it, so it shows what a font draws for a glyph that it lacks."""
_SKIN_TONES: Final = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_JOINER: Final = "\u200d"
_MARKS: Final = frozenset({"Mn", "Me", "Mc", "Cf"})


@dataclass(frozen=True, slots=True)
class Letters:
    """Text that one font has, in parts that each start so far to the right of the first.

    The font is `FONT_SCALE` times too large; all other lengths are pixels of the client.
    """

    font: ImageFont.FreeTypeFont
    parts: tuple[tuple[float, str], ...]
    width: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A glyph drawn by hand at a size; `width` is in pixels of the client."""

    sketch: Sketch
    size: float

    @property
    def width(self) -> float:
        """Return how far the next glyph stands."""
        return self.sketch.advance * self.size


Segment = Letters | Drawn


class FontBook:
    """The built-in font, and after it those of `paths`; one named Mono is for code."""

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self._paths = tuple(paths)
        self._sized: dict[tuple[Path | None, float], ImageFont.FreeTypeFont] = {}
        self._known: dict[tuple[Path | None, str], bool] = {}
        families = {path: self._font(path, _PROBE_SIZE).getname()[0] or "" for path in self._paths}
        self._code = next((path for path, name in families.items() if "Mono" in name), None)

    def segments(
        self, text: str, size: float, *, spacing: float = 0.0, is_code: bool = False
    ) -> list[Segment]:
        """Cut `text` into what each font can write and what is drawn.

        Lengths are pixels of the client; `spacing` is the air after each letter.
        """
        pieces: list[tuple[Path | None, str] | Sketch] = []
        for source, glyph in self._glyphs(text, is_code=is_code):
            last = pieces[-1] if pieces else None
            if isinstance(glyph, Sketch):
                pieces.append(glyph)
            elif isinstance(last, tuple) and last[0] == source:
                pieces[-1] = (source, last[1] + glyph)
            else:
                pieces.append((source, glyph))
        return [
            Drawn(piece, size)
            if isinstance(piece, Sketch)
            else self._letters(piece[1], piece[0], size, spacing)
            for piece in pieces
        ]

    def _letters(self, text: str, source: Path | None, size: float, spacing: float) -> Letters:
        font = self._font(source, size * FONT_SCALE)
        width = font.getlength(text) / FONT_SCALE
        if not spacing or source is not None:
            # Scripts of other fonts may join their letters: they are never set apart.
            return Letters(font, ((0.0, text),), width)
        parts = []
        for at, letter in enumerate(text):
            kerned = font.getlength(text[: at + 1]) - font.getlength(letter)
            parts.append((kerned / FONT_SCALE + at * spacing, letter))
        return Letters(font, tuple(parts), width + len(text) * spacing)

    def _glyphs(self, text: str, *, is_code: bool) -> Iterator[tuple[Path | None, str | Sketch]]:
        source: Path | None = None
        is_joined = is_emoji = False
        for character in text:
            is_mark = character in _SKIN_TONES or unicodedata.category(character) in _MARKS
            if is_mark or (is_joined and is_emoji):
                # A font that has the letter shapes its marks; what is drawn does without them.
                if source is not None:
                    yield source, character
                is_joined = character == _JOINER
                continue
            is_joined = is_emoji = False
            source = None
            for source, glyph in self._glyph(character, is_code=is_code):
                is_emoji = glyph in {EMOJI.get(character), unknown(character)}
                yield source, glyph

    def _glyph(
        self, character: str, *, is_code: bool
    ) -> Iterator[tuple[Path | None, str | Sketch]]:
        if is_code and self._code is not None and self._has(self._code, character):
            yield self._code, character
        elif character.isspace():
            yield None, " "
        elif self._has(None, character):
            yield None, character
        elif character in SYMBOLS:
            yield None, SYMBOLS[character]
        elif character in EMOJI:
            yield None, EMOJI[character]
        elif (parts := apart(character)) is not None and self._can_write(parts[0]):
            yield from self._accented(*parts)
        elif (path := next(self._having(character), None)) is not None:
            yield path, character
        elif (spelling := self._spelling(character)) is not None:
            for letter in spelling:
                yield from self._glyph(letter, is_code=is_code)
        else:
            yield None, unknown(character)

    def _can_write(self, letter: str) -> bool:
        return letter.isspace() or letter in SYMBOLS or self._has(None, letter)

    def _accented(self, base: str, marks: str) -> Iterator[tuple[None, str | Sketch]]:
        font = self._font(None, _PROBE_SIZE * FONT_SCALE)
        if base in SYMBOLS:
            sketch = SYMBOLS[base]
            yield None, sketch
            width, top = sketch.advance, max(y for s in sketch.strokes for _, y in s.points)
        else:
            yield None, base
            width = font.getlength(base) / font.size
            top = -font.getbbox(base, anchor="ls")[1] / font.size
        yield None, accent(marks, width=width, top=top)

    def _having(self, character: str) -> Iterator[Path]:
        return (path for path in self._paths if self._has(path, character))

    def _spelling(self, character: str) -> str | None:
        plain = SPELLINGS.get(character) or "".join(
            letter
            for letter in unicodedata.normalize("NFKD", character)
            if unicodedata.category(letter) not in _MARKS
        )
        is_better = plain not in {"", character} and all(map(self._can_write, plain))
        return plain if is_better else None

    def _has(self, path: Path | None, character: str) -> bool:
        key = (path, character)
        if key not in self._known:
            font = self._font(path, _PROBE_SIZE)
            found, lacking = font.getmask(character), font.getmask(_NOBODYS)
            is_lacking = found.size == lacking.size and bytes(found) == bytes(lacking)
            self._known[key] = not is_lacking and bool(found.size[0])
        return self._known[key]

    def _font(self, path: Path | None, size: float) -> ImageFont.FreeTypeFont:
        key = (path, size)
        if key not in self._sized:
            font = ImageFont.load_default(size) if path is None else ImageFont.truetype(path, size)
            # Without FreeType Pillow has a bitmap font only; its wheels all bring FreeType.
            assert isinstance(font, ImageFont.FreeTypeFont)  # noqa: S101 - see the line above
            self._sized[key] = font
        return self._sized[key]
