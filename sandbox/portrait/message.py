"""Draws a message of the bot as a person sees it in Discord's dark client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.domain import ENGLISH
from sandbox.discord_api.state import Message
from sandbox.portrait.canvas import Canvas, Part, Point, mix
from sandbox.portrait.client_words import client_words, day_and_time
from sandbox.portrait.fonts import FontBook
from sandbox.portrait.line import MEDIUM, Line, Pen
from sandbox.portrait.media import play_sign, show_files
from sandbox.portrait.panels import show_buttons, show_embed, show_reactions
from sandbox.portrait.text import (
    BACKGROUND,
    BLURPLE,
    BRIGHT,
    MUTED,
    TEXT,
    Typesetter,
    middle_baseline,
)

_LEFT: Final = 72.0
_RIGHT: Final = 48.0
_EDGE: Final = 16.0
_AVATAR_X: Final = 36.0
_AVATAR_RADIUS: Final = 20.0
_REPLY_HEIGHT: Final = 20.0
_REPLY_GAP: Final = 4.0
_LINE_HEIGHT: Final = 22.0
_PART_GAP: Final = 4.0
_AVATAR_TOP: Final = (110, 98, 255)
_AVATAR_BOTTOM: Final = (236, 72, 153)
_SPINE: Final = (78, 80, 88)
_REPLY_TEXT: Final = (181, 186, 193)
_WHITE: Final = (255, 255, 255)
_ACTION_ROW: Final = 1
_LEAST_WIDTH: Final = 360


def draw_message(
    message: Message,
    *,
    names: Mapping[int, str],
    now: datetime,
    replies_to: str | None = None,
    bot_name: str = "Grok Video",
    width: int = 680,
    font_paths: Sequence[Path] = (),
    language: str = ENGLISH,
) -> bytes:
    """Return a PNG of a message of the bot, twice as large as `width` for sharpness.

    `names` are those of the ids in the text, `replies_to` is the content of the bot's message that
    this one replies to (empty for a card), `font_paths` are scalable fonts for letters that
    Pillow's own font lacks, `language` is that of whoever looks. Days and hours are shown in the
    time zone of `now`.

    Raises:
        ValueError: The width is too small for a message.
    """
    if width < _LEAST_WIDTH:
        raise ValueError(f"A message needs a width of at least {_LEAST_WIDTH} pixels, not {width}.")
    typesetter = Typesetter(FontBook(font_paths), names=names, now=now, language=language)
    column = width - _LEFT - _RIGHT
    reply = None
    top = _EDGE
    if replies_to is not None:
        reply = _reply(bot_name, replies_to, typesetter, column)
        top += _REPLY_HEIGHT + _REPLY_GAP
    header = _header(message, bot_name, typesetter, column, now)
    parts = list(_parts(message, typesetter, column))
    bottom = top + header.height + sum(part.height + _PART_GAP for part in parts)
    canvas = Canvas(width, max(bottom, top + 2 * _AVATAR_RADIUS) + _EDGE, BACKGROUND)
    if reply is not None:
        reply.paint(canvas, _LEFT, _EDGE)
    _avatar(canvas, (_AVATAR_X, top + _AVATAR_RADIUS), _AVATAR_RADIUS)
    y = top
    for part in (header, *parts):
        part.paint(canvas, _LEFT, y)
        y += part.height + (0 if part is header else _PART_GAP)
    return canvas.png()


@dataclass(frozen=True, slots=True)
class _Header:
    """Who wrote it, that it is an app, and when."""

    name: Line
    tag: Line
    moment: Line
    height: float

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint it with its top left corner at a point."""
        baseline = middle_baseline(y - 2, _LINE_HEIGHT, 16)
        self.name.paint(canvas, x, baseline)
        x = _paint_tag(canvas, self.tag, (x + self.name.width + 6, baseline), 1)
        self.moment.paint(canvas, x + 8, baseline)


