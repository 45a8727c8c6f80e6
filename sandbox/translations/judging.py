"""Judges a language: what is missing, what is in doubt, and what would break when it is said."""

from collections.abc import Iterator, Sequence
from string import Formatter
from typing import Final

from babel.messages import Catalog

from sandbox.translations.files import entry_of, ids_of, strings_of
from sandbox.translations.texts import Text

_COUNT: Final = frozenset({"count"})


def is_done(catalogue: Catalog, text: Text) -> bool:
    """Tell whether a text is translated and nobody doubts it."""
    entry = entry_of(catalogue, text)
    return entry is not None and not entry.fuzzy and all(strings_of(entry))


def problems(catalogue: Catalog, texts: Sequence[Text]) -> Iterator[str]:
    """Say what is wrong with a language, a line each."""
    wanted = {(text.context, text.message) for text in texts}
    for text in texts:
        entry = entry_of(catalogue, text)
        if entry is None or not is_done(catalogue, text):
            yield f"not translated: {text.message!r}"
        else:
            yield from _wrong(text, strings_of(entry), catalogue.num_plurals)
    for entry in catalogue:
        message = ids_of(entry)[0]
        if message and (entry.context or "", message) not in wanted:
            yield f"no text of the code any more: {message!r}"


def _wrong(text: Text, strings: Sequence[str], forms: int) -> Iterator[str]:
    """Hold the placeholders against those of the English text; it may leave a number unsaid."""
    if text.many is not None and len(strings) != forms:
        yield f"not {forms} forms: {text.message!r}"
    english = [text.message] if text.many is None else [text.message, text.many]
    allowed = frozenset().union(*map(placeholders, english))
    needed = allowed if text.many is None else allowed - _COUNT
    for string in strings:
        try:
            found = placeholders(string)
        except ValueError:
            yield f"braces that do not match: {string!r}"
            continue
        if not needed <= found <= allowed:
            yield f"other placeholders than {sorted(allowed)}: {string!r}"


def placeholders(text: str) -> frozenset[str]:
    """List the names that a text is filled in with, with how each is to be written.

    Raises:
        ValueError: Its braces do not match.
    """
    parts = Formatter().parse(text)
    return frozenset(
        f"{name}{f'!{how}' if how else ''}{f':{spec}' if spec else ''}"
        for _, name, spec, how in parts
        if name is not None
    )
