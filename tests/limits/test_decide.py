from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import (
    EVERYWHERE,
    Admission,
    Block,
    Cost,
    Denial,
    Gauge,
    Grant,
    LimitKind,
    Offer,
    PolicyName,
    Refusal,
    Scope,
    Unit,
)
from bot.limits.decide import decide, fitting
from bot.limits.facts import Facts, Wish
from tests.factories import CHANNEL, GUILD, REQUESTER, make_asker, make_offer, make_spec
from tests.limits.asking import MODERATOR, PRICE, all_but, facts, gauge, limit, only, policy, wish
from tests.manual_clock import START

VIP, GUEST = 51, 52
HOUR = timedelta(hours=1)
ELSEWHERE = 99


def block(guild_id: int = GUILD) -> Block:
    by_id = MODERATOR if guild_id else None
    return Block(guild_id, REQUESTER, START + HOUR, "spam", by_id, START)


def grant(amount: int, unit: Unit = Unit.JOBS, *, used: int = 0, number: int = 1) -> Grant:
    ends = START + number * HOUR
    return Grant(number, GUILD, REQUESTER, unit, amount, used, ends, "", MODERATOR, START)


def of_money(amount: int, used: int = 0, kind: LimitKind = LimitKind.DAY) -> Gauge:
    return gauge(limit(amount, kind=kind, unit=Unit.MONEY), used)


def own(amount: int, used: int = 0, granted: int = 0, unit: Unit = Unit.JOBS) -> Gauge:
    return gauge(limit(amount, Scope.MEMBER, unit=unit, target_id=REQUESTER), used, granted)


REFUSED: dict[str, tuple[Facts, Wish, Refusal, Scope]] = {
    "blocked here": (facts(block=block()), wish(), Refusal.BLOCKED, Scope.MEMBER),
    "blocked everywhere": (facts(block=block(EVERYWHERE)), wish(), Refusal.BLOCKED, Scope.PERSON),
    "paused": (
        facts(policy(PolicyName.PAUSE, {"reason": "x"})),
        wish(),
        Refusal.PAUSED,
        Scope.SERVER,
    ),
    "paused by the operator": (
        facts(policy(PolicyName.PAUSE, {"reason": ""}, Scope.EVERYWHERE)),
        wish(),
        Refusal.PAUSED,
        Scope.EVERYWHERE,
    ),
    "only in another channel": (
        facts(policy(PolicyName.CHANNELS, only(ELSEWHERE))),
        wish(),
        Refusal.CHANNELS,
        Scope.SERVER,
    ),
    "everywhere but here": (
        facts(policy(PolicyName.CHANNELS, all_but(CHANNEL))),
        wish(),
        Refusal.CHANNELS,
        Scope.SERVER,
    ),
    "a thread of a closed channel": (
        facts(
            policy(PolicyName.CHANNELS, all_but(CHANNEL)),
            asker=replace(make_asker(), channel_id=ELSEWHERE, parent_channel_id=CHANNEL),
        ),
        wish(),
        Refusal.CHANNELS,
        Scope.SERVER,
    ),
    "for adults": (
        facts(policy(PolicyName.AGE_RESTRICTED, value=True)),
        wish(),
        Refusal.AGE_RESTRICTED,
        Scope.SERVER,
    ),
    "only for another role": (
        facts(policy(PolicyName.ROLES, only(VIP))),
        wish(),
        Refusal.ROLES,
        Scope.SERVER,
    ),
    "everyone but this role": (
        facts(policy(PolicyName.ROLES, all_but(GUEST), Scope.CHANNEL, CHANNEL), roles=(GUEST,)),
        wish(),
        Refusal.ROLES,
        Scope.CHANNEL,
    ),
    "another model": (
        facts(policy(PolicyName.MODELS, only("other/x"))),
        wish(),
        Refusal.MODELS,
        Scope.SERVER,
    ),
    "too long": (facts(policy(PolicyName.LONGEST, 5)), wish(), Refusal.LONGEST, Scope.SERVER),
    "too large": (
        facts(policy(PolicyName.RESOLUTION, "480p", Scope.ROLE, GUEST), roles=(GUEST,)),
        wish(),
        Refusal.RESOLUTION,
        Scope.ROLE,
    ),
    "images": (
        facts(policy(PolicyName.REFERENCES, value=False)),
        wish(images=1),
        Refusal.REFERENCES,
        Scope.SERVER,
    ),
    "no price": (
        facts(gauges=[of_money(10**9, kind=LimitKind.COOLDOWN)]),
        wish(micros=None),
        Refusal.UNPRICED,
        Scope.SERVER,
    ),
    "a limit": (facts(gauges=[gauge(limit(2), used=2)]), wish(), Refusal.LIMIT, Scope.SERVER),
}
BY_PROMPT = {Refusal.PROMPT, Refusal.COOLING}


