"""What was said and done in a story, as a text that can be read later."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sandbox.discord_api.state import Message

_MENTION: Final = re.compile(r"<(@|@&|#)(\d+)>")


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody does something, or something is seen."""

    who: str
    text: str
    answer: str = ""
    """What they alone, or everybody, can read then."""

    def as_json(self) -> dict[str, str]:
        """Write it for machines."""
        return {"who": self.who, "did": self.text, "answer": self.answer}


@dataclass(slots=True)
class Transcript:
    """The lines so far, and what was not as it should be."""

    names: dict[int, str] = field(default_factory=dict)
    """Of people, roles and channels, by their ids."""
    lines: list[Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, who: str, text: str, answer: Message | None = None) -> None:
        """Note what somebody did, and the answer."""
        self.lines.append(Line(who, text, "" if answer is None else self.text_of(answer)))

    def expect(self, text: str, *words: str) -> None:
        """Note a problem for each word that a text lacks."""
        lacking = [word for word in words if word not in text]
        self.problems += [f"“{text[:200]}” lacks “{word}”" for word in lacking]

    def text_of(self, message: Message) -> str:
        """Return everything that can be read in a message, mentions by name."""
        text = "\n".join(part for part in _parts(message) if part)
        return _MENTION.sub(self._named, text)

    def _named(self, mention: re.Match[str]) -> str:
        return f"{mention[1][0]}{self.names.get(int(mention[2]), 'something').removeprefix('@')}"


def _parts(message: Message) -> Iterator[str]:
    yield message.content
    for embed in message.embeds:
        yield str(embed.get("title", ""))
        yield str(embed.get("description", ""))
        for field_ in embed.get("fields", ()):
            yield f"{field_['name']}: {field_['value']}"
        yield str(embed.get("footer", {}).get("text", ""))
    for file in message.attachments:
        yield f"[{file.filename}]"
    for row in message.components:
        labels = [str(one.get("label", "")) for one in row.get("components", ())]
        yield " ".join(f"( {label} )" for label in labels if label)
