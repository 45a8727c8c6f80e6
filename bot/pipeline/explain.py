"""Answers what would come of a request, on the way that a real one takes; nothing is counted."""

from bot.domain import Asker, Cost, VideoRequest
from bot.errors import InvalidRequestError
from bot.limits.allowed import check_person
from bot.limits.bounds import bounds_of
from bot.limits.decide import decide
from bot.limits.explanation import Explanation, Misfit
from bot.limits.facts import wish_of
from bot.pipeline.validate import Validator
from bot.store.moderation.policies import PolicyStore


class Explainer:
    """Asks the validator and the limits, and inserts nothing.

    `bound_micros` is the most that a job of unknown price comes to, where the operator says so.
    """

    def __init__(
        self, policies: PolicyStore, validator: Validator, *, bound_micros: int | None = None
    ) -> None:
        self._policies = policies
        self._validator = validator
        self._bound_micros = bound_micros

    async def explain(self, request: VideoRequest, asker: Asker) -> Explanation:
        """Say what would come of `request` if `asker` made it now."""
        guild_id = request.origin.guild_id
        facts = await self._policies.facts(guild_id, asker, Cost())
        denial = check_person(facts)
        if denial is not None:
            return Explanation(facts, denial)
        try:
            valid = await self._validator.validate(request, bounds_of(facts))
        except InvalidRequestError as error:
            return Explanation(facts, Misfit(str(error)))
        wish = wish_of(valid, bound_micros=self._bound_micros)
        # Once more: when something is free again depends on what the job takes.
        facts = await self._policies.facts(guild_id, asker, wish.cost)
        return Explanation(
            facts, decide(facts, wish), valid.spec, wish.cost.micros if wish.is_priced else None
        )
