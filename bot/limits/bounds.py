"""What somebody may ask for here at most; for what they leave to the bot, and for suggestions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.domain import Policy, PolicyName, Scope
from bot.limits.budgets import step_down
from bot.limits.facts import Facts
from bot.limits.values import Listing, height_of, listing_of


@dataclass(frozen=True, slots=True)
class Bounds:
    """The strictest of what is set; of the roles of a member the most generous one."""

    longest: int | None = None
    """Seconds; None is no limit."""
    resolution: str | None = None
    models: tuple[Listing, ...] = ()
    models_of_roles: tuple[Listing, ...] = ()
    """Of these one that allows a model is enough."""

    def allows(self, key: str) -> bool:
        """Tell whether a model may be used."""
        of_roles = self.models_of_roles
        return all(listing.allows(key) for listing in self.models) and (
            not of_roles or any(listing.allows(key) for listing in of_roles)
        )


UNBOUNDED: Final = Bounds()


def bounds_of(facts: Facts) -> Bounds:
    """Read off what somebody may ask for here."""
    smaller = step_down(facts)
    longest = _strictest(facts, PolicyName.LONGEST, int)
    largest = _strictest(facts, PolicyName.RESOLUTION, height_of)
    lengths = [longest, None if smaller is None else smaller.longest]
    sizes = [largest, None if smaller is None else smaller.resolution]
    models = facts.book.policies_for(facts.asker, PolicyName.MODELS)
    return Bounds(
        longest=min((one for one in lengths if one is not None), default=None),
        resolution=min((one for one in sizes if one is not None), key=height_of, default=None),
        models=_listings(models, of_roles=False),
        models_of_roles=_listings(models, of_roles=True),
    )


def _strictest(facts: Facts, name: PolicyName, size: Callable[[Any], int]) -> Any:  # noqa: ANN401 - as JSON has it
    found = facts.book.policies_for(facts.asker, name)
    values = [one.value for one in found if one.scope is not Scope.ROLE]
    of_roles = [one.value for one in found if one.scope is Scope.ROLE]
    if of_roles:
        values.append(max(of_roles, key=size))
    return min(values, key=size, default=None)


def _listings(policies: list[Policy], *, of_roles: bool) -> tuple[Listing, ...]:
    return tuple(listing_of(one) for one in policies if (one.scope is Scope.ROLE) is of_roles)
