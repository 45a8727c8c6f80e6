"""Reads and writes the file of a language: sorted, unwrapped, without dates or line numbers."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import normalize, read_po

from sandbox.translations.texts import Text

_HEAD: Final = """\
# A language of the bot. `make translations` keeps the texts in step with the code;
# write what stands in msgstr, and leave every {placeholder} as it is.
msgid ""
msgstr ""
"""


def read(path: Path) -> Catalog:
    """Read a file; one that is empty or not there has no translation yet."""
    locale = Locale.parse(path.stem, sep="-")
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def entry_of(catalogue: Catalog, text: Text) -> Message | None:
    """Find a text in a file; None where it is not there, or is counted here and not there."""
    found = catalogue.get(text.message, text.context or None)
    if found is None or ids_of(found) != _wanted(text):
        return None
    return found


def write(path: Path, catalogue: Catalog, texts: Iterable[Text]) -> None:
    """Write the file anew with exactly these texts; what is translated stays."""
    path.write_text(written(catalogue, texts, path.stem), encoding="utf-8")


def written(catalogue: Catalog, texts: Iterable[Text], language: str) -> str:
    """Return what the file has to have."""
    plural = get_plural(str(Locale.parse(language, sep="-")))
    head = {
        "Language": language.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural.plural_forms,
    }
    first = _HEAD + "\n".join(f'"{name}: {value}\\n"' for name, value in head.items())
    blocks = [_block(text, entry_of(catalogue, text), plural.num_plurals) for text in texts]
    return "\n\n".join([first, *("\n".join(block) for block in blocks)]) + "\n"


def _block(text: Text, known: Message | None, forms: int) -> Iterator[str]:
    if text.where:
        yield f"#. {text.where}"
    if known is not None and known.fuzzy:
        yield "#, fuzzy"
    if text.context:
        yield f"msgctxt {_quoted(text.context)}"
    yield f"msgid {_quoted(text.message)}"
    strings = () if known is None else strings_of(known)
    if text.many is None:
        yield f"msgstr {_quoted(''.join(strings))}"
        return
    yield f"msgid_plural {_quoted(text.many)}"
    for number in range(forms):
        yield f"msgstr[{number}] {_quoted(strings[number] if number < len(strings) else '')}"


def _quoted(text: str) -> str:
    return normalize(text, width=0)


def strings_of(message: Message) -> tuple[str, ...]:
    """List what a text is translated by: one, or one for each form."""
    found = message.string
    return (found or "",) if found is None or isinstance(found, str) else tuple(found)


def ids_of(message: Message) -> tuple[str, ...]:
    """List the English of a text: one, or one for each form."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _wanted(text: Text) -> tuple[str, ...]:
    return (text.message,) if text.many is None else (text.message, text.many)
