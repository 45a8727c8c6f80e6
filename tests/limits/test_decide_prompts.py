from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import (
    EVERYWHERE,
    Admission,
    Denial,
    Hold,
    Policy,
    PolicyName,
    Refusal,
    RuleAction,
    Scope,
)
from bot.limits.decide import decide
from bot.limits.facts import Facts, wish_of
from bot.limits.prompt_rules import Hit
from bot.limits.rulebook import Rulebook
from tests.factories import GUILD, make_asker, make_valid_request
from tests.limits.rules import rule
from tests.manual_clock import START

ROLE = 77


def hit(
    action: RuleAction, number: int = 12, *, guild_id: int = GUILD, doubtful: bool = False
) -> Hit:
    made = replace(rule("fox", action=action, rule_id=number), guild_id=guild_id)
    return Hit(made, 2, 5, doubtful)


def facts(*policies: Policy) -> Facts:
    return Facts(START, make_asker(roles=[ROLE]), Rulebook((), policies))


def policy(name: PolicyName, value: object, scope: Scope = Scope.SERVER) -> Policy:
    target = ROLE if scope is Scope.ROLE else GUILD
    return Policy(GUILD, scope, target, name, value, 7, START)


def decided(known: Facts, *hits: Hit) -> Admission | Denial:
    return decide(known, wish_of(make_valid_request(), hits=hits))


def admitted(known: Facts, *hits: Hit) -> Admission:
    verdict = decided(known, *hits)
    assert isinstance(verdict, Admission)
    return verdict


def test_without_a_rule_that_fires_a_job_goes_on_uncovered() -> None:
    admission = admitted(facts())

    assert (admission.hold, admission.hold_reason, admission.is_spoiler) == (None, "", False)


@pytest.mark.parametrize(
    ("guild_id", "scope"), [(GUILD, Scope.SERVER), (EVERYWHERE, Scope.EVERYWHERE)]
)
def test_a_refused_prompt_says_whose_rule_it_was(guild_id: int, scope: Scope) -> None:
    verdict = decided(facts(), hit(RuleAction.REFUSE, guild_id=guild_id), hit(RuleAction.HOLD))

    assert verdict == Denial(Refusal.PROMPT, scope, guild_id, 7)


def test_a_held_prompt_waits_for_the_moderators_who_are_told_which_rules() -> None:
    hits = [hit(RuleAction.HOLD, 12), hit(RuleAction.HOLD, 14), hit(RuleAction.SPOILER, 15)]

    one, several = admitted(facts(), hits[0]), admitted(facts(), *hits)

    assert (one.hold, one.hold_reason, one.is_spoiler) == (Hold.REVIEW, "prompt rule 12", False)
    assert (several.hold, several.hold_reason) == (Hold.REVIEW, "prompt rules 12, 14")
    assert several.is_spoiler


def test_a_refusing_rule_in_doubt_is_for_the_moderators() -> None:
    admission = admitted(facts(), hit(RuleAction.REFUSE, doubtful=True))

    assert admission.hold is Hold.REVIEW
    assert admission.hold_reason == "prompt rule 12 (it had no time to say)"


def test_a_covered_result_waits_for_nobody() -> None:
    admission = admitted(facts(), hit(RuleAction.SPOILER))

    assert (admission.hold, admission.is_spoiler) == (None, True)


def test_a_rule_holds_for_a_trusted_role_too() -> None:
    trusting = facts(policy(PolicyName.REVIEW, value=False, scope=Scope.ROLE))

    assert admitted(trusting, hit(RuleAction.HOLD)).hold is Hold.REVIEW


def test_the_price_is_asked_about_before_the_moderators_are() -> None:
    dear = facts(policy(PolicyName.CONFIRM_ABOVE, 0))

    assert admitted(dear, hit(RuleAction.HOLD)).hold is Hold.CONFIRMATION


def test_a_refused_prompt_is_told_before_a_limit_so_that_it_counts() -> None:
    strict = facts(policy(PolicyName.LONGEST, 1))

    verdict = decided(strict, hit(RuleAction.REFUSE))

    assert isinstance(verdict, Denial)
    assert verdict.refusal is Refusal.PROMPT


def test_who_has_to_wait_is_told_until_when_whatever_the_prompt_is() -> None:
    until = START + timedelta(minutes=10)
    cooling = replace(facts(), cools_until=until)

    for hits in ((), (hit(RuleAction.REFUSE),)):
        assert decided(cooling, *hits) == Denial(Refusal.COOLING, Scope.SERVER, until=until)
