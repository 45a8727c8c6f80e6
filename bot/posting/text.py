"""Foreign text made safe to show: escaped, one line, cut by characters."""

import unicodedata
from itertools import accumulate
from typing import Final

_MARKDOWN: Final = frozenset("\\*_~`|>#[]()<{}")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Controls, bidi and zero-width marks, halves of pairs: what a reader can't see."""
_JOINER: Final = "\u200d"
"""Holds emoji such as families together; without it they fall apart."""
_BREAK: Final = "\u200b"
_ELLIPSIS: Final = "…"
_ENDS: Final = (".", "!", "?", _ELLIPSIS, "\u3002", "\uff01", "\uff1f")
"""The last three are those of Chinese."""
_DOLLAR: Final = 1_000_000
_CENT: Final = 10_000


def safe(text: str, limit: int) -> str:
    """Show `text` as its writer typed it, on one line of at most `limit` characters.

    Markdown is escaped, a mention is broken, invisible marks are dropped. Discord counts the
    backslashes as characters, so the limit includes them.
    """
    shown = " ".join(_visible(text).split())
    pieces = [_escaped(character, is_first=not at) for at, character in enumerate(shown)]
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    lengths = accumulate(map(len, pieces))
    kept = sum(1 for length in lengths if length < limit)
    return "".join(pieces[:kept]) + _ELLIPSIS


def ended(text: str, limit: int) -> str:
    """Show `text` as `safe` does, with a full stop where it lacks an end."""
    shown = safe(text, limit)
    return shown if shown.endswith(_ENDS) else f"{shown}."


def _visible(text: str) -> str:
    return "".join(
        character
        if character == _JOINER or unicodedata.category(character) not in _HIDDEN
        else " "
        if character in "\n\r\t"
        else ""
        for character in text
    )


def _escaped(character: str, *, is_first: bool) -> str:
    if character == "@":
        return character + _BREAK
    if character in _MARKDOWN or (is_first and character in "-+="):
        return "\\" + character
    return character


def megabytes(size_bytes: int) -> str:
    """Write a size as people read it."""
    if size_bytes < 100_000:  # noqa: PLR2004 - below this "0.1 MB" would say nothing
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def dollars(micros: int) -> str:
    """Write millionths of a dollar, never less than they are.

    Cents are enough from ten cents up; below, two figures that say something are kept.
    """
    step = _CENT
    while step > 1 and micros < 10 * step:
        step //= 10
    whole, rest = divmod(-(-micros // step) * step, _DOLLAR)
    return f"${whole:,}.{f'{rest:06d}'.rstrip('0').ljust(2, '0')}"


def bar(percent: int, width: int = 12) -> str:
    """Draw a progress bar."""
    full = round(min(max(percent, 0), 100) / 100 * width)
    return "▰" * full + "▱" * (width - full)
