"""Reads Discord's markdown, as far as a bot's messages use it, into runs of equal look."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain import ENGLISH
from sandbox.portrait.client_words import moment_words

_LINE_MARKS: Final = re.compile(r"(?P<mark>> |-# |[-*] )(?P<rest>.*)", re.DOTALL)
_ANYTHING: Final = r"(?:\\.|[^\\])+?"
"""Up to the closing mark, which does not count behind a backslash."""
_INLINE: Final = re.compile(
    rf"""
      \\(?P<escaped>[^\w\s]|_)
    | (?P<ticks>`++)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)
    | <@!?(?P<user>\d{{1,20}})>
    | <@&(?P<role>\d{{1,20}})>
    | <\#(?P<channel>\d{{1,20}})>
    | </(?P<command>[^:<>]+):\d+>
    | <a?:(?P<emoji>\w+):\d+>
    | <t:(?P<unix>-?\d{{1,17}})(?::(?P<style>[tTdDfFR]))?>
    | \[(?P<label>{_ANYTHING})\]\(<?https?://[^\s()<>]+>?\)
    | (?P<url>https?://[^\s<>]*[^\s<>.,:;!?"')\]])
    | \*\*(?P<bold>{_ANYTHING})\*\*(?!\*)
    | __(?P<underlined>{_ANYTHING})__(?!_)
    | ~~(?P<struck>{_ANYTHING})~~
    | \|\|(?P<covered>{_ANYTHING})\|\|
    | \*(?!\s)(?P<star>(?:\\.|\*\*|[^\\*])+?)(?<!\s)\*(?!\*)
    | (?<!\w)_(?P<low>{_ANYTHING})_(?!\w)
    """,
    re.VERBOSE | re.DOTALL,
)
_DEEPEST: Final = 8
"""Marks inside marks beyond this are shown as they are."""
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINER: Final = "\u200d"
"""Hidden too, but emoji and some scripts are joined by it."""


class Look(StrEnum):
    """What sets a run apart besides its weight."""

    PLAIN = "plain"
    CODE = "code"
    LINK = "link"
    MENTION = "mention"
    TIME = "time"
    COVERED = "covered"
    """A spoiler, as long as nobody presses on it."""


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look, without its marks."""

    text: str
    look: Look = Look.PLAIN
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False
    is_struck: bool = False


class LineKind(StrEnum):
    """What a line is by its first characters."""

    TEXT = "text"
    QUOTE = "quote"
    SUBTEXT = "subtext"
    BULLET = "bullet"


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """One line of the source."""

    kind: LineKind
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """Return what it says."""
        return "".join(run.text for run in self.runs)


_KINDS: Final = {
    "> ": LineKind.QUOTE,
    "-# ": LineKind.SUBTEXT,
    "- ": LineKind.BULLET,
    "* ": LineKind.BULLET,
}


def read_markdown(
    text: str, *, names: Mapping[int, str], now: datetime, language: str = ENGLISH
) -> list[MarkedLine]:
    """Read a text in which ids are shown by their names and moments as seen from `now`."""
    reader = _Reader(names, now, language)
    lines = []
    for source in text.strip().splitlines():
        found = _LINE_MARKS.fullmatch(source)
        kind = _KINDS[found["mark"]] if found else LineKind.TEXT
        runs = reader.runs(found["rest"] if found else source, Run(""))
        # Only now: what nobody can see may be there to keep two marks apart.
        seen = tuple(replace(run, text=visible(run.text)) for run in runs)
        lines.append(MarkedLine(kind, seen))
    return lines


def visible(text: str) -> str:
    """Return `text` on one line and without what nobody can see, such as zero-width spaces."""
    return "".join(
        character
        if character == _JOINER or unicodedata.category(character) not in _HIDDEN
        else " "
        if character.isspace()
        else ""
        for character in unicodedata.normalize("NFC", text)
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    names: Mapping[int, str]
    now: datetime
    language: str

    def runs(self, text: str, style: Run, depth: int = 0) -> Iterator[Run]:
        plain = ""
        end = 0
        for found in _INLINE.finditer(text):
            plain += text[end : found.start()]
            end = found.end()
            if found["escaped"] is not None:
                plain += found["escaped"]
                continue
            if plain:
                yield replace(style, text=plain)
            plain = ""
            if depth < _DEEPEST:
                yield from self._marked(found, style, depth + 1)
            else:
                plain = found[0]
        plain += text[end:]
        if plain:
            yield replace(style, text=plain)

    def _marked(self, found: re.Match[str], style: Run, depth: int) -> Iterator[Run]:
        inner = found[found.lastgroup or 0]
        match found.lastgroup:
            case "code":
                yield replace(style, text=inner.strip() or inner, look=Look.CODE)
            case "label":
                yield from self.runs(inner, replace(style, look=Look.LINK), depth)
            case "url":
                yield replace(style, text=inner, look=Look.LINK)
            case "emoji":
                yield replace(style, text=f":{inner}:")
            case "unix" | "style":
                yield self._time(found, style)
            case "bold" | "underlined" | "struck" | "star" | "low" as kind:
                yield from self.runs(inner, _styled(style, kind), depth)
            case "covered":
                # One run: a link or a mention under the cover must not be seen either.
                hidden = "".join(run.text for run in self.runs(inner, style, depth))
                yield replace(style, text=hidden, look=Look.COVERED)
            case kind:
                yield replace(style, text=self._named(str(kind), inner), look=Look.MENTION)

    def _named(self, kind: str, inner: str) -> str:
        match kind:
            case "command":
                return f"/{inner}"
            case "channel":
                return f"#{self.names.get(int(inner), 'unknown')}"
            case _:
                return f"@{self.names.get(int(inner), f'unknown-{kind}')}"

    def _time(self, found: re.Match[str], style: Run) -> Run:
        try:
            moment = datetime.fromtimestamp(int(found["unix"]), self.now.tzinfo)
        except (ValueError, OverflowError, OSError):
            # Discord leaves a moment that no calendar has as it was written.
            return replace(style, text=found[0])
        text = moment_words(moment, found["style"] or "f", self.now, self.language)
        return replace(style, text=text, look=Look.TIME)


def _styled(style: Run, kind: str) -> Run:
    match kind:
        case "bold":
            return replace(style, is_bold=True)
        case "underlined":
            return replace(style, is_underlined=True)
        case "struck":
            return replace(style, is_struck=True)
        case _:
            return replace(style, is_italic=True)
