"""A dark sheet that text and bars are drawn on, in pixels from its upper left corner."""

import io
import unicodedata
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

BACKGROUND: Final = "#2b2d31"
"""Discord's own in its dark theme; the sheet brings it along for the light one."""
TEXT: Final = "#f2f3f5"
QUIET: Final = "#b5bac1"
TRACK: Final = "#404249"
STAND_IN: Final = "□"
"""Shown for what the font of a line lacks, such as emoji."""
FEWEST_COLUMNS: Final = 7
"""Fewer take the width that they would have in a week, in the middle."""

_ELLIPSIS: Final = "…"
_MOST_CHARACTERS: Final = 100
"""Of any line; more than fit, and few enough to be measured again and again."""
_LEAST_BAR: Final = 0.02
"""Of the longest bar: a single job beside ten thousand stays visible."""
_DOTS_PER_INCH: Final = 72
"""A point of type is a pixel then."""


class Box(NamedTuple):
    """A part of the sheet, in pixels."""

    left: float
    top: float
    width: float
    height: float


class _Face(NamedTuple):
    """A font as it is measured and as it is drawn with."""

    font: "FT2Font"
    glyphs: frozenset[int]
    properties: "FontProperties"

    def lacks(self, text: str) -> int:
        """Count the characters that it has no letter for."""
        return sum(ord(character) not in self.glyphs for character in text)


def draws(text: str) -> bool:
    """Tell whether there is a font with every character of a text."""
    return any(not face.lacks(text) for face in _faces())


def _faces() -> tuple[_Face, ...]:
    """Load the fonts, which come with packages, so that all machines draw the same picture."""
    # Matplotlib costs half a second and some 50 MB: only who draws pays for it.
    # Its pyplot is never used, since that keeps every figure in a list of its own.
    from matplotlib import get_data_path  # noqa: PLC0415 - see above
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - see above
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - see above

    latin = Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    fonts = [(FT2Font(path), FontProperties(fname=path)) for path in (latin, chinese_font())]
    return tuple(
        _Face(font, frozenset(font.get_charmap()), properties) for font, properties in fonts
    )


def chinese_font() -> Path:
    """Find the font with Chinese letters, which a package brings."""
    # It is not imported: that would change the settings of matplotlib for everybody.
    return Path(str(distribution("zhplot").locate_file("zhplot/fonts/NotoSansSC-Regular.ttf")))


class Sheet:
    """An empty sheet of so many pixels; to be used by one thread at a time."""

    def __init__(self, width: int, height: int) -> None:
        from matplotlib.figure import Figure  # noqa: PLC0415 - see `_faces`

        self._faces = _faces()
        self._width = width
        self._figure = Figure(
            figsize=(width / _DOTS_PER_INCH, height / _DOTS_PER_INCH),
            dpi=_DOTS_PER_INCH,
            facecolor=BACKGROUND,
        )
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)
        self._axes.set_axis_off()
        self._axes.set_autoscale_on(False)

    def write(
        self,
        text: str,
        x: float,
        y: float,
        *,
        size: float,
        color: str = TEXT,
        align: Literal["left", "center", "right"] = "left",
        room: float | None = None,
    ) -> None:
        """Write one line with its baseline at `y`, cut where it would be wider than `room`."""
        shown = self.fitted(text, size, self._width if room is None else room)
        self._axes.text(
            x,
            y,
            shown,
            horizontalalignment=align,
            verticalalignment="baseline",
            color=color,
            fontproperties=self._face(shown).properties,
            fontsize=size,
            parse_math=False,  # a name with two dollar signs is no formula
        )

    def fitted(self, text: str, size: float, room: float) -> str:
        """Return what is written of `text` where `room` pixels are left for it."""
        shown = self._drawable(text)
        if self.width_of(shown, size) <= room:
            return shown
        # What goes is before the end, since that is where the names of models differ.
        for kept in range(len(shown) - 1, 0, -1):
            end = kept * 2 // 3
            cut = f"{shown[: kept - end].rstrip()}{_ELLIPSIS}{shown[len(shown) - end :].lstrip()}"
            if self.width_of(cut, size) <= room:
                return cut
        return _ELLIPSIS

    def width_of(self, text: str, size: float) -> float:
        """Measure a text that was made ready to be drawn."""
        font = self._face(text).font
        font.set_size(size, _DOTS_PER_INCH)
        font.set_text(text)
        return font.get_width_height()[0] / 64  # FreeType counts in 64ths of a pixel

    def columns(self, values: Sequence[int], box: Box, *, color: str) -> None:
        """Draw upright bars side by side on a line; the highest one fills the box."""
        pitch = box.width / max(len(values), FEWEST_COLUMNS)
        first = box.left + (box.width - pitch * (len(values) - 1)) / 2
        bottom = box.top + box.height
        peak = max(values)
        self._axes.bar(
            [first + pitch * place for place in range(len(values))],
            [-box.height * max(value / peak, _LEAST_BAR) if value else 0 for value in values],
            width=pitch * 0.8,
            bottom=bottom,
            color=color,
        )
        self.bar(1, Box(box.left, bottom, box.width, 2), color=TRACK)

    def bar(self, share: float, box: Box, *, color: str) -> None:
        """Draw a lying bar that fills so much of the box, from 0 to 1."""
        width = box.width * max(share, _LEAST_BAR) if share else 0
        self._axes.barh(
            box.top + box.height / 2, width, height=box.height, left=box.left, color=color
        )

    def png(self) -> bytes:
        """Return the picture."""
        picture = io.BytesIO()
        self._figure.savefig(picture, format="png", dpi=_DOTS_PER_INCH)
        return picture.getvalue()

    def _face(self, text: str) -> _Face:
        """Choose the font of a line: the one that lacks the least of it, and the first of equals.

        One font a line: letters of two would not stand on it as if they belonged together.
        """
        return min(self._faces, key=lambda face: face.lacks(text))

    def _drawable(self, text: str) -> str:
        # Compatible forms make plain letters of fancy ones; marks would pile up over a line.
        plain = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS])[:_MOST_CHARACTERS]
        line = "".join(
            character
            for character in " ".join(plain.split())
            if unicodedata.category(character)[0] not in "CM"
        ).strip()
        glyphs = self._face(line).glyphs
        return "".join(one if ord(one) in glyphs else STAND_IN for one in line)