@pytest.mark.parametrize(("known", "wanted", "refusal", "scope"), REFUSED.values(), ids=REFUSED)
def test_a_no_names_its_reason_and_its_scope(
    known: Facts, wanted: Wish, refusal: Refusal, scope: Scope
) -> None:
    denial = decide(known, wanted)

    assert isinstance(denial, Denial)
    by_id = None if scope in {Scope.EVERYWHERE, Scope.PERSON} else MODERATOR
    assert (denial.refusal, denial.scope, denial.set_by_id) == (refusal, scope, by_id)


def test_every_refusal_is_reached() -> None:
    assert {refusal for _, _, refusal, _ in REFUSED.values()} == set(Refusal) - BY_PROMPT


ALLOWED = {
    "nothing is set": facts(),
    "its channel": facts(policy(PolicyName.CHANNELS, only(CHANNEL))),
    "not the other channel": facts(policy(PolicyName.CHANNELS, all_but(ELSEWHERE))),
    "an adults' channel": facts(
        policy(PolicyName.AGE_RESTRICTED, value=True), asker=make_asker(is_age_restricted=True)
    ),
    "adults do not matter": facts(policy(PolicyName.AGE_RESTRICTED, value=False)),
    "its role": facts(policy(PolicyName.ROLES, only(VIP)), roles=(VIP,)),
    "references may be": facts(policy(PolicyName.REFERENCES, value=True)),
    "no references": facts(policy(PolicyName.REFERENCES, value=False)),
    "as long as it may be": facts(policy(PolicyName.LONGEST, 6)),
    "as large as it may be": facts(policy(PolicyName.RESOLUTION, "720p")),
    "the last place": facts(gauges=[gauge(limit(2), used=1)]),
    "the last cent": facts(gauges=[of_money(PRICE * 2, used=PRICE)]),
    "no longer cooling": facts(gauges=[gauge(limit(60, kind=LimitKind.COOLDOWN))]),
}


@pytest.mark.parametrize("known", ALLOWED.values(), ids=ALLOWED)
def test_a_yes_says_what_it_takes(known: Facts) -> None:
    admission = decide(known, wish())

    assert isinstance(admission, Admission)
    assert (admission.cost, admission.is_priced) == (Cost(1, 6, PRICE), True)
    assert (admission.hold, admission.coverage) == (None, {})


def test_of_several_full_limits_the_one_that_takes_longest_is_named() -> None:
    soon = gauge(limit(1), used=1, until=START + HOUR)
    late = gauge(limit(1, kind=LimitKind.MONTH), used=1, until=START + 9 * HOUR)
    never = gauge(limit(0, kind=LimitKind.ROLLING_DAY))

    two, three = (
        decide(facts(gauges=gauges), wish()) for gauges in ([late, soon], [soon, never, late])
    )

    assert isinstance(two, Denial)
    assert (two.gauge, two.until, two.wanted) == (late, START + 9 * HOUR, 1)
    assert isinstance(three, Denial)
    assert (three.gauge, three.until) == (never, None)


@pytest.mark.parametrize(
    ("micros", "is_in"), [(0, True), (1, False)], ids=["a free job", "a job of any price"]
)
def test_a_budget_that_was_passed_stops_whatever_costs_anything(
    micros: int, *, is_in: bool
) -> None:
    made = decide(facts(gauges=[of_money(100, used=150)]), wish(micros=micros))

    assert isinstance(made, Admission) is is_in


