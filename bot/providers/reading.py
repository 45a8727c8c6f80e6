"""Lenient reading of what providers answer, for their JSON keeps to no schema."""

import math
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote

from bot.domain import JsonObject

DETAIL_CHARACTERS: Final = 300
"""The longest text of a provider that is kept for the log."""

_TEXT_CHARACTERS: Final = 8192
_REDACTIONS: Final = (
    (re.compile(r"(https?://)[^\s/?#\"'<>@]*@", re.IGNORECASE), r"\1"),
    (re.compile(r"(https?://[^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE), r"\1?…"),
    (re.compile(r"\bbearer[\s:=]+[^\s\"',;]+", re.IGNORECASE), "Bearer …"),
    (re.compile(r"\b(sk|xai)-[\w*.\-]{3,}", re.IGNORECASE), r"\1-…"),
)

_LONGEST_RETRY_AFTER: Final = 3600.0
_NUMBER: Final = re.compile(r"([+-]?[0-9]{1,9}(?:\.[0-9]{0,9})?)\s*[%s]?", re.IGNORECASE)


def read_text(body: object, *path: str) -> str | None:
    """Walk down `path` to a text that is not empty; None when there is no such text."""
    for name in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(name)
    if not isinstance(body, str):
        return None
    return body.strip() or None


def read_name(body: JsonObject, field: str) -> str | None:
    """Read an identifier, which some write as a number; None unless it is fit to be stored."""
    value = body.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    value = value.strip()
    is_usable = value.isprintable() and len(value) <= DETAIL_CHARACTERS
    return value if value and is_usable and value not in {".", ".."} else None


def read_url(body: JsonObject, *path: str) -> str | None:
    """Read an address or a part of one; None unless it is fit to be stored."""
    value = read_text(body, *path)
    if value is None or not value.isprintable() or len(value) > _TEXT_CHARACTERS:
        return None
    return value


def read_status(body: JsonObject) -> str | None:
    """Read the status word in lower case."""
    status = read_text(body, "status")
    return status.lower() if status else None


def read_progress(body: JsonObject) -> int | None:
    """Read percent as whole number from 0 to 100: 42, "42" and "42%" are all met."""
    value = _read_number(body.get("progress"))
    return None if value is None else int(min(max(value, 0.0), 100.0))


def read_seconds(body: JsonObject, field: str) -> float | None:
    """Read a length in seconds, a number or a text; None unless it is positive."""
    value = _read_number(body.get(field))
    return value if value is not None and value > 0 else None


def _read_number(value: object) -> float | None:
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value.strip())
        return float(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """Make foreign text fit for the log: short, printable, without keys and signed URLs."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    for secret in secrets:
        for written in (secret, quote(secret, safe="")):
            printable = printable.replace(written, "…")
    cleaned = " ".join(printable.split())[:_TEXT_CHARACTERS]
    for pattern, replacement in _REDACTIONS:
        cleaned = pattern.sub(replacement, cleaned)
    if len(cleaned) > DETAIL_CHARACTERS:
        return cleaned[: DETAIL_CHARACTERS - 1] + "…"
    return cleaned


def read_http_date(value: str | None) -> datetime | None:
    """Read a date as HTTP headers write it; None when it is none."""
    if value is None:
        return None
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def retry_after_seconds(value: str | None, now: datetime | None) -> float | None:
    """Read a Retry-After header: seconds, or a date that `now` is held against.

    Never negative and at most an hour, whatever the header says.
    """
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]+", value):
        # int() refuses a run of thousands of digits; float() calls it infinite.
        return min(float(value), _LONGEST_RETRY_AFTER)
    date = read_http_date(value)
    if date is None or now is None:
        return None
    return min(max((date - now).total_seconds(), 0.0), _LONGEST_RETRY_AFTER)
