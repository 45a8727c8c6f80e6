"""What is known when a job is asked for: what was read, and what is wished for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain import (
    Asker,
    Block,
    Cost,
    Gauge,
    Grant,
    Limit,
    LimitKind,
    Offer,
    Relation,
    ValidRequest,
    VideoSpec,
)
from bot.limits.prompt_rules import Hit
from bot.limits.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read, in the transaction that would insert the job."""

    now: datetime
    asker: Asker
    book: Rulebook
    gauges: tuple[Gauge, ...] = ()
    """Of the limits that apply."""
    grants: tuple[Grant, ...] = ()
    """Those of the member that have something left, the first to expire first."""
    block: Block | None = None
    cools_until: datetime | None = None
    """When somebody may ask again whose prompts were stopped too often."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made, and what it takes from limits."""

    spec: VideoSpec
    alternatives: tuple[Offer, ...]
    """What may be made instead; those that are not allowed are left out."""
    images: int
    """Pictures that the member gave."""
    cost: Cost
    """As dear as the dearest of them and as long as the longest: which it will be, nobody knows."""
    is_priced: bool
    estimate_micros: int | None = None
    """What `spec` alone costs at most; None is unknown."""
    bound_micros: int | None = None
    """What a job of unknown price costs at most, where the operator has said so."""
    hits: tuple[Hit, ...] = ()
    """The rules that fire at its prompt, what is most severe first."""
    at_once: Cost | None = None
    """What of it is being made at a time, if not all: of a storyboard one scene."""

    @property
    def has_bound(self) -> bool:
        """Whether the operator has said what a job of unknown price costs at most."""
        return self.bound_micros is not None

    def part_for(self, limit: Limit) -> Cost:
        """Return what of its cost counts for a limit."""
        if limit.kind is LimitKind.AT_ONCE and self.at_once is not None:
            return self.at_once
        return self.cost


def wish_of(
    request: ValidRequest, *, bound_micros: int | None = None, hits: Sequence[Hit] = ()
) -> Wish:
    """Say what a request takes; `bound_micros` is the most that an unknown price comes to."""
    own = Offer(request.spec, request.estimate_micros)
    wish = _wish(own, request.alternatives, _uploads(request), bound_micros)
    return replace(wish, hits=tuple(hits))


def _uploads(request: ValidRequest) -> int:
    """Count the pictures that a member gave: the last frame of a video of ours is none."""
    lineage = request.lineage
    if lineage is not None and lineage.relation in {Relation.CONTINUE, Relation.SCENE}:
        return 0
    return len(request.images)


def with_fewer(wish: Wish, alternatives: Sequence[Offer]) -> Wish:
    """Leave out of a wish what may not be made instead, and what that would have taken."""
    own = Offer(wish.spec, wish.estimate_micros)
    fewer = _wish(own, tuple(alternatives), wish.images, wish.bound_micros)
    return replace(fewer, hits=wish.hits)


def _wish(own: Offer, others: tuple[Offer, ...], images: int, bound_micros: int | None) -> Wish:
    prices = [one.estimate_micros for one in (own, *others)]
    known = [price for price in prices if price is not None]
    is_priced = len(known) == len(prices)
    bound = 0 if is_priced or bound_micros is None else bound_micros
    seconds = max(one.spec.seconds for one in (own, *others))
    return Wish(
        spec=own.spec,
        alternatives=others,
        images=images,
        cost=Cost(jobs=1, seconds=seconds, micros=max([*known, bound])),
        is_priced=is_priced,
        estimate_micros=own.estimate_micros,
        bound_micros=bound_micros,
    )
