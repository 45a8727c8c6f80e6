"""Shows what stands under a message's text: embeds, rows of buttons and reactions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.discord_api.exchanges import Json
from sandbox.portrait.canvas import Canvas, Color, from_number, mix
from sandbox.portrait.line import BOLD, MEDIUM, Line, Pen
from sandbox.portrait.text import BACKGROUND, BRIGHT, TEXT, Text, Typesetter, middle_baseline

_EMBED_WIDTH: Final = 516.0
_EMBED_BACK: Final = (43, 45, 49)
_EMBED_STRIP: Final = (30, 31, 34)
_FOOTER: Final = (181, 186, 193)
_STRIP_WIDTH: Final = 4.0
_SIDE: Final = 16.0
_ABOVE: Final = 8.0
_BELOW: Final = 16.0
_RIGHT_CORNERS: Final = (False, True, True, False)
_WHITE: Final = (255, 255, 255)
_GRAY: Final = (78, 80, 88)
_BUTTON_COLORS: Final = {1: (88, 101, 242), 2: _GRAY, 3: (36, 128, 70), 4: (218, 55, 60), 5: _GRAY}
"""By Discord's button style: primary, secondary, success, danger, link."""
_LINK_STYLE: Final = 5
_BUTTON_TYPE: Final = 2
_BUTTON_HEIGHT: Final = 32.0
_BUTTON_GAP: Final = 8.0
_LEAST_BUTTON: Final = 60.0
_DISABLED: Final = 0.5
_CHIP_HEIGHT: Final = 26.0
_CHIP_GAP: Final = 4.0
_CHIP_SIDE: Final = 7.0


@dataclass(frozen=True, slots=True)
class Embed:
    """A box with a strip of color and up to three texts."""

    strip: Color
    texts: tuple[Text, ...]

    @property
    def width(self) -> float:
        """Return how wide it is: as wide as its longest line."""
        return max((text.width for text in self.texts), default=0) + 2 * _SIDE

    @property
    def height(self) -> float:
        """Return how high it is."""
        return sum(text.height + _ABOVE for text in self.texts) + _ABOVE + _BELOW

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint it with its top left corner at a point."""
        right, bottom = x + self.width, y + self.height
        canvas.rounded((x, y, right, bottom), 4, _EMBED_BACK)
        # One wide strip with round corners, of which the box covers all but the edge.
        strip = (x, y, x + 2 * _STRIP_WIDTH, bottom)
        canvas.rounded(strip, 4, self.strip, corners=(True, False, False, True))
        canvas.rounded((x + _STRIP_WIDTH, y, right, bottom), 4, _EMBED_BACK, corners=_RIGHT_CORNERS)
        y += _ABOVE
        for text in self.texts:
            y += _ABOVE
            text.paint(canvas, x + _SIDE, y)
            y += text.height


def show_embed(embed: Json, typesetter: Typesetter, width: float) -> Embed:
    """Lay an embed out for a column of `width`."""
    room = min(_EMBED_WIDTH, width) - 2 * _SIDE
    footer = (embed.get("footer") or {}).get("text") or ""
    texts = (
        typesetter.text(
            embed.get("title") or "", Pen(16, BRIGHT, BOLD), 22, room, back=_EMBED_BACK
        ),
        typesetter.text(embed.get("description") or "", Pen(14, TEXT), 19, room, back=_EMBED_BACK),
        typesetter.plain_text(footer, Pen(12, _FOOTER), 16, room),
    )
    color = embed.get("color")
    strip = _EMBED_STRIP if color is None else from_number(color)
    return Embed(strip, tuple(text for text in texts if text.lines))


@dataclass(frozen=True, slots=True)
class Button:
    """A button; a link shows that it leads out of Discord."""

    label: Line
    color: Color
    leads_out: bool

    @property
    def width(self) -> float:
        """Return how wide it is."""
        return max(_LEAST_BUTTON, self.label.width + 32 + (20 if self.leads_out else 0))

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint it with its top left corner at a point."""
        canvas.rounded((x, y, x + self.width, y + _BUTTON_HEIGHT), 4, self.color)
        icon = 20 if self.leads_out else 0
        left = x + (self.width - self.label.width - icon) / 2
        baseline = middle_baseline(y, _BUTTON_HEIGHT, 14)
        self.label.paint(canvas, left, baseline)
        if self.leads_out:
            right, top = left + self.label.width + 16, baseline - 10
            for path in (
                [(right - 7, top + 7), (right, top)],
                [(right - 5, top), (right, top), (right, top + 5)],
                [(right - 6, top + 1), (right - 9, top + 1), (right - 9, top + 10)],
                [(right - 9, top + 10), (right, top + 10), (right, top + 7)],
            ):
                canvas.line(path, 1.4, _WHITE)


