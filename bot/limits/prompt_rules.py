"""Rules about prompts: what one looks for, and which of them fire at a prompt."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from rapidfuzz import fuzz, process

from bot.domain import PromptRule, RuleAction, RuleKind
from bot.errors import InvalidRequestError
from bot.language import Plural, _, strung
from bot.limits.patterns import Doubt, TimeBudget, check_pattern, find_pattern
from bot.limits.wording import PlainText, can_be_found, find_words, make_plain, skeleton

MOST_RULES: Final = 200
"""Of one server, or of the operator: each prompt is held against all of them."""
MOST_RULE_CHARACTERS: Final = 200
LEAST_PERCENT: Final = 50
_WHOLE: Final = 100
_TOO_LONG: Final = Plural(
    "The rule has {count} character; at most {most} fit. "
    "Please shorten it, or make two rules of it.",
    "The rule has {count} characters; at most {most} fit. "
    "Please shorten it, or make two rules of it.",
)
_SEVERITY: Final = tuple(RuleAction)


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """A rule without the server that it is of; `text` is as `check_rule` wants it kept."""

    kind: RuleKind
    text: str
    action: RuleAction

    @property
    def key(self) -> tuple[str, ...]:
        """Return what there is only one of."""
        return "rule", self.kind, self.text


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fires, and at which part of the original prompt."""

    rule: PromptRule
    start: int
    end: int
    doubtful: bool = False
    """Whether the pattern had no time to say; the part is then the whole prompt."""

    @property
    def action(self) -> RuleAction:
        """What to do: in doubt a person decides instead of a refusal, and nothing slips through."""
        if self.doubtful and self.rule.action is RuleAction.REFUSE:
            return RuleAction.HOLD
        return self.rule.action


def check_rule(kind: RuleKind, text: str) -> str:
    """Return the text of a new rule as it is to be kept; call it in a thread, as `find_hits`.

    Raises:
        InvalidRequestError: It will not do; the text tells the moderator why.
    """
    text = text.strip()
    if not text:
        raise InvalidRequestError(_("The rule is empty. Say what it should look for."))
    if len(text) > MOST_RULE_CHARACTERS:
        raise InvalidRequestError(_TOO_LONG(len(text), most=MOST_RULE_CHARACTERS))
    match kind:
        case RuleKind.WORD:
            return _check_words(text)
        case RuleKind.PATTERN:
            check_pattern(text)
            return text
        case RuleKind.SIMILAR:
            return _check_percent(text)


def rule_values(rule: PromptRule | RuleSetting) -> dict[str, str]:
    """Write down what a rule says, for the record and for a file of settings."""
    return {"kind": rule.kind.value, "text": rule.text, "action": rule.action.value}


def rule_from_values(values: object) -> RuleSetting:
    """Read what `rule_values` wrote, or a stranger; call it in a thread, as `check_rule`.

    Raises:
        InvalidRequestError: It is no rule, or one that will not do.
    """
    match values:
        case {"kind": str(kind), "text": str(text), "action": str(action), **rest} if not rest:
            found = kind_of(kind)
            return RuleSetting(found, check_rule(found, text), action_of(action))
    raise InvalidRequestError(_("A rule has a kind, a text and an action, and nothing else."))


def kind_of(name: str) -> RuleKind:
    """Return the kind of rule of that name.

    Raises:
        InvalidRequestError: There is none.
    """
    try:
        return RuleKind(name)
    except ValueError:
        raise InvalidRequestError(
            _("There is no such kind of rule. Use one of: {kinds}.", kinds=strung(RuleKind))
        ) from None


def action_of(name: str) -> RuleAction:
    """Return what a rule of that name does.

    Raises:
        InvalidRequestError: There is no such action.
    """
    try:
        return RuleAction(name)
    except ValueError:
        raise InvalidRequestError(
            _("A rule can't do that. Use one of: {actions}.", actions=strung(RuleAction))
        ) from None


def merged(found: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Put together what fires at several prompts, each rule once, what is most severe first."""
    once: dict[int, Hit] = {}
    for hit in sorted(chain.from_iterable(found), key=lambda one: _SEVERITY.index(one.action)):
        once.setdefault(hit.rule.id, hit)
    return list(once.values())


def find_hits(
    rules: Sequence[PromptRule], prompt: str, refused_prompts: Sequence[str]
) -> list[Hit]:
    """Return every rule that fires at `prompt`, what is most severe first.

    All patterns together have `PROMPT_SECONDS`; those that come after it are doubtful hits.
    """
    plain = make_plain(prompt)
    likeness = _likeness(prompt, refused_prompts, rules)
    budget = TimeBudget()
    hits: list[Hit] = []
    # The severe ones have the first claim on the time.
    for rule in sorted(rules, key=lambda rule: _SEVERITY.index(rule.action)):
        match _find(rule, prompt, plain, likeness, budget):
            case (start, end):
                hits.append(Hit(rule, start, end))
            case Doubt():
                hits.append(Hit(rule, 0, len(prompt), doubtful=True))
    return sorted(hits, key=lambda hit: _SEVERITY.index(hit.action))


async def find_hits_aside(
    rules: Sequence[PromptRule], prompt: str, refused_prompts: Sequence[str]
) -> list[Hit]:
    """Do `find_hits` in a thread, so that the loop goes on.

    A thread can't be stopped from outside, and none has to be: `regex` keeps to its time by itself,
    and lets go of the interpreter while it matches, so that a bad pattern holds up nobody else.
    """
    return await asyncio.to_thread(find_hits, rules, prompt, refused_prompts)


def _check_words(text: str) -> str:
    if not can_be_found(text):
        raise InvalidRequestError(
            _(
                "There is no letter, digit or symbol in it by which it could be found. "
                "Please say a word."
            )
        )
    return " ".join(text.split())


def _check_percent(text: str) -> str:
    digits = text.removesuffix("%").strip()
    if not (digits.isascii() and digits.isdecimal() and LEAST_PERCENT <= int(digits) <= _WHOLE):
        raise InvalidRequestError(
            _(
                "Say in percent how alike the prompts have to be: a whole number from "
                "{fewest} to {most}. 85 is a good start.",
                fewest=LEAST_PERCENT,
                most=_WHOLE,
            )
        )
    return str(int(digits))


def _find(
    rule: PromptRule, prompt: str, plain: PlainText, likeness: float, budget: TimeBudget
) -> tuple[int, int] | Doubt | None:
    match rule.kind:
        case RuleKind.WORD:
            return find_words(rule.text, plain)
        case RuleKind.PATTERN:
            return find_pattern(rule.text, prompt, budget)
        case RuleKind.SIMILAR:
            return (0, len(prompt)) if likeness >= int(rule.text) else None


def _likeness(prompt: str, refused_prompts: Sequence[str], rules: Sequence[PromptRule]) -> float:
    """Return in percent how like the prompt is to that refused one which is most like it.

    The words are sorted first, so that their order does not count, and each one counts: a score
    that ignores what only one side has would find "a cat" in every prompt with a cat.
    """
    needed = [int(rule.text) for rule in rules if rule.kind is RuleKind.SIMILAR]
    words = skeleton(prompt)
    if not needed or not words:
        return 0.0
    best = process.extractOne(
        words,
        map(skeleton, refused_prompts),
        scorer=fuzz.token_sort_ratio,
        score_cutoff=min(needed),
    )
    return 0.0 if best is None else best[1]
