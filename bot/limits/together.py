"""Several jobs that are asked for as one, such as the scenes of a storyboard: all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain import Admission, Cost, Denial, Hold, Unit
from bot.limits.allowed import check_request
from bot.limits.decide import decide
from bot.limits.facts import Facts, Wish
from bot.limits.prompt_rules import merged


def together(wishes: Sequence[Wish]) -> Wish:
    """Put wishes into one that takes what all of them take; one of them is made at a time."""
    costs = [one.cost for one in wishes]
    estimates = [one.estimate_micros for one in wishes if one.estimate_micros is not None]
    return replace(
        wishes[0],
        images=max(one.images for one in wishes),
        cost=Cost(*(sum(cost.of(unit) for cost in costs) for unit in Unit)),
        at_once=Cost(*(max(cost.of(unit) for cost in costs) for unit in Unit)),
        is_priced=all(one.is_priced for one in wishes),
        estimate_micros=sum(estimates) if len(estimates) == len(wishes) else None,
        hits=tuple(merged([one.hits for one in wishes])),
    )


def decide_all(facts: Facts, wishes: Sequence[Wish]) -> Sequence[Admission] | Denial:
    """Let all of them in, each with its share, or say politely which rule does not.

    Who has to say yes to the first says it to all; the others wait for the one before them.
    """
    verdict = decide(facts, together(wishes))
    if isinstance(verdict, Denial):
        return verdict
    for one in wishes:
        denial = check_request(facts, one)
        if denial is not None:
            return denial
    first, *others = (
        replace(verdict, cost=one.cost, is_priced=one.is_priced, coverage=covered)
        for one, covered in zip(wishes, _shared(facts, verdict.coverage, wishes), strict=True)
    )
    return [first, *(replace(one, hold=Hold.SCENE, hold_reason="", alerts=()) for one in others)]


def _shared(
    facts: Facts, coverage: Mapping[int, int], wishes: Sequence[Wish]
) -> Sequence[Mapping[int, int]]:
    """Say which of the jobs takes how much from which grant.

    The last ones take it: they are the first to be given back.
    """
    units = {grant.id: grant.unit for grant in facts.grants}
    left = dict(coverage)
    shares = []
    for one in reversed(wishes):
        share = {}
        needed = {unit: one.cost.of(unit) for unit in Unit}
        for grant_id, amount in left.items():
            part = min(amount, needed[units[grant_id]])
            if part:
                share[grant_id] = part
                needed[units[grant_id]] -= part
        left = {grant_id: amount - share.get(grant_id, 0) for grant_id, amount in left.items()}
        shares.append(share)
    return shares[::-1]
