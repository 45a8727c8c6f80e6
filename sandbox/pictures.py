"""Draws pictures with a label on them: reference images for the demo, and frames of clips."""

import colorsys
import io
import unicodedata
import zlib
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bot.posting.moderation.sheet import chinese_font

_LABEL_CHARACTERS: Final = 600
_WHITE: Final = (250, 250, 250)
_SHADE: Final = (20, 22, 34)
_PROGRESS_HUE_TURN: Final = 0.12
"""How far the color goes around its circle from the first frame to the last."""

Rgb = tuple[int, int, int]


def make_picture(
    label: str, width: int, height: int, kind: Literal["PNG", "JPEG", "WEBP"] = "PNG"
) -> bytes:
    """Return a picture of `width` by `height` pixels with `label` on it."""
    out = io.BytesIO()
    paint(label, width, height).save(out, kind)
    return out.getvalue()


def paint(label: str, width: int, height: int, progress: float | None = None) -> Image.Image:
    """Draw one picture; `progress` from 0 to 1 moves its color, its sun and its bar."""
    moved = progress or 0.0
    # Each label has a color of its own, so that two jobs are told apart at a glance.
    hue = zlib.crc32(label.encode(errors="replace")) / 2**32 + moved * _PROGRESS_HUE_TURN
    slope = Image.linear_gradient("L").resize((width, height))
    picture = ImageOps.colorize(slope, black=_color(hue, 0.85), white=_color(hue + 0.1, 0.35))
    draw = ImageDraw.Draw(picture)
    radius = min(width, height) / 6
    center = width * (0.15 + 0.7 * moved)
    draw.circle((center, height * 0.68), radius, fill=_color(hue + 0.5, 0.95))
    _write(draw, label, width, height)
    if progress is not None:
        bar = max(2, height // 40)
        draw.rectangle((0, height - bar, width, height), fill=_SHADE)
        draw.rectangle((0, height - bar, round(width * progress), height), fill=_WHITE)
    return picture


def _color(hue: float, value: float) -> Rgb:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, 0.6, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _write(draw: ImageDraw.ImageDraw, label: str, width: int, height: int) -> None:
    size = max(8, height // 18)
    margin = size
    font = _font(label, size)
    lines = _wrap(label[:_LABEL_CHARACTERS], font, width - 2 * margin)
    room = max(1, int((height - 2 * margin) // (size * 1.3)))
    text = "\n".join(lines[:room])
    draw.multiline_text(
        (margin, margin),
        text,
        font=font,
        fill=_WHITE,
        spacing=size * 0.3,
        stroke_width=max(1, size // 12),
        stroke_fill=_SHADE,
    )


def _font(label: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if any(unicodedata.east_asian_width(character) in "WF" for character in label):
        return ImageFont.truetype(chinese_font(), size)
    return ImageFont.load_default(size)


def _wrap(
    label: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: float
) -> list[str]:
    """Break `label` into lines that fit, by words, and inside a word only where it must be."""
    lines = []
    for paragraph in label.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) > width:
                lines.append(line)
                longer = word
            while font.getlength(longer) > width and len(longer) > 1:
                cut = max(1, int(len(longer) * width / font.getlength(longer)))
                lines.append(longer[:cut])
                longer = longer[cut:]
            line = longer
        lines.append(line)
    return lines