@dataclass(frozen=True, slots=True)
class _Reply:
    """The line above that shows what the message replies to, and the spine to it."""

    name: Line
    tag: Line
    said: Line

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint it with its top left corner at a point."""
        middle = y + _REPLY_HEIGHT / 2
        _spine(canvas, (_AVATAR_X, y + _REPLY_HEIGHT + 1), (x - 4, middle))
        _avatar(canvas, (x + 8, middle), 8)
        baseline = middle_baseline(y, _REPLY_HEIGHT, 14)
        self.name.paint(canvas, x + 22, baseline)
        left = _paint_tag(canvas, self.tag, (x + 26 + self.name.width, baseline), 0)
        self.said.paint(canvas, left + 6, baseline)


@dataclass(frozen=True, slots=True)
class _Note:
    """A small gray line."""

    line: Line
    height: float = 20.0

    def paint(self, canvas: Canvas, x: float, y: float) -> None:
        """Paint it with its top left corner at a point."""
        self.line.paint(canvas, x, middle_baseline(y, self.height, 12))


def _parts(message: Message, typesetter: Typesetter, width: float) -> list[Part]:
    """Return what stands below the header, in the order of Discord's client."""
    parts: list[Part] = []
    if message.content:
        end = client_words(typesetter.language).edited if message.edited_at else ""
        pen = Pen(16, TEXT)
        parts.append(
            typesetter.text(message.content, pen, _LINE_HEIGHT, width, back=BACKGROUND, end=end)
        )
    parts += show_files(message.attachments, typesetter, width)
    parts += [show_embed(embed, typesetter, width) for embed in message.embeds]
    for row in message.components:
        if row.get("type") == _ACTION_ROW:
            parts.append(show_buttons(row.get("components") or (), typesetter, width))
    if any(message.reactions.values()):
        parts.append(show_reactions(message.reactions, typesetter))
    if message.is_ephemeral:
        note = client_words(typesetter.language).only_you
        parts.append(_Note(typesetter.line(note, Pen(12, MUTED))))
    return parts


def _header(
    message: Message, name: str, typesetter: Typesetter, width: float, now: datetime
) -> _Header:
    tag = _tag(typesetter, 10.5)
    moment = day_and_time(message.created_at.astimezone(now.tzinfo), now, typesetter.language)
    when = typesetter.line(moment, Pen(12, MUTED))
    room = width - tag.width - when.width - 30
    # What is no text stands a little lower.
    height = _LINE_HEIGHT + (0 if message.content else _PART_GAP)
    return _Header(typesetter.line(name, Pen(16, BRIGHT, MEDIUM), room), tag, when, height)


def _reply(name: str, said: str, typesetter: Typesetter, width: float) -> _Reply:
    tag = _tag(typesetter, 9.5)
    author = typesetter.line(
        name, Pen(14, mix(BRIGHT, BACKGROUND, 0.7), MEDIUM), (width - tag.width) / 2
    )
    room = width - author.width - tag.width - 50
    # A message without a text of its own is shown by what the client says of it.
    shown = said or client_words(typesetter.language).see_attachment
    return _Reply(author, tag, typesetter.marked_line(shown, Pen(14, _REPLY_TEXT), room))


def _tag(typesetter: Typesetter, size: float) -> Line:
    return typesetter.line("APP", Pen(size, _WHITE, MEDIUM))


def _paint_tag(canvas: Canvas, tag: Line, start: Point, extra: float) -> float:
    """Paint the blue tag of an app and return where it ends."""
    x, baseline = start
    right = x + tag.width + 9
    canvas.rounded((x, baseline - 12 - extra / 2, right, baseline + 2 + extra), 3.5, BLURPLE)
    tag.paint(canvas, x + 4.5, baseline - 1)
    return right


def _spine(canvas: Canvas, foot: Point, tip: Point) -> None:
    """Draw the curved line from the avatar up to the reply."""
    (x, bottom), (right, y) = foot, tip
    radius = 6.0
    bend = [(x, y + radius), (x + 0.46, y + 3.7), (x + 1.76, y + 1.76), (x + 3.7, y + 0.46)]
    canvas.line([(x, bottom), *bend, (x + radius, y), (right, y)], 2, _SPINE)


def _avatar(canvas: Canvas, center: Point, radius: float) -> None:
    """Draw the bot's face: a play sign on a disc."""
    canvas.blended_disc(center, radius, _AVATAR_TOP, _AVATAR_BOTTOM)
    play_sign(canvas, center, radius * 0.42)
