"""Taking a member's own words out of what a provider says about them."""

import json
import re
from collections.abc import Collection, Iterator
from html import escape
from typing import Final

_PART: Final = 20
"""The shortest part of a prompt that counts as a quotation, in characters."""
_MOST_CHARACTERS: Final = 8192
_BLANK: Final = "…"


def without_echoes(text: str, prompt: str) -> str:
    """Blank out `prompt` in the beginning of `text`, as a whole and in longer parts.

    The result is in lower case and with single blanks; the prompt is also found as JSON or HTML
    write it.
    """
    words = _even(text[:_MOST_CHARACTERS])
    written = (prompt, json.dumps(prompt)[1:-1], json.dumps(prompt, ensure_ascii=False)[1:-1])
    forms = {_even(form) for form in (*written, escape(prompt))} - {""}
    for form in forms:
        if len(form) < _PART:
            # A prompt of one letter is not to be cut out of every word.
            words = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", _BLANK, words)
    return _without_parts(words, {part for form in forms for part in _parts(form)})


def _even(text: str) -> str:
    return " ".join(text.lower().split())


def _parts(text: str) -> Iterator[str]:
    return (text[at : at + _PART] for at in range(len(text) - _PART + 1))


def _without_parts(text: str, quotable: Collection[str]) -> str:
    is_quoted = bytearray(len(text))
    for at, part in enumerate(_parts(text)):
        if part in quotable:
            is_quoted[at : at + _PART] = bytes([True] * _PART)
    return "".join(
        _BLANK if is_blank else character
        for character, is_blank in zip(text, is_quoted, strict=True)
    )