@dataclass(frozen=True, slots=True)
class ButtonRows:
    """Buttons side by side, in as many rows as they need."""

    rows: tuple[tuple[Button, ...], ...]

    @property
    def height(self) -> float:
        """Return how high all rows are, with the air above the first."""
        return len(self.rows) * (_BUTTON_HEIGHT + _BUTTON_GAP) - _BUTTON_GAP / 2

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint them with the top left corner at a point."""
        y += _BUTTON_GAP / 2
        for row in self.rows:
            left = x
            for button in row:
                button.paint(canvas, left, y)
                left += button.width + _BUTTON_GAP
            y += _BUTTON_HEIGHT + _BUTTON_GAP


def show_buttons(components: Sequence[Json], typesetter: Typesetter, width: float) -> ButtonRows:
    """Lay one action row out for a column of `width`."""
    rows: list[tuple[Button, ...]] = [()]
    for component in components:
        if component.get("type") != _BUTTON_TYPE:
            continue
        button = _button(component, typesetter, width)
        if rows[-1] and _row_width((*rows[-1], button)) > width:
            rows.append(())
        rows[-1] = (*rows[-1], button)
    return ButtonRows(tuple(row for row in rows if row))


@dataclass(frozen=True, slots=True)
class Reactions:
    """Emoji that people have put on a message, each with their number."""

    chips: tuple[Line, ...]
    height: float = _CHIP_HEIGHT

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint them with the top left corner at a point."""
        for chip in self.chips:
            right = x + chip.width + 2 * _CHIP_SIDE
            canvas.rounded((x, y, right, y + _CHIP_HEIGHT), 8, _EMBED_BACK)
            chip.paint(canvas, x + _CHIP_SIDE, middle_baseline(y, _CHIP_HEIGHT, 14))
            x = right + _CHIP_GAP


def show_reactions(reactions: Mapping[str, Sequence[int]], typesetter: Typesetter) -> Reactions:
    """Lay out what people have put on a message; who they are is not shown."""
    return Reactions(
        tuple(
            typesetter.line(f"{emoji} {len(people)}", Pen(14, _FOOTER, MEDIUM))
            for emoji, people in reactions.items()
            if people
        )
    )


def _button(component: Json, typesetter: Typesetter, width: float) -> Button:
    style = component.get("style", 2)
    is_disabled = bool(component.get("disabled"))
    emoji = (component.get("emoji") or {}).get("name") or ""
    text = f"{emoji} {component.get('label') or ''}".strip()
    color, ink = _BUTTON_COLORS.get(style, _GRAY), _WHITE
    if is_disabled:
        color, ink = mix(color, BACKGROUND, _DISABLED), mix(ink, BACKGROUND, _DISABLED)
    label = typesetter.line(text, Pen(14, ink, MEDIUM), width - 52)
    return Button(label, color, style == _LINK_STYLE)


def _row_width(row: Sequence[Button]) -> float:
    return sum(button.width + _BUTTON_GAP for button in row) - _BUTTON_GAP
