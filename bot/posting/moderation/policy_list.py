"""All that is set for a server, by scope, with who has set it; and how its budgets stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot.domain import ALERT_PERCENTS, Gauge, Policy, PolicyName, Scope
from bot.limits.rulebook import Rulebook
from bot.posting.denials import amount_text, rate_text
from bot.posting.moderation import words_policies as words
from bot.posting.moderation.policy_text import limit_line, policy_line
from bot.posting.pages import pages
from bot.posting.text import bar

_ALL: Final = ALERT_PERCENTS[-1]


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget of a server, and how much of it belongs to jobs that are not over yet."""

    gauge: Gauge
    reserved_micros: int


def book_pages(book: Rulebook) -> list[discord.Embed]:
    """Write down every limit and policy, the operator's first."""
    blocks = [block for scope in Scope for block in _of_scope(book, scope)]
    return pages(blocks or [words.NOTHING_SET()], between="\n", left_out=words.LEFT_OUT)


def budget_pages(budgets: Sequence[Budget], policies: Sequence[Policy]) -> list[discord.Embed]:
    """Write down how each budget stands, and what happens at which share."""
    blocks = [_budget(one) for one in budgets] or [words.NO_BUDGET()]
    if budgets:
        blocks.append(words.BUDGET_ALERTS())
    for name, otherwise in (
        (PolicyName.STEP_DOWN, words.NO_STEP_DOWN),
        (PolicyName.CONFIRM_ABOVE, words.NO_CONFIRMATION),
    ):
        found = [policy_line(one) for one in policies if one.name is name]
        blocks.append("\n".join(f"• {line}" for line in found) or otherwise())
    return pages(blocks, between="\n\n", left_out=words.LEFT_OUT)


def _of_scope(book: Rulebook, scope: Scope) -> Iterator[str]:
    limits = [limit_line(one) for one in book.limits if one.scope is scope]
    policies = [policy_line(one) for one in book.policies if one.scope is scope]
    if limits or policies:
        yield f"**{words.SCOPES[scope]().capitalize()}**"
    for line in sorted(limits) + sorted(policies):
        yield f"• {line}"


def _budget(budget: Budget) -> str:
    gauge = budget.gauge
    limit = gauge.limit
    percent = gauge.used * _ALL // limit.amount if limit.amount else _ALL
    parts = words.BUDGET(
        rate=rate_text(limit.amount, limit.kind, limit.unit),
        bar=bar(percent),
        percent=percent,
        used=amount_text(gauge.used, limit.unit),
        reserved=amount_text(budget.reserved_micros, limit.unit),
        left=amount_text(max(0, limit.amount - gauge.used), limit.unit),
    )
    if gauge.until is None:
        return parts
    return f"{parts} {words.BEGINS_ANEW(when=discord.utils.format_dt(gauge.until, 'R'))}"
