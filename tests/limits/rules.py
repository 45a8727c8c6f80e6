"""Rules and hits, made in a line."""

from datetime import UTC, datetime

from bot.domain import EVERYWHERE, PromptRule, RuleAction, RuleKind
from bot.limits.prompt_rules import Hit


def rule(
    text: str,
    kind: RuleKind = RuleKind.WORD,
    action: RuleAction = RuleAction.REFUSE,
    rule_id: int = 1,
) -> PromptRule:
    return PromptRule(
        id=rule_id,
        guild_id=EVERYWHERE,
        kind=kind,
        text=text,
        action=action,
        set_by_id=7,
        set_at=datetime(2026, 9, 1, tzinfo=UTC),
    )


def parts(prompt: str, hits: list[Hit]) -> list[str]:
    return [prompt[hit.start : hit.end] for hit in hits]
