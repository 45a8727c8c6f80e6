"""Foreign text made safe to show: escaped, one line, cut by characters."""

import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import regex

_MARKDOWN: Final = frozenset("\\*_~`|>#[]()<{}")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Controls, bidi and zero-width marks, halves of pairs: what a reader can't see."""
_BLANK: Final = frozenset("\n\r\t\N{BRAILLE PATTERN BLANK}")
"""Shown as a space."""
_JOINER: Final = "\N{ZERO WIDTH JOINER}"
_VARIANTS: Final = frozenset("\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}")
_IGNORABLE: Final = regex.compile(r"\p{Default_Ignorable_Code_Point}")
"""Letters and marks that are drawn as nothing, such as the Hangul filler."""
_LOOSE: Final = regex.compile(
    r"\u200d(?!\p{Extended_Pictographic})"
    r"|(?<!\p{Extended_Pictographic}[\ufe0e\ufe0f\p{Emoji_Modifier}]?)\u200d"
    r"|(?<!\p{Emoji})[\ufe0e\ufe0f]"
)
"""What holds emoji such as families together, or colors them, where there is no emoji."""
_CLUSTER: Final = regex.compile(r"\X")
"""What a reader takes for one character."""
_PILE: Final = regex.compile(r"(\p{M}{4})\p{M}+")
"""More marks on a letter than any language has: they would run over the lines around."""
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
    clusters = _CLUSTER.findall(_visible(text))
    return _cut([_escaped(one, is_first=not at) for at, one in enumerate(clusters)], limit)


def plain(text: str, limit: int) -> str:
    """Do the same where Discord reads no markdown, as in what it suggests: nothing is escaped."""
    return _cut(_CLUSTER.findall(_visible(text)), limit)


def ended(text: str, limit: int) -> str:
    """Show `text` as `safe` does, with a full stop where it lacks an end."""
    shown = safe(text, limit)
    return shown if shown.endswith(_ENDS) else f"{shown}."


def _visible(text: str) -> str:
    seen = "".join(
        " " if character in _BLANK else "" if _is_hidden(character) else character
        for character in text
    )
    return " ".join(_PILE.sub(r"\1", _LOOSE.sub("", seen)).split())


def _is_hidden(character: str) -> bool:
    if character == _JOINER or character in _VARIANTS:
        return False
    return unicodedata.category(character) in _HIDDEN or bool(_IGNORABLE.match(character))


def _cut(pieces: Sequence[str], limit: int) -> str:
    """Put pieces together; where they are too long, as many as leave room for an ellipsis."""
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    lengths = accumulate(map(len, pieces))
    kept = sum(1 for length in lengths if length < limit)
    return "".join(pieces[:kept]) + _ELLIPSIS


def _escaped(cluster: str, *, is_first: bool) -> str:
    start, rest = cluster[0], cluster[1:]
    if start == "@":
        return f"{start}{_BREAK}{rest}"
    if start in _MARKDOWN or (is_first and start in "-+="):
        return f"\\{cluster}"
    return cluster


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
