from dataclasses import replace

from bot.domain import Admission, Cost, Denial, Hold, LimitKind, RuleAction
from bot.limits.facts import Wish
from bot.limits.prompt_rules import Hit, merged
from bot.limits.together import decide_all, together
from tests.factories import make_spec
from tests.limits.asking import facts, limit
from tests.limits.rules import rule


def make_wish(micros: int = 100, seconds: int = 6, *hits: Hit) -> Wish:
    return Wish(
        spec=make_spec(seconds=seconds),
        alternatives=(),
        images=0,
        cost=Cost(1, seconds, micros),
        is_priced=True,
        estimate_micros=micros,
        hits=hits,
    )


def test_what_all_take_is_added_up_and_one_of_them_is_made_at_a_time() -> None:
    whole = together([make_wish(100, 6), make_wish(300, 4)])

    assert (whole.cost, whole.at_once) == (Cost(2, 10, 400), Cost(1, 6, 300))
    assert whole.estimate_micros == 400


def test_a_price_that_nobody_knows_makes_the_whole_unknown() -> None:
    unknown = replace(make_wish(), is_priced=False, estimate_micros=None)

    whole = together([make_wish(), unknown])

    assert (whole.is_priced, whole.estimate_micros) == (False, None)


def test_each_is_let_in_with_its_own_share_and_waits_for_the_one_before() -> None:
    verdict = decide_all(facts(), [make_wish(100), make_wish(300)])

    assert not isinstance(verdict, Denial)
    assert [one.cost.micros for one in verdict] == [100, 300]
    assert [one.hold for one in verdict] == [None, Hold.SCENE]
    assert all(isinstance(one, Admission) for one in verdict)


def test_a_rule_counts_once_and_the_severe_one_first() -> None:
    hold = Hit(rule("fox", action=RuleAction.HOLD, rule_id=1), 0, 1)
    refuse = Hit(rule("den", rule_id=2), 0, 1)
    doubtful = replace(refuse, doubtful=True)

    found = merged([[hold, doubtful], [refuse, hold], []])

    assert found == [refuse, hold]


def test_only_what_is_made_at_once_is_measured_by_the_largest() -> None:
    whole = together([make_wish(100, 6), make_wish(300, 4)])

    assert whole.part_for(limit(5, kind=LimitKind.AT_ONCE)).jobs == 1
    assert whole.part_for(limit(5)).jobs == 2
