"""The record as a file: CSV that a spreadsheet can open without harm, or JSON lines."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Final

from bot.domain import AuditRow

_COLUMNS: Final = tuple(field.name for field in fields(AuditRow))
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula, which can send data away."""


class FileFormat(StrEnum):
    """What the record can be written as."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def head_of(form: FileFormat) -> str:
    """Return what stands before the first row."""
    return _csv(list(_COLUMNS)) if form is FileFormat.CSV else ""


def line_of(form: FileFormat, row: AuditRow) -> str:
    """Write one row; snowflakes are texts, too large for the numbers of many programs."""
    values = asdict(row) | {
        "at": row.at.isoformat(),
        "guild_id": str(row.guild_id),
        "actor_id": None if row.actor_id is None else str(row.actor_id),
    }
    if form is FileFormat.JSON_LINES:
        return json.dumps(values, ensure_ascii=False) + "\n"
    cells = ["" if value is None else str(value) for value in values.values()]
    return _csv([f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in cells])


class Tail:
    """The newest rows that fit into a file, as they come: from the newest back."""

    def __init__(self, form: FileFormat, most_bytes: int) -> None:
        self._form = form
        self._head = head_of(form).encode()
        self._left = most_bytes - len(self._head)
        self._lines: list[bytes] = []
        self.is_cut = False
        """Whether an older row did not fit any more."""

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return len(self._lines)

    def take(self, rows: Sequence[AuditRow]) -> bool:
        """Take rows as long as they fit; False when one did not."""
        for row in rows:
            line = line_of(self._form, row).encode()
            self._left -= len(line)
            if self._left < 0:
                self.is_cut = True
                return False
            self._lines.append(line)
        return True

    def written(self) -> bytes:
        """Return the file, from the oldest row on."""
        return self._head + b"".join(reversed(self._lines))


def _csv(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