def test_an_unknown_price_counts_as_its_bound_where_there_is_one() -> None:
    known = facts(gauges=[of_money(1_000_000)])

    fits = decide(known, wish(micros=None, bound_micros=1_000_000))
    too_dear = decide(known, wish(micros=None, bound_micros=1_000_001))

    assert isinstance(fits, Admission)
    assert (fits.cost.micros, fits.is_priced) == (1_000_000, False)
    assert isinstance(too_dear, Denial)
    assert (too_dear.refusal, too_dear.wanted) == (Refusal.LIMIT, 1_000_001)


def test_an_unknown_price_is_fine_where_money_is_not_limited() -> None:
    made = decide(facts(gauges=[gauge(limit(2))]), wish(micros=None))

    assert isinstance(made, Admission)
    assert (made.cost.micros, made.is_priced) == (0, False)


LONGER = Offer(make_spec(provider="other", model="long", seconds=10), 100_000)
DEARER = make_offer("dear", micros=900_000)
UNKNOWN = make_offer("unknown", micros=None)
NOT_HERE = policy(PolicyName.MODELS, all_but("dear/other-1"))


@pytest.mark.parametrize(
    ("known", "offers", "left", "cost"),
    [
        (facts(), (LONGER, DEARER), (LONGER, DEARER), Cost(1, 10, 900_000)),
        (facts(NOT_HERE), (LONGER, DEARER), (LONGER,), Cost(1, 10, PRICE)),
        (facts(policy(PolicyName.LONGEST, 8)), (LONGER, DEARER), (DEARER,), Cost(1, 8, 900_000)),
        (facts(gauges=[of_money(PRICE)]), (UNKNOWN,), (), Cost(1, 6, PRICE)),
        (facts(gauges=[gauge(limit(2))]), (UNKNOWN,), (UNKNOWN,), Cost(1, 8, PRICE)),
    ],
    ids=["both", "one is not allowed", "one is too long", "money is limited", "it is not"],
)
def test_a_job_takes_the_most_of_what_it_may_become(
    known: Facts, offers: tuple[Offer, ...], left: tuple[Offer, ...], cost: Cost
) -> None:
    made = decide(known, wish(alternatives=offers))

    assert isinstance(made, Admission)
    assert (made.alternatives, made.cost) == (left, cost)


def test_an_unknown_price_with_a_bound_stays_among_the_alternatives() -> None:
    wanted = wish(alternatives=(UNKNOWN,), bound_micros=500_000)

    assert fitting(facts(gauges=[of_money(PRICE)]), wanted) == wanted
    assert wanted.cost.micros == 500_000


@pytest.mark.parametrize(
    ("gauges", "grants", "coverage"),
    [
        ([own(2, used=1, granted=3)], [grant(3)], {}),
        ([own(2, used=2, granted=3)], [grant(3)], {1: 1}),
        ([own(2, used=9, granted=3)], [grant(3)], {1: 1}),
        (
            [own(10, used=8, granted=9, unit=Unit.SECONDS)],
            [grant(3, Unit.SECONDS, used=1), grant(7, Unit.SECONDS, number=2)],
            {1: 2, 2: 2},
        ),
        (
            [own(2, used=2, granted=3), own(2, used=1, granted=3)],
            [grant(3), grant(8, Unit.MONEY, number=2)],
            {1: 1},
        ),
        ([gauge(limit(5), used=4), own(2, used=2, granted=1)], [grant(1)], {1: 1}),
    ],
    ids=["not needed", "needed", "all of the job", "two grants", "the fullest", "not the server's"],
)
def test_grants_pay_what_a_member_lacks_the_first_to_expire_first(
    gauges: list[Gauge], grants: list[Grant], coverage: dict[int, int]
) -> None:
    made = decide(facts(gauges=gauges, grants=grants), wish())

    assert isinstance(made, Admission)
    assert made.coverage == coverage


@pytest.mark.parametrize(
    "full",
    [
        own(2, used=2),
        own(0),
        gauge(limit(2), used=2),
        gauge(limit(60, kind=LimitKind.COOLDOWN), until=START + HOUR),
    ],
    ids=["too small", "a zero", "the server's", "a cooldown"],
)
def test_a_grant_is_no_help_against_what_it_is_not_for(full: Gauge) -> None:
    made = decide(facts(gauges=[full], grants=[grant(3)]), wish())

    assert isinstance(made, Denial)
    assert made.gauge == full
