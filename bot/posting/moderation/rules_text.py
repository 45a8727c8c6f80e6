"""Rules about prompts as moderators see them: the list, a change, and a dry run."""

import io
from collections.abc import Sequence
from typing import Final

import discord
from discord.app_commands import Choice

from bot.domain import EVERYWHERE, PromptRule, RuleAction, RuleKind
from bot.language import Phrase
from bot.limits.prompt_rules import Hit
from bot.posting.denials import setter_text
from bot.posting.suggestions import MOST
from bot.posting.text import safe

ADDED: Final = Phrase("Rule {line}\nBefore: no such rule. It holds from the next prompt on.")
REMOVED: Final = Phrase(
    "Rule {line}\nAfter: no such rule. It no longer holds from the next prompt on."
)
NONE: Final = Phrase("There are no rules about prompts here. `/grok-admin rules add` makes one.")
NOT_FOUND: Final = Phrase("No rule fires at this text.")
DOUBTFUL: Final = Phrase("in doubt: the pattern took too long on this text, so it is not known")
LINE: Final = Phrase("**{rule_id}** · {what} → {action} · by {by}")
LINE_EVERYWHERE: Final = Phrase("**{rule_id}** · {what} → {action} everywhere · by {by}")
EVERYWHERE_WORD: Final = Phrase("everywhere")
MORE: Final = Phrase("… and {count} more.")
DRY_RUN: Final = Phrase("A dry run: nothing was made, counted or charged.")
FILE_NAME: Final = "rules.txt"

_COLOR: Final = 0x5865F2
_SHOWN: Final = 3500
"""Characters of a list; a longer one is a file. Discord takes 4096 in one embed (Embed Limits)."""
_RULE: Final = 450
_AROUND: Final = 60
_MARKED: Final = 120
_NAME: Final = 100
_HITS: Final = 8
_KINDS: Final = {
    RuleKind.WORD: Phrase("word"),
    RuleKind.PATTERN: Phrase("pattern"),
    RuleKind.SIMILAR: Phrase("similar"),
}
_ACTIONS: Final = {
    RuleAction.REFUSE: Phrase("refuse"),
    RuleAction.HOLD: Phrase("hold for review"),
    RuleAction.SPOILER: Phrase("spoiler the result"),
}


def rule_line(rule: PromptRule) -> str:
    """Write a rule on one line, with who made it."""
    say = LINE_EVERYWHERE if rule.guild_id == EVERYWHERE else LINE
    return say(
        rule_id=rule.id,
        what=_what(rule),
        action=_ACTIONS[rule.action](),
        by=setter_text(rule.set_by_id),
    )


def plain_line(rule: PromptRule) -> str:
    """Write a rule on one line for a file or a terminal."""
    action = _ACTIONS[rule.action]()
    return f"{rule.id}  {rule.kind}  {rule.text}  -> {action}{_whose(rule)}"


def rules_list(rules: Sequence[PromptRule]) -> discord.Embed | discord.File:
    """List the rules that hold in a server; those that fit no message, as a file."""
    text = "\n".join(map(rule_line, rules)) or NONE()
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
    blocks = [_finding(prompt, hit) for hit in hits[:_HITS]] or [NOT_FOUND()]
    if len(hits) > _HITS:
        blocks.append(MORE(count=len(hits) - _HITS))
    embed = discord.Embed(description="\n".join(blocks), color=_COLOR)
    return embed.set_footer(text=DRY_RUN())


def plain_finding(prompt: str, hit: Hit) -> str:
    """Say for a terminal which rule fires, and at what."""
    where = (
        DOUBTFUL() if hit.doubtful else f"at {hit.start}-{hit.end}: {prompt[hit.start : hit.end]}"
    )
    return f"{plain_line(hit.rule)}\n    {where}"


def _finding(prompt: str, hit: Hit) -> str:
    action = _ACTIONS[hit.action]()
    told = f"**{hit.rule.id}** · {_KINDS[hit.rule.kind]()} → {action}{_whose(hit.rule)}"
    return f"{told}\n> {DOUBTFUL() if hit.doubtful else _marked(prompt, hit)}"


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
    return f"{_KINDS[rule.kind]()} {safe(text, _RULE)}"


def _whose(rule: PromptRule) -> str:
    return f" ({EVERYWHERE_WORD()})" if rule.guild_id == EVERYWHERE else ""
