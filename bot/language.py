"""Says the texts of the code in the language of whoever listens, by gettext, one file a language.

A text stands in the code once, in English, as a `Phrase` or a `Plural`, and becomes a `str` when
it is said. In which language is a matter of the task that says it: an interaction speaks to a
member, a card to everybody in a channel. `bot/languages/` has the others, named as Discord names
its locales (docs, Reference, Locales).
"""

import gettext
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot.domain import ENGLISH

FOLDER: Final = Path(__file__).with_name("languages")
OWN_NAME: Final = "English"
NAME_CONTEXT: Final = "the language of this file"
"""In each file the name of its own language is the translation of `OWN_NAME`."""
_BRITISH: Final = Locale("en", "GB")
_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One text; its placeholders are filled in by name when it is said."""

    message: str

    def __call__(self, **values: object) -> str:
        """Return it in the language that is spoken."""
        return _texts(_spoken.get()).gettext(self.message).format(**values)

    def __str__(self) -> str:
        """Fail: what was not said has no language, and would show its own code to a member."""
        raise TypeError(f"{self.message!r} was not said")


@dataclass(frozen=True, slots=True)
class Plural:
    """One text about a number of things, which every language bends in its own way."""

    one: str
    many: str

    def __call__(self, count: int, **values: object) -> str:
        """Return it for so many; `{count}` is one of its placeholders."""
        text = _texts(_spoken.get()).ngettext(self.one, self.many, count)
        return text.format(count=grouped(count), **values)

    def __str__(self) -> str:
        """Fail, as with a phrase."""
        raise TypeError(f"{self.many!r} was not said")


_COMMA: Final = Phrase(", ")


def _(message: str, /, **values: object) -> str:
    """Say a text where it stands; see `Phrase`."""
    return Phrase(message)(**values)


def listed(items: Sequence[str], *, style: Literal["standard", "or"] = "standard") -> str:
    """Write several things one after another, as "a, b and c"."""
    # The English of the code puts no comma before the last "and".
    locale = _BRITISH if _spoken.get() == ENGLISH else _locale()
    return format_list(items, style=style, locale=locale)


def strung(items: Iterable[str]) -> str:
    """Write several things one after another, as "a, b, c"."""
    return _COMMA().join(items)


def grouped(number: int) -> str:
    """Write a number as people read it, as "12,345"."""
    return format_decimal(number, locale=_locale())


def dated(day: date, pattern: Phrase) -> str:
    """Write a day in a pattern of Unicode's LDML, such as "d MMM"."""
    return format_date(day, pattern(), locale=_locale())


def spoken() -> str:
    """Return the language of this task."""
    return _spoken.get()


def speak(language: str) -> None:
    """Speak a language for the rest of this task."""
    _spoken.set(language if language in languages() else ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    token = _spoken.set(language if language in languages() else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are, English first."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


def language_of(locale: str | None) -> str:
    """Return the language for one of Discord's locales: the nearest, and English where none is."""
    if locale is None:
        return ENGLISH
    bare = locale.partition("-")[0]
    return next((one for one in (locale, bare) if one in languages()), ENGLISH)


def name_of(language: str) -> str:
    """Return what a language calls itself."""
    if language == ENGLISH:
        return OWN_NAME
    # In a file that is only begun nobody has said it, and two choices may not be called the same.
    known = Locale.parse(language, sep="-").get_display_name()
    return translated(OWN_NAME, language, NAME_CONTEXT) or known or language


def translated(message: str, language: str, context: str) -> str | None:
    """Return what a text means in a context, such as the name of a command; None when not known."""
    said = _texts(language).pgettext(context, message)
    return None if said == message else said


def _locale() -> Locale:
    return Locale.parse(_spoken.get(), sep="-")


@cache
def _texts(language: str) -> gettext.NullTranslations:
    """Compile the file of a language, which takes some milliseconds, once."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=Locale.parse(language, sep="-"))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
