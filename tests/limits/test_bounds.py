from itertools import product

import pytest

from bot.domain import LimitKind, Policy, PolicyName, Scope, Unit
from bot.limits.allowed import check_request
from bot.limits.bounds import UNBOUNDED, Bounds, bounds_of
from tests.factories import CHANNEL
from tests.limits.asking import all_but, facts, gauge, limit, only, policy, wish

VIP, GUEST = 51, 52
OURS = "scripted/script-1"


def longest(seconds: int, scope: Scope = Scope.SERVER, target_id: int = 11) -> Policy:
    return policy(PolicyName.LONGEST, seconds, scope, target_id)


def largest(size: str, scope: Scope = Scope.SERVER, target_id: int = 11) -> Policy:
    return policy(PolicyName.RESOLUTION, size, scope, target_id)


def models(value: object, scope: Scope = Scope.SERVER, target_id: int = 11) -> Policy:
    return policy(PolicyName.MODELS, value, scope, target_id)


def test_where_nothing_is_set_everything_goes() -> None:
    assert bounds_of(facts()) == UNBOUNDED
    assert UNBOUNDED.allows(OURS)


@pytest.mark.parametrize(
    ("policies", "bounds"),
    [
        ([longest(8), longest(5, Scope.EVERYWHERE)], Bounds(longest=5)),
        ([longest(8), longest(5, Scope.ROLE, GUEST)], Bounds(longest=5)),
        (
            [longest(8), longest(5, Scope.ROLE, GUEST), longest(10, Scope.ROLE, VIP)],
            Bounds(longest=8),
        ),
        ([largest("4k"), largest("720p", Scope.CHANNEL, CHANNEL)], Bounds(resolution="720p")),
        (
            [largest("480p", Scope.ROLE, GUEST), largest("1080p", Scope.ROLE, VIP)],
            Bounds(resolution="1080p"),
        ),
    ],
)
def test_the_strictest_scope_bounds_and_the_most_generous_role(
    policies: list[Policy], bounds: Bounds
) -> None:
    assert bounds_of(facts(*policies, roles=(VIP, GUEST))) == bounds


def test_a_budget_that_runs_low_bounds_too() -> None:
    low = gauge(limit(100, kind=LimitKind.DAY, unit=Unit.MONEY), used=90)
    step = policy(PolicyName.STEP_DOWN, {"percent": 80, "longest": 3, "resolution": "480p"})

    found = bounds_of(facts(step, longest(8), largest("720p"), gauges=[low]))

    assert (found.longest, found.resolution) == (3, "480p")


@pytest.mark.parametrize(
    ("policies", "is_allowed"),
    [
        ([models(only(OURS))], True),
        ([models(all_but(OURS))], False),
        ([models(only("other/x"), Scope.ROLE, GUEST)], False),
        ([models(only("other/x"), Scope.ROLE, GUEST), models(only(OURS), Scope.ROLE, VIP)], True),
        ([models(only(OURS), Scope.ROLE, VIP), models(only("other/x"))], False),
    ],
)
def test_a_model_needs_every_scope_and_one_of_the_roles(
    policies: list[Policy], *, is_allowed: bool
) -> None:
    assert bounds_of(facts(*policies, roles=(VIP, GUEST))).allows(OURS) is is_allowed


RULES = [
    longest(5),
    longest(8, Scope.ROLE, VIP),
    longest(4, Scope.ROLE, GUEST),
    largest("480p", Scope.CHANNEL, CHANNEL),
    largest("1080p", Scope.ROLE, VIP),
    models(only(OURS)),
    models(all_but(OURS), Scope.ROLE, GUEST),
    models(only(OURS), Scope.ROLE, VIP),
]


def test_what_is_chosen_within_the_bounds_is_what_is_allowed() -> None:
    for rules in product((False, True), repeat=len(RULES)):
        chosen = [rule for rule, is_set in zip(RULES, rules, strict=True) if is_set]
        known = facts(*chosen, roles=(VIP, GUEST))

        bounds = bounds_of(known)

        for seconds, size in product((4, 5, 6, 8, 9), ("480p", "720p", "1080p")):
            is_within = (
                bounds.allows(OURS)
                and (bounds.longest is None or seconds <= bounds.longest)
                and (bounds.resolution is None or int(size[:-1]) <= int(bounds.resolution[:-1]))
            )
            is_fine = check_request(known, wish(seconds=seconds, resolution=size)) is None
            assert is_within is is_fine
