"""How moderators type amounts: jobs and seconds are whole, money has cents."""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bot.domain import Unit
from bot.errors import InvalidRequestError

_MICROS: Final = Decimal(1_000_000)


def amount_of(number: float, unit: Unit) -> int:
    """Return what was typed in the unit that is stored; of money that is millionths of a dollar.

    Raises:
        InvalidRequestError: It is no number, or a part of a job or of a second.
    """
    if not math.isfinite(number):
        raise InvalidRequestError("Please say a number.")
    if unit is Unit.MONEY:
        return int((Decimal(str(number)) * _MICROS).to_integral_value(ROUND_HALF_UP))
    if not float(number).is_integer():
        raise InvalidRequestError("Jobs and seconds are whole numbers; only dollars have cents.")
    return int(number)
