"""What is known when a job is asked for: what was read, and what is wished for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import Asker, Block, Cost, Gauge, Grant, Offer, ValidRequest, VideoSpec
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
    cost: Cost
    """With the price of the dearest of them: nobody knows yet which it will be."""
    is_priced: bool
    has_bound: bool = False
    """Whether the operator has said what a job of unknown price costs at most."""
    hits: tuple[Hit, ...] = ()
    """The rules that fire at its prompt, what is most severe first."""


def wish_of(
    request: ValidRequest, *, bound_micros: int | None = None, hits: Sequence[Hit] = ()
) -> Wish:
    """Say what a request takes; `bound_micros` is the most that an unknown price comes to."""
    prices = [request.estimate_micros, *(one.estimate_micros for one in request.alternatives)]
    known = [price for price in prices if price is not None]
    is_priced = len(known) == len(prices)
    bound = 0 if is_priced or bound_micros is None else bound_micros
    return Wish(
        spec=request.spec,
        alternatives=request.alternatives,
        images=len(request.images),
        cost=Cost(jobs=1, seconds=request.spec.seconds, micros=max([*known, bound])),
        is_priced=is_priced,
        has_bound=bound_micros is not None,
        hits=tuple(hits),
    )
