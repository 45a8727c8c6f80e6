"""Moments as people type them: so long from now or ago, or a day."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.errors import InvalidRequestError
from bot.language import _

SUGGESTED: Final = ("1h", "12h", "1d", "3d", "1w", "4w")
_LENGTH: Final = re.compile(r"([1-9][0-9]{0,3})([mhdw])")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def parse_end(text: str, *, now: datetime) -> datetime:
    """Read `3d` as three days from `now`, and `2027-01-31` as the beginning of that day in UTC.

    Raises:
        InvalidRequestError: It is neither, or there is no such day.
    """
    read = _read(text)
    return now + read if isinstance(read, timedelta) else read


def parse_since(text: str, *, now: datetime) -> datetime:
    """Read `3d` as three days before `now`, and `2027-01-31` as the beginning of that day in UTC.

    Raises:
        InvalidRequestError: It is neither, or there is no such day.
    """
    read = _read(text)
    return now - read if isinstance(read, timedelta) else read


def _read(text: str) -> timedelta | datetime:
    typed = text.strip().lower()
    length = _LENGTH.fullmatch(typed)
    if length is not None:
        return int(length[1]) * _UNITS[length[2]]
    if _DAY.fullmatch(typed):
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=UTC)
        except ValueError:
            raise InvalidRequestError(
                _("There is no such day. Use one such as 2027-01-31.")
            ) from None
    raise InvalidRequestError(
        _(
            "Say it with a number and m, h, d or w, such as 12h, 3d or 2w; or with a day such as "
            "2027-01-31."
        )
    )
