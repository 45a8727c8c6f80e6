"""Holds a prompt against the rules of its server and of the operator."""

from bot.domain import RuleKind
from bot.limits.prompt_rules import Hit, find_hits_aside
from bot.store.moderation.prompt_rules import PromptRuleStore


class PromptWatch:
    """Finds the rules that fire at a prompt; what comes of them is decided with the limits."""

    def __init__(self, rules: PromptRuleStore) -> None:
        self._rules = rules

    async def hits(self, guild_id: int, prompt: str) -> list[Hit]:
        """Return the rules that fire, what is most severe first.

        A rule that is made meanwhile holds from the next prompt on.

        Raises:
            StoreUnavailableError: The rules can't be read, so nobody knows whether it is allowed.
        """
        rules = await self._rules.rules(guild_id)
        refused: list[str] = []
        if any(rule.kind is RuleKind.SIMILAR for rule in rules):
            # A job of unknown outcome that is submitted again is not among them.
            refused = await self._rules.refused_prompts()
        return await find_hits_aside(rules, prompt, refused)
