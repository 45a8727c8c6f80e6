import pytest

from bot.domain import Unit
from bot.errors import InvalidRequestError
from bot.limits.amounts import amount_of


@pytest.mark.parametrize(
    ("number", "unit", "amount"),
    [
        (3.0, Unit.JOBS, 3),
        (120, Unit.SECONDS, 120),
        (0.35, Unit.MONEY, 350_000),
        (1.1, Unit.MONEY, 1_100_000),
        (0.0000005, Unit.MONEY, 1),
        (-2, Unit.MONEY, -2_000_000),
    ],
)
def test_amounts_are_stored_exactly(number: float, unit: Unit, amount: int) -> None:
    assert amount_of(number, unit) == amount


@pytest.mark.parametrize("unit", [Unit.JOBS, Unit.SECONDS])
def test_there_is_no_half_of_a_job_or_second(unit: Unit) -> None:
    with pytest.raises(InvalidRequestError, match="whole numbers"):
        amount_of(2.5, unit)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("unit", Unit)
def test_what_is_no_number_is_no_amount(number: float, unit: Unit) -> None:
    with pytest.raises(InvalidRequestError, match="say a number"):
        amount_of(number, unit)
