"""What is in a form that somebody sent, read from the raw interaction.

discord.py forgets forms at a restart, so that it is not asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain import SentFile


@dataclass(frozen=True, slots=True)
class SentFields:
    """The fields by their ids, and the files that they name."""

    by_id: Mapping[str, Mapping[str, Any]]
    attachments: Mapping[str, Mapping[str, Any]]

    def text(self, name: str) -> str:
        """Return what was typed into a field; empty when there is no such field."""
        return str(self.by_id.get(name, {}).get("value") or "")

    def choice(self, name: str) -> str | None:
        """Return the first entry that was chosen in a field."""
        return next(iter(self._values(name)), None)

    def files(self, name: str) -> tuple[SentFile, ...]:
        """Return the files that were put into a field."""
        found = [self.attachments[one] for one in self._values(name) if one in self.attachments]
        return tuple(
            SentFile(str(one.get("filename", "")), str(one["url"]), one.get("size"))
            for one in found
        )

    def _values(self, name: str) -> list[str]:
        return [str(one) for one in self.by_id.get(name, {}).get("values") or ()]


def sent_fields(data: Mapping[str, Any]) -> SentFields:
    """Read the fields of a form, whether they stand in labels or in rows."""
    fields = {str(one.get("custom_id")): one for one in _fields(data.get("components") or ())}
    return SentFields(fields, (data.get("resolved") or {}).get("attachments") or {})


def _fields(rows: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - as Discord sends it
    for row in rows:
        yield from row.get("components") or ()
        if row.get("component"):
            yield row["component"]
