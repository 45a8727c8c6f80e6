"""Which policy is named as the one that decided."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain import (
    Block,
    Cost,
    Denial,
    Gauge,
    Limit,
    LimitKind,
    Policy,
    PolicyName,
    Refusal,
    Scope,
    Unit,
)
from bot.limits.decide import decide
from bot.limits.explanation import Explanation, Misfit
from bot.limits.facts import Facts, Wish
from bot.limits.rulebook import Rulebook
from tests.factories import CHANNEL, GUILD, REQUESTER, make_asker, make_spec
from tests.manual_clock import START

WISH = Wish(make_spec(), (), images=1, cost=Cost(1, 6, 350_000), is_priced=True)
BUDGET = Limit(GUILD, Scope.SERVER, GUILD, LimitKind.DAY, Unit.MONEY, 1_000_000, 7, START)


def policy(name: PolicyName, value: Any, scope: Scope = Scope.SERVER) -> Policy:  # noqa: ANN401 - as JSON has it
    target_id = CHANNEL if scope is Scope.CHANNEL else GUILD
    return Policy(GUILD, scope, target_id, name, value, 7, START)


def explained(*policies: Policy, used: int = 0, block: Block | None = None) -> Explanation:
    facts = Facts(
        now=START,
        asker=make_asker(joined_at=START - timedelta(days=2)),
        book=Rulebook((BUDGET,), policies),
        gauges=(Gauge(BUDGET, used),),
        block=block,
    )
    return Explanation(facts, decide(facts, WISH))


@pytest.mark.parametrize(
    "deciding",
    [
        policy(PolicyName.CHANNELS, {"mode": "except", "items": [CHANNEL]}),
        policy(PolicyName.ROLES, {"mode": "only", "items": [5]}, Scope.CHANNEL),
        policy(PolicyName.MODELS, {"mode": "only", "items": ["xai/other"]}, Scope.ROLE),
        policy(PolicyName.LONGEST, 3, Scope.CHANNEL),
        policy(PolicyName.RESOLUTION, "480p"),
        policy(PolicyName.REFERENCES, value=False),
        policy(PolicyName.AGE_RESTRICTED, value=True),
        policy(PolicyName.PAUSE, {"reason": ""}),
        policy(PolicyName.REVIEW, value=True, scope=Scope.CHANNEL),
        policy(PolicyName.REVIEW, value=True, scope=Scope.ROLE),
        policy(PolicyName.NEWCOMERS, 7),
        policy(PolicyName.CONFIRM_ABOVE, 100_000),
    ],
    ids=lambda one: f"{one.name} {one.scope}",
)
def test_the_policy_that_denies_or_holds_is_named(deciding: Policy) -> None:
    other = policy(PolicyName.LONGEST, 300)

    assert explained(other, deciding).deciding == deciding


@pytest.mark.parametrize(
    "step", [{"percent": 50, "longest": 4}, {"percent": 50, "resolution": "480p"},
             {"percent": 50, "review": True}]
)  # fmt: skip
def test_a_step_down_is_named_only_once_it_is_reached(step: dict[str, Any]) -> None:
    stepping = policy(PolicyName.STEP_DOWN, step)

    assert explained(stepping, used=499_999).deciding is None
    assert explained(stepping, used=500_000).deciding == stepping


def test_a_limit_or_a_block_is_no_policy() -> None:
    block = Block(GUILD, REQUESTER, None, "spam", 7, START)
    pause = policy(PolicyName.PAUSE, {"reason": ""})

    full, blocked = explained(used=900_000), explained(pause, block=block)

    assert isinstance(full.verdict, Denial)
    assert (full.verdict.refusal, full.deciding) == (Refusal.LIMIT, None)
    assert isinstance(blocked.verdict, Denial)
    assert (blocked.verdict.refusal, blocked.deciding) == (Refusal.BLOCKED, None)


def test_a_trusted_role_is_not_reviewed_and_nothing_decided() -> None:
    trusted = policy(PolicyName.REVIEW, value=False, scope=Scope.ROLE)
    reviewed = policy(PolicyName.REVIEW, value=True)

    assert explained(trusted, reviewed).deciding is None


def test_what_fits_no_model_was_decided_by_none() -> None:
    facts = explained().facts

    assert Explanation(facts, Misfit("too long")).deciding is None
