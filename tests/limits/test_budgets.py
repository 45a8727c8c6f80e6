import pytest

from bot.domain import BudgetAlert, Cost, Gauge, LimitKind, PolicyName, Refusal, Scope, Unit
from bot.limits.allowed import check_request
from bot.limits.budgets import alerts, is_budget, step_down, steps_down
from bot.limits.values import StepDown
from tests.limits.asking import facts, gauge, limit, policy, wish

DOLLAR = 1_000_000


def budget(
    used: int,
    amount: int = DOLLAR,
    scope: Scope = Scope.SERVER,
    kind: LimitKind = LimitKind.DAY,
) -> Gauge:
    return gauge(limit(amount, scope, kind, Unit.MONEY), used)


@pytest.mark.parametrize(
    ("scope", "kind", "unit", "is_one"),
    [
        (Scope.SERVER, LimitKind.DAY, Unit.MONEY, True),
        (Scope.EVERYWHERE, LimitKind.MONTH, Unit.MONEY, True),
        (Scope.SERVER, LimitKind.ROLLING_DAY, Unit.MONEY, True),
        (Scope.SERVER, LimitKind.AT_ONCE, Unit.MONEY, False),
        (Scope.SERVER, LimitKind.COOLDOWN, Unit.MONEY, False),
        (Scope.SERVER, LimitKind.DAY, Unit.JOBS, False),
        (Scope.CHANNEL, LimitKind.DAY, Unit.MONEY, False),
        (Scope.PERSON, LimitKind.DAY, Unit.MONEY, False),
    ],
)
def test_a_budget_is_money_for_many_over_a_time(
    scope: Scope, kind: LimitKind, unit: Unit, *, is_one: bool
) -> None:
    assert is_budget(gauge(limit(1, scope, kind, unit))) is is_one


@pytest.mark.parametrize(
    ("used", "cost", "percent"),
    [
        (0, 499_999, None),
        (0, 500_000, 50),
        (499_999, 1, 50),
        (500_000, 100_000, None),
        (400_000, 400_000, 80),
        (0, 1_000_000, 100),
        (800_000, 199_999, None),
        (999_999, 1, 100),
        (1_000_000, 0, None),
    ],
)
def test_the_highest_share_that_a_job_reaches_is_told(
    used: int, cost: int, percent: int | None
) -> None:
    told = list(alerts([budget(used)], Cost(1, 6, cost)))

    assert told == ([] if percent is None else [BudgetAlert(budget(used + cost), percent)])


def test_nothing_is_told_of_what_is_no_budget_or_nothing() -> None:
    jobs = gauge(limit(1), used=0)

    assert list(alerts([jobs, budget(0, amount=0)], Cost(1, 6, DOLLAR))) == []


@pytest.mark.parametrize(
    ("gauges", "is_down"),
    [
        ([], False),
        ([budget(799_999)], False),
        ([budget(800_000)], True),
        ([budget(0, amount=0)], True),
        ([budget(0), budget(900_000, kind=LimitKind.MONTH)], True),
        ([budget(900_000, scope=Scope.EVERYWHERE)], False),
        ([gauge(limit(1), used=1)], False),
    ],
    ids=["no budget", "below", "at it", "of nothing", "the fullest", "another's", "of jobs"],
)
def test_things_are_made_smaller_from_the_share_on(gauges: list[Gauge], *, is_down: bool) -> None:
    rule = policy(PolicyName.STEP_DOWN, {"percent": 80, "longest": 3})

    found = step_down(facts(rule, gauges=gauges))

    assert found == (StepDown(80, longest=3) if is_down else None)


def test_of_two_budgets_the_strictest_of_each_counts_and_is_named() -> None:
    of_server = policy(PolicyName.STEP_DOWN, {"percent": 50, "longest": 5, "review": True})
    of_all = policy(
        PolicyName.STEP_DOWN, {"percent": 80, "longest": 3, "resolution": "480p"}, Scope.EVERYWHERE
    )
    gauges = [budget(900_000), budget(900_000, scope=Scope.EVERYWHERE)]
    known = facts(of_server, of_all, gauges=gauges)

    long = check_request(known, wish(seconds=5))
    large = check_request(known, wish(seconds=3))

    assert step_down(known) == StepDown(50, longest=3, resolution="480p", review=True)
    assert [rule for rule, _ in steps_down(known)] == [of_server, of_all]
    assert long is not None
    assert (long.refusal, long.scope, long.set_by_id) == (Refusal.LONGEST, Scope.EVERYWHERE, None)
    assert (long.allowed, long.wanted, long.is_stepped_down) == (("3",), 5, True)
    assert large is not None
    assert (large.refusal, large.scope, large.allowed) == (
        Refusal.RESOLUTION,
        Scope.EVERYWHERE,
        ("480p",),
    )
    assert check_request(known, wish(seconds=3, resolution="480p")) is None


def test_a_budget_that_asks_for_review_makes_nothing_smaller() -> None:
    rule = policy(PolicyName.STEP_DOWN, {"percent": 80, "review": True})

    assert check_request(facts(rule, gauges=[budget(900_000)]), wish(seconds=600)) is None
