"""How moderators type when something ends: so long from now, or at a day."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.errors import InvalidRequestError

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
    typed = text.strip().lower()
    length = _LENGTH.fullmatch(typed)
    if length is not None:
        return now + int(length[1]) * _UNITS[length[2]]
    if _DAY.fullmatch(typed):
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=UTC)
        except ValueError:
            raise InvalidRequestError("There is no such day. Use one such as 2027-01-31.") from None
    raise InvalidRequestError(
        "Say how long with a number and m, h, d or w, such as 12h, 3d or 2w; or a day such as "
        "2027-01-31."
    )
