"""Is this job allowed, and which rule said so: decided on facts that were read in one view."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.domain import (
    Admission,
    Cost,
    Denial,
    Gauge,
    Hold,
    Limit,
    LimitKind,
    Offer,
    Policy,
    PolicyName,
    Refusal,
    Scope,
    Unit,
)
from bot.limits import reasons
from bot.limits.allowed import check_person, check_request
from bot.limits.budgets import WINDOWS, alerts, reviewing_step
from bot.limits.facts import Facts, Wish, with_fewer
from bot.limits.prompt_rules import Hit
from bot.limits.prompts import check_prompt, is_covered, prompt_hold

_OWN_SCOPES: Final = frozenset({Scope.ROLE, Scope.MEMBER})


def decide(facts: Facts, wish: Wish) -> Admission | Denial:
    """Let a job in, or say politely which rule does not."""
    wish = fitting(facts, wish)
    denial = (
        check_person(facts)
        or check_prompt(wish.hits)
        or check_request(facts, wish)
        or _check_limits(facts, wish)
    )
    if denial is not None:
        return denial
    hold, hold_reason = _hold(facts, wish)
    return Admission(
        cost=wish.cost,
        is_priced=wish.is_priced,
        hold=hold,
        hold_reason=hold_reason,
        alternatives=wish.alternatives,
        is_spoiler=is_covered(wish.hits),
        coverage=_coverage(facts, wish.cost),
        alerts=tuple(alerts(facts.gauges, wish.cost)),
    )


def fitting(facts: Facts, wish: Wish) -> Wish:
    """Leave out what may not be made instead, so that nobody is turned away because of it."""
    fine = tuple(_fine_alternatives(facts, wish))
    return wish if fine == wish.alternatives else with_fewer(wish, fine)


def _fine_alternatives(facts: Facts, wish: Wish) -> Iterator[Offer]:
    is_limited = any(one.limit.unit is Unit.MONEY for one in facts.gauges)
    needs_price = is_limited and wish.estimate_micros is not None and not wish.has_bound
    for offer in wish.alternatives:
        if needs_price and offer.estimate_micros is None:
            continue
        if check_request(facts, replace(wish, spec=offer.spec)) is None:
            yield offer


def _check_limits(facts: Facts, wish: Wish) -> Denial | None:
    if not wish.is_priced and not wish.has_bound:
        money = next((one for one in facts.gauges if one.limit.unit is Unit.MONEY), None)
        if money is not None:
            limit = money.limit
            return Denial(
                Refusal.UNPRICED, limit.scope, limit.target_id, limit.set_by_id, gauge=money
            )
    full = [one for one in facts.gauges if _lacks(one, wish.part_for(one.limit)) > one.granted]
    if not full:
        return None
    # Of several the one that takes longest, so that nobody comes back in vain.
    gauge = max(full, key=lambda one: (one.until is None, one.until or facts.now))
    limit = gauge.limit
    return Denial(
        Refusal.LIMIT,
        limit.scope,
        limit.target_id,
        limit.set_by_id,
        gauge=gauge,
        wanted=wish.part_for(limit).of(limit.unit),
        until=gauge.until,
    )


def _lacks(gauge: Gauge, cost: Cost) -> int:
    """Return how much a job has too much for a limit; of the job itself at most all of it."""
    limit, wanted = gauge.limit, cost.of(gauge.limit.unit)
    if limit.kind is LimitKind.COOLDOWN:
        return 0 if gauge.until is None else 1
    return min(gauge.used + wanted - limit.amount, wanted)


def takes_grants(limit: Limit) -> bool:
    """Tell whether grants add to a limit: to a member's own and their roles', in windows of time.

    Not to a zero: it denies, and nothing that was given on top of it is meant.
    """
    return limit.scope in _OWN_SCOPES and limit.kind in WINDOWS and limit.amount > 0


def _coverage(facts: Facts, cost: Cost) -> dict[int, int]:
    """Say what is taken from which grant, so that no limit of the member's own is passed."""
    needed: dict[Unit, int] = {}
    for gauge in facts.gauges:
        if takes_grants(gauge.limit):
            lacks = _lacks(gauge, cost)
            needed[gauge.limit.unit] = max(lacks, needed.get(gauge.limit.unit, 0))
    taken: dict[int, int] = {}
    for grant in facts.grants:
        part = min(grant.left, needed.get(grant.unit, 0))
        if part > 0:
            taken[grant.id] = part
            needed[grant.unit] -= part
    return taken


def _hold(facts: Facts, wish: Wish) -> tuple[Hold | None, str]:
    """Say what the job has to wait for; the price comes before the moderators."""
    above = [one.value for one in facts.book.policies_for(facts.asker, PolicyName.CONFIRM_ABOVE)]
    is_dear = bool(above) and wish.cost.micros > min(above)
    is_unknown = bool(above) and not wish.is_priced
    why = review_reason(facts, wish.hits)
    if is_dear or is_unknown:
        return Hold.CONFIRMATION, why
    return (Hold.REVIEW, why) if why else (None, "")


def review_reason(facts: Facts, hits: Sequence[Hit]) -> str:
    """Say why a moderator has to agree first; nothing when none has to.

    A rule about prompts holds for everybody, a role that is trusted or not.
    """
    return prompt_hold(hits) or _review(facts)[0]


def hold_rule(facts: Facts, hold: Hold) -> Policy | None:
    """Return the policy because of which a job is held."""
    match hold:
        case Hold.CONFIRMATION:
            above = facts.book.policies_for(facts.asker, PolicyName.CONFIRM_ABOVE)
            return min(above, key=lambda one: int(one.value), default=None)
        case Hold.REVIEW:
            return _review(facts)[1]
        case Hold.SCENE:
            return None  # no policy says so


def _review(facts: Facts) -> tuple[str, Policy | None]:
    """Say why and by which policy a job is reviewed.

    A role that is trusted is not reviewed, whatever else is set.
    """
    reviews = facts.book.policies_for(facts.asker, PolicyName.REVIEW)
    of_roles = [one for one in reviews if one.scope is Scope.ROLE]
    if any(one.value is False for one in of_roles):
        return "", None
    if of_roles:
        return reasons.ROLE.message, of_roles[0]
    stepping = reviewing_step(facts)
    if stepping is not None:
        return reasons.BUDGET.message, stepping
    for one in reviews:
        if one.value is True:
            place = reasons.CHANNEL if one.scope is Scope.CHANNEL else reasons.SERVER
            return place.message, one
    for one in facts.book.policies_for(facts.asker, PolicyName.NEWCOMERS):
        joined_at = facts.asker.joined_at
        if joined_at is None or facts.now - joined_at < timedelta(days=one.value):
            return reasons.NEWCOMER.message, one
    return "", None
