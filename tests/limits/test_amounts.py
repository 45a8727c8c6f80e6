import pytest

from bot.domain import LimitKind, Unit
from bot.errors import InvalidRequestError
from bot.limits.amounts import read_amount, read_dollars, read_percent


@pytest.mark.parametrize(
    ("typed", "micros"),
    [
        ("2.50", 2_500_000),
        ("$2.50", 2_500_000),
        ("$ 2.5", 2_500_000),
        ("2 $", 2_000_000),
        (" 0 ", 0),
        ("0.000001", 1),
        ("0.1", 100_000),
        ("1,234.56", 1_234_560_000),
        ("1000000", 10**12),
    ],
)
def test_dollars_are_read_exactly(typed: str, micros: int) -> None:
    assert read_dollars(typed) == micros


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-1",
        "\u22121",
        "2,50",
        "1e3",
        "NaN",
        "Infinity",
        "0.0000001",
        "٢",
        "$",
        "1000000.01",
        "9" * 99,
    ],
)
def test_what_is_no_amount_of_dollars_is_refused(typed: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"Nothing was changed\."):
        read_dollars(typed)


def test_a_cooldown_is_seconds_whatever_is_counted() -> None:
    assert read_amount("90", LimitKind.COOLDOWN, Unit.MONEY) == 90


def test_money_is_dollars_and_the_rest_whole_numbers() -> None:
    assert read_amount("1.5", LimitKind.DAY, Unit.MONEY) == 1_500_000
    assert read_amount("1,500", LimitKind.DAY, Unit.JOBS) == 1500
    assert read_amount("15", LimitKind.AT_ONCE, Unit.SECONDS) == 15


@pytest.mark.parametrize("typed", ["0", "101", "-5", "8.5", "80 %%", "all"])
def test_what_is_no_percent_is_refused(typed: str) -> None:
    with pytest.raises(InvalidRequestError, match="percent from 1 to 100"):
        read_percent(typed)


@pytest.mark.parametrize(("typed", "percent"), [("1", 1), ("80 %", 80), ("100%", 100)])
def test_a_percent_may_have_its_sign(typed: str, percent: int) -> None:
    assert read_percent(typed) == percent


def test_only_what_can_be_seen_of_a_slip_is_repeated() -> None:
    with pytest.raises(InvalidRequestError) as told:
        read_amount("\u202ex\n" + "y" * 99, LimitKind.DAY, Unit.JOBS)

    assert str(told.value).startswith(f"“x{'y' * 19}”")
