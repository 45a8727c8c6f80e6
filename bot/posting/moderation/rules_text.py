"""Rules about prompts as moderators see them: the list, a change, and a dry run."""

import io
from collections.abc import Sequence
from typing import Final

import discord
from discord.app_commands import Choice

from bot.domain import EVERYWHERE, PromptRule, RuleAction, RuleKind
from bot.limits.prompt_rules import Hit
from bot.posting.suggestions import MOST
from bot.posting.text import safe

ADDED: Final = "Rule {line}\nBefore: no such rule. It holds from the next prompt on."
REMOVED: Final = "Rule {line}\nAfter: no such rule. It no longer holds from the next prompt on."
NONE: Final = "There are no rules about prompts here. `/grok-admin rules add` makes one."
NOT_FOUND: Final = "No rule fires at this text."
DOUBTFUL: Final = "in doubt: the pattern took too long on this text, so it is not known"
FILE_NAME: Final = "rules.txt"

_COLOR: Final = 0x5865F2
_SHOWN: Final = 3500
"""Characters of a list; a longer one is a file. Discord takes 4096 in one embed (Embed Limits)."""
_RULE: Final = 450
_AROUND: Final = 60
_MARKED: Final = 120
_NAME: Final = 100
_HITS: Final = 8
_ACTIONS: Final = {
    RuleAction.REFUSE: "refuse",
    RuleAction.HOLD: "hold for review",
    RuleAction.SPOILER: "spoiler the result",
}


def rule_line(rule: PromptRule) -> str:
    """Write a rule on one line, with who made it."""
    by = "the people who run this bot" if rule.set_by_id is None else f"<@{rule.set_by_id}>"
    where = " everywhere" if rule.guild_id == EVERYWHERE else ""
    return f"**{rule.id}** · {_what(rule)} → {_ACTIONS[rule.action]}{where} · by {by}"


def plain_line(rule: PromptRule) -> str:
    """Write a rule on one line for a file or a terminal."""
    action = _ACTIONS[rule.action]
    return f"{rule.id}  {rule.kind}  {rule.text}  -> {action}{_whose(rule)}"


def rules_list(rules: Sequence[PromptRule]) -> discord.Embed | discord.File:
    """List the rules that hold in a server; those that fit no message, as a file."""
    text = "\n".join(map(rule_line, rules)) or NONE
    if len(text) <= _SHOWN:
        return discord.Embed(description=text, color=_COLOR)
    plain = "\n".join(map(plain_line, rules)) + "\n"
    return discord.File(io.BytesIO(plain.encode()), filename=FILE_NAME)


def suggest_rules(typed: str, rules: Sequence[PromptRule]) -> list[Choice[int]]:
    """Suggest rules by their numbers and words."""
    wanted = typed.strip().lower()
    lines = {rule.id: plain_line(rule) for rule in rules}
    return [
        Choice(name=line if len(line) <= _NAME else f"{line[: _NAME - 1]}…", value=rule_id)
        for rule_id, line in lines.items()
        if wanted in line.lower()
    ][:MOST]


def findings(prompt: str, hits: Sequence[Hit]) -> discord.Embed:
    """Show which rules fire at a text and where, what is most severe first."""
    blocks = [_finding(prompt, hit) for hit in hits[:_HITS]] or [NOT_FOUND]
    if len(hits) > _HITS:
        blocks.append(f"… and {len(hits) - _HITS} more.")
    embed = discord.Embed(description="\n".join(blocks), color=_COLOR)
    return embed.set_footer(text="A dry run: nothing was made, counted or charged.")


def plain_finding(prompt: str, hit: Hit) -> str:
    """Say for a terminal which rule fires, and at what."""
    where = DOUBTFUL if hit.doubtful else f"at {hit.start}-{hit.end}: {prompt[hit.start : hit.end]}"
    return f"{plain_line(hit.rule)}\n    {where}"


def _finding(prompt: str, hit: Hit) -> str:
    action = _ACTIONS[hit.action]
    told = f"**{hit.rule.id}** · {hit.rule.kind} → {action}{_whose(hit.rule)}"
    return f"{told}\n> {DOUBTFUL if hit.doubtful else _marked(prompt, hit)}"


def _marked(prompt: str, hit: Hit) -> str:
    before, after = prompt[: hit.start], prompt[hit.end :]
    left = ("…" if len(before) > _AROUND else "") + _piece(before[-_AROUND:])
    right = _piece(after[:_AROUND]) + ("…" if len(after) > _AROUND else "")
    return f"{left}__**{safe(prompt[hit.start : hit.end], _MARKED)}**__{right}"


def _piece(text: str) -> str:
    """Make a part of a text safe to show, with the space at its ends."""
    shown = safe(text, 2 * _AROUND)
    if not shown:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{shown}{' ' if text[-1].isspace() else ''}"


def _what(rule: PromptRule) -> str:
    text = f"{rule.text} %" if rule.kind is RuleKind.SIMILAR else rule.text
    return f"{rule.kind} {safe(text, _RULE)}"


def _whose(rule: PromptRule) -> str:
    return " (everywhere)" if rule.guild_id == EVERYWHERE else ""
