"""Budgets of servers and of the operator: when to tell, and what is made smaller in time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.domain import (
    ALERT_PERCENTS,
    BudgetAlert,
    Cost,
    Gauge,
    LimitKind,
    Policy,
    PolicyName,
    Scope,
    Unit,
)
from bot.limits.facts import Facts
from bot.limits.values import StepDown, height_of, step_down_of

WINDOWS: Final = frozenset({LimitKind.ROLLING_DAY, LimitKind.DAY, LimitKind.MONTH})
"""The kinds of limits that count over a time."""
_SCOPES: Final = frozenset({Scope.SERVER, Scope.EVERYWHERE})


def is_budget(gauge: Gauge) -> bool:
    """Tell whether a limit is one of money for a whole server, or for everything."""
    limit = gauge.limit
    is_money = limit.unit is Unit.MONEY and limit.kind in WINDOWS
    return is_money and limit.scope in _SCOPES


def alerts(gauges: Sequence[Gauge], cost: Cost) -> Iterator[BudgetAlert]:
    """List the highest share of each budget that this job reaches."""
    for gauge in gauges:
        amount = gauge.limit.amount
        if not is_budget(gauge) or not amount:
            continue
        reached = [
            percent
            for percent in ALERT_PERCENTS
            if gauge.used * 100 < percent * amount <= (gauge.used + cost.micros) * 100
        ]
        for percent in reached[-1:]:
            yield BudgetAlert(replace(gauge, used=gauge.used + cost.micros), percent)


def step_down(facts: Facts) -> StepDown | None:
    """Return what is made smaller now, because a budget is used up to its share; the strictest."""
    reached = [one for _, one in steps_down(facts)]
    if not reached:
        return None
    lengths = [one.longest for one in reached if one.longest is not None]
    sizes = [one.resolution for one in reached if one.resolution is not None]
    return StepDown(
        percent=min(one.percent for one in reached),
        longest=min(lengths, default=None),
        resolution=min(sizes, key=height_of, default=None),
        review=any(one.review for one in reached),
    )


def reviewing_step(facts: Facts) -> Policy | None:
    """Return the policy by which all is reviewed at the moment, because a budget is used so far."""
    return next((policy for policy, one in steps_down(facts) if one.review), None)


def steps_down(facts: Facts) -> list[tuple[Policy, StepDown]]:
    """List by which policies things are made smaller at the moment, and what each says."""
    found = facts.book.policies_for(facts.asker, PolicyName.STEP_DOWN)
    steps = [(policy, step_down_of(policy)) for policy in found]
    return [(policy, one) for policy, one in steps if _share(facts.gauges, policy) >= one.percent]


def _share(gauges: Sequence[Gauge], policy: Policy) -> float:
    """Return how much of the fullest budget of that scope is used, in percent."""
    shares = [
        gauge.used * 100 / gauge.limit.amount if gauge.limit.amount else 100.0
        for gauge in gauges
        if is_budget(gauge) and gauge.limit.scope is policy.scope
    ]
    return max(shares, default=0.0)
