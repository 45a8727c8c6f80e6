"""The record as a file: CSV that a spreadsheet can open without harm, or JSON lines."""

import csv
import io
import json
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


def _csv(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
