"""Which limits and policies apply to somebody somewhere, of all that are set."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.domain import Asker, Limit, LimitKind, Policy, PolicyName, Scope


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that is set for a server, and by the operator for all of them."""

    limits: tuple[Limit, ...] = ()
    policies: tuple[Policy, ...] = ()

    def limits_for(self, asker: Asker) -> list[Limit]:
        """List the limits that a job of `asker` counts against; of its roles' the best ones."""
        applying = [one for one in self.limits if _applies(one.scope, one.target_id, asker)]
        shared = [one for one in applying if one.scope is not Scope.ROLE]
        return [*shared, *_best_of_roles(one for one in applying if one.scope is Scope.ROLE)]

    def policies_for(self, asker: Asker, name: PolicyName) -> list[Policy]:
        """List what is set under one name for `asker`."""
        return [
            one
            for one in self.policies
            if one.name is name and _applies(one.scope, one.target_id, asker)
        ]

    def refusing(
        self, asker: Asker, name: PolicyName, is_fine: Callable[[Policy], bool]
    ) -> Policy | None:
        """Return what is set under `name` and does not find the job fine; None when all do.

        Of the roles of a member one that finds it fine is enough.
        """
        applying = self.policies_for(asker, name)
        of_roles = [one for one in applying if one.scope is Scope.ROLE]
        for one in applying:
            if one.scope is not Scope.ROLE and not is_fine(one):
                return one
        if of_roles and not any(map(is_fine, of_roles)):
            return of_roles[0]
        return None

    def value(self, scope: Scope, target_id: int, name: PolicyName) -> Any:  # noqa: ANN401 - as JSON has it
        """Return what is set in exactly that scope; None when nothing is."""
        for one in self.policies:
            if (one.scope, one.target_id, one.name) == (scope, target_id, name):
                return one.value
        return None


def _applies(scope: Scope, target_id: int, asker: Asker) -> bool:
    match scope:
        case Scope.EVERYWHERE | Scope.PERSON | Scope.SERVER:
            return True  # those of other servers were not read
        case Scope.CHANNEL:
            return target_id in asker.channel_ids
        case Scope.ROLE:
            return target_id in asker.role_ids
        case Scope.MEMBER:
            return target_id == asker.member_id


def _best_of_roles(limits: Iterable[Limit]) -> list[Limit]:
    def kind(limit: Limit) -> tuple[str, str]:
        return limit.kind, limit.unit

    return [_best(list(group)) for _, group in groupby(sorted(limits, key=kind), key=kind)]


def _best(limits: Sequence[Limit]) -> Limit:
    """Choose the most generous limit of several roles, unless one of them denies with a zero."""
    if limits[0].kind is LimitKind.COOLDOWN:
        return min(limits, key=lambda limit: limit.amount)
    denying = next((limit for limit in limits if limit.amount == 0), None)
    return denying or max(limits, key=lambda limit: limit.amount)
