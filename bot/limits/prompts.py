"""What it means for a job that rules about prompts fire at its prompt."""

from collections.abc import Sequence

from bot.domain import EVERYWHERE, Denial, Refusal, RuleAction, Scope
from bot.limits.prompt_rules import Hit
from bot.limits.reasons import of_rules


def refusing_hit(hits: Sequence[Hit]) -> Hit | None:
    """Return the first rule that refuses a prompt."""
    return next((hit for hit in hits if hit.action is RuleAction.REFUSE), None)


def check_prompt(hits: Sequence[Hit]) -> Denial | None:
    """Say no to a prompt that a rule refuses; which rule it was stays between moderators."""
    hit = refusing_hit(hits)
    if hit is None:
        return None
    rule = hit.rule
    scope = Scope.EVERYWHERE if rule.guild_id == EVERYWHERE else Scope.SERVER
    return Denial(Refusal.PROMPT, scope, rule.guild_id, rule.set_by_id)


def prompt_hold(hits: Sequence[Hit]) -> str:
    """Say to the moderators which rules want them to look; nothing when none does."""
    holding = [hit for hit in hits if hit.action is RuleAction.HOLD]
    return of_rules([(hit.rule.id, hit.doubtful) for hit in holding]) if holding else ""


def is_covered(hits: Sequence[Hit]) -> bool:
    """Tell whether the result is to be posted behind a cover."""
    return any(hit.action is RuleAction.SPOILER for hit in hits)
