from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import (
    Admission,
    Asker,
    Gauge,
    Hold,
    Policy,
    PolicyName,
    Scope,
    Unit,
)
from bot.limits.decide import decide, review_reason
from tests.factories import CHANNEL, GUILD, make_asker
from tests.limits.asking import PRICE, facts, gauge, limit, policy, wish
from tests.manual_clock import START

VIP, GUEST = 51, 52


def of_money(amount: int, used: int = 0) -> Gauge:
    return gauge(limit(amount, unit=Unit.MONEY), used)


def confirm_above(micros: int, scope: Scope = Scope.SERVER) -> Policy:
    return policy(PolicyName.CONFIRM_ABOVE, micros, scope)


@pytest.mark.parametrize(
    ("policies", "micros", "hold"),
    [
        ([confirm_above(PRICE)], PRICE, None),
        ([confirm_above(PRICE - 1)], PRICE, Hold.CONFIRMATION),
        ([confirm_above(PRICE), confirm_above(0, Scope.EVERYWHERE)], 1, Hold.CONFIRMATION),
        ([confirm_above(0)], 0, None),
        ([confirm_above(10**12)], None, Hold.CONFIRMATION),
        ([policy(PolicyName.REVIEW, value=True)], PRICE, Hold.REVIEW),
        ([policy(PolicyName.REVIEW, value=True), confirm_above(0)], 1, Hold.CONFIRMATION),
    ],
    ids=["at it", "above", "the strictest", "free", "unknown", "review", "the price comes first"],
)
def test_a_dear_job_waits_for_its_requester_and_a_reviewed_one_for_a_moderator(
    policies: list[Policy], micros: int | None, hold: Hold | None
) -> None:
    made = decide(facts(*policies), wish(micros=micros))

    assert isinstance(made, Admission)
    assert made.hold is hold


def reviewed(*, value: bool, scope: Scope = Scope.SERVER, target_id: int = GUILD) -> Policy:
    return policy(PolicyName.REVIEW, value, scope, target_id)


def joined(days: int | None) -> Asker:
    since = None if days is None else START - timedelta(days=days)
    return replace(make_asker(roles=(VIP, GUEST)), joined_at=since)


NEW = policy(PolicyName.NEWCOMERS, 7)
LOW = of_money(100, used=90)
TRUSTED = reviewed(value=False, scope=Scope.ROLE, target_id=VIP)
WATCHED = reviewed(value=True, scope=Scope.ROLE, target_id=GUEST)
IN_CHANNEL = reviewed(value=True, scope=Scope.CHANNEL, target_id=CHANNEL)
STEP = policy(PolicyName.STEP_DOWN, {"percent": 80, "review": True})


@pytest.mark.parametrize(
    ("policies", "asker", "why"),
    [
        ([], joined(400), ""),
        ([reviewed(value=False)], joined(400), ""),
        ([reviewed(value=True)], joined(400), "this server is reviewed"),
        ([IN_CHANNEL], joined(400), "this channel is reviewed"),
        ([WATCHED], joined(400), "a role of the member is reviewed"),
        ([TRUSTED, WATCHED, reviewed(value=True), NEW, STEP], joined(0), ""),
        ([STEP], joined(400), "most of the budget is used"),
        ([NEW], joined(7), ""),
        ([NEW], joined(6), "the member is new here"),
        ([NEW], joined(None), "the member is new here"),
    ],
)
def test_a_review_says_why(policies: list[Policy], asker: Asker, why: str) -> None:
    assert review_reason(facts(*policies, asker=asker, gauges=[LOW]), ()) == why
