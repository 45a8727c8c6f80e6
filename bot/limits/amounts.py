"""Amounts as people type them, read exactly: whole numbers, and dollars as millionths."""

import re
from decimal import Decimal
from typing import Final

from bot.domain import LimitKind, Unit
from bot.errors import InvalidRequestError
from bot.language import Phrase, _, grouped
from bot.limits.windows import LONGEST_COOLDOWN

MOST_DOLLARS: Final = 1_000_000
_MOST: Final = {Unit.JOBS: 1_000_000, Unit.SECONDS: 10_000_000}
"""More than anybody can pay; a larger number is a slip of the finger."""
_DOLLAR: Final = 1_000_000
_GROUPED: Final = r"[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4}"
_WHOLE: Final = re.compile(rf"({_GROUPED})")
_DOLLARS: Final = re.compile(rf"\$? ?((?:{_GROUPED})(?:\.[0-9]{{1,6}})?) ?\$?")
_PERCENT: Final = re.compile(r"(100|[1-9][0-9]?) ?%?")
_SHOWN: Final = 20
_SECONDS: Final = Phrase(
    "“{typed}” will not do here. Write a whole number of seconds from 0 to {most}. "
    "Nothing was changed."
)
_JOBS: Final = Phrase(
    "“{typed}” will not do here. Write a whole number of jobs from 0 to {most}. "
    "Nothing was changed."
)
_OF_VIDEO: Final = Phrase(
    "“{typed}” will not do here. Write a whole number of seconds of video from 0 to {most}. "
    "Nothing was changed."
)


def read_amount(typed: str, kind: LimitKind, unit: Unit) -> int:
    """Read the amount of a limit; of a cooldown it is the seconds to wait for each.

    Raises:
        InvalidRequestError: It can't be read, or is negative or absurd.
    """
    if kind is LimitKind.COOLDOWN:
        return _whole(typed, int(LONGEST_COOLDOWN.total_seconds()), _SECONDS)
    match unit:
        case Unit.MONEY:
            return read_dollars(typed)
        case Unit.JOBS:
            return _whole(typed, _MOST[unit], _JOBS)
        case Unit.SECONDS:
            return _whole(typed, _MOST[unit], _OF_VIDEO)


def read_dollars(typed: str) -> int:
    """Read dollars such as 2.50 or $2.50, in millionths.

    Raises:
        InvalidRequestError: It is no such amount, is negative, or is more than a million.
    """
    found = _DOLLARS.fullmatch(typed.strip())
    if found is None:
        raise InvalidRequestError(
            _(
                "“{typed}” is no amount of dollars. Write it like 2.50; "
                "it can't be below zero. Nothing was changed.",
                typed=_shown(typed),
            )
        )
    amount = Decimal(found[1].replace(",", ""))
    if amount > MOST_DOLLARS:
        raise InvalidRequestError(
            _(
                "At most ${most} can be set. Please use a smaller amount. Nothing was changed.",
                most=f"{MOST_DOLLARS:,}",
            )
        )
    return int(amount * _DOLLAR)


def _whole(typed: str, most: int, words: Phrase) -> int:
    found = _WHOLE.fullmatch(typed.strip())
    if found is None or int(found[1].replace(",", "")) > most:
        raise InvalidRequestError(words(typed=_shown(typed), most=grouped(most)))
    return int(found[1].replace(",", ""))


def _shown(typed: str) -> str:
    return "".join(character for character in typed if character.isprintable())[:_SHOWN]


def read_percent(typed: str) -> int:
    """Read a share such as 80 or 80 %.

    Raises:
        InvalidRequestError: It is no whole number from 1 to 100.
    """
    found = _PERCENT.fullmatch(typed.strip())
    if found is None:
        raise InvalidRequestError(
            _(
                "“{typed}” will not do here. Write a percent from 1 to 100, or “off”. "
                "Nothing was changed.",
                typed=_shown(typed),
            )
        )
    return int(found[1])
