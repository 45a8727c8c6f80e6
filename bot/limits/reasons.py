"""Why a moderator is asked: kept in English with the case, and said in any language."""

import re
from collections.abc import Sequence
from typing import Final

from bot.language import Phrase, Plural, strung

ROLE: Final = Phrase("a role of the member is reviewed")
BUDGET: Final = Phrase("most of the budget is used")
CHANNEL: Final = Phrase("this channel is reviewed")
SERVER: Final = Phrase("this server is reviewed")
NEWCOMER: Final = Phrase("the member is new here")
APPEAL: Final = Phrase("its requester asks to think again")
REPORT: Final = Phrase("A member reported this video.")
_FIXED: Final = (ROLE, BUDGET, CHANNEL, SERVER, NEWCOMER, APPEAL, REPORT)
_RULES: Final = Plural("prompt rule {rules}", "prompt rules {rules}")
_DOUBTFUL: Final = Phrase("{rule} (it had no time to say)")
_REPORTED: Final = Phrase("A member reported this video. Their words: {words}")
_NO_TIME: Final = " (it had no time to say)"
_RULE: Final = rf"[0-9]+(?:{re.escape(_NO_TIME)})?"
_OF_RULES: Final = re.compile(rf"prompt rules? (?P<rules>{_RULE}(?:, {_RULE})*)")
_OF_REPORT: Final = re.compile(
    r"A member reported this video\. Their words: (?P<words>.*)", re.DOTALL
)


def of_rules(rules: Sequence[tuple[int, bool]]) -> str:
    """Write which rules about prompts want a moderator, each with whether it is in doubt."""
    named = [f"{rule_id}{_NO_TIME}" if doubtful else f"{rule_id}" for rule_id, doubtful in rules]
    return f"prompt rule{'' if len(named) == 1 else 's'} {', '.join(named)}"


def of_report(words: str) -> str:
    """Write that a member reported it, with what they said, if they did."""
    return f"{REPORT.message} Their words: {words}" if words else REPORT.message


def said(why: str) -> str:
    """Say what is kept with a case; what another version kept is said as it is."""
    for phrase in _FIXED:
        if why == phrase.message:
            return phrase()
    by_rules, by_report = _OF_RULES.fullmatch(why), _OF_REPORT.fullmatch(why)
    if by_rules is not None:
        rules = by_rules["rules"].split(", ")
        return _RULES(len(rules), rules=strung(map(_rule, rules)))
    return why if by_report is None else _REPORTED(words=by_report["words"])


def _rule(kept: str) -> str:
    number = kept.removesuffix(_NO_TIME)
    return number if number == kept else _DOUBTFUL(rule=number)
