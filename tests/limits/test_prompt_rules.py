import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import PromptRule, RuleAction, RuleKind
from bot.errors import InvalidRequestError
from bot.limits.prompt_rules import (
    RuleSetting,
    check_rule,
    find_hits,
    find_hits_aside,
    rule_from_values,
    rule_values,
)
from tests.limits.rules import parts, rule

BAD = "(a+)+$"
BAIT = "a" * 2000 + "!"
REFUSED = "a naked woman walks slowly along the beach at sunset, cinematic"


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        (RuleKind.WORD, "  kill \n  you ", "kill you"),
        (RuleKind.WORD, "Scunthorpe", "Scunthorpe"),
        (RuleKind.WORD, "🔞", "🔞"),
        (RuleKind.PATTERN, r" \bguns?\b ", r"\bguns?\b"),
        (RuleKind.SIMILAR, "85", "85"),
        (RuleKind.SIMILAR, " 085 % ", "85"),
        (RuleKind.SIMILAR, "50", "50"),
        (RuleKind.SIMILAR, "100%", "100"),
    ],
)
def test_a_new_rule_is_kept_in_a_clean_form(kind: RuleKind, text: str, kept: str) -> None:
    assert check_rule(kind, text) == kept


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (RuleKind.WORD, " \n", "The rule is empty"),
        (RuleKind.WORD, "\u200b", "no letter, digit or symbol"),
        (RuleKind.WORD, "...", "no letter, digit or symbol"),
        (RuleKind.WORD, "a" * 201, "has 201 characters; at most 200 fit"),
        (RuleKind.PATTERN, "", "The rule is empty"),
        (RuleKind.PATTERN, "(", "not a valid regular expression"),
        (RuleKind.PATTERN, BAD, "takes too long"),
        (RuleKind.SIMILAR, "49", "from 50 to 100"),
        (RuleKind.SIMILAR, "101", "from 50 to 100"),
        (RuleKind.SIMILAR, "very", "from 50 to 100"),
        (RuleKind.SIMILAR, "٨٥", "from 50 to 100"),
        (RuleKind.SIMILAR, "%", "from 50 to 100"),
    ],
)
def test_a_new_rule_that_will_not_do_is_refused(kind: RuleKind, text: str, sentence: str) -> None:
    with pytest.raises(InvalidRequestError, match=sentence):
        check_rule(kind, text)


def test_every_rule_that_fires_is_told_the_most_severe_first() -> None:
    rules = [
        rule("smoke", action=RuleAction.SPOILER, rule_id=1),
        rule("fire", action=RuleAction.HOLD, rule_id=2),
        rule("flood", action=RuleAction.REFUSE, rule_id=3),
        rule(r"b\w+s", RuleKind.PATTERN, RuleAction.REFUSE, rule_id=4),
        rule("fire", action=RuleAction.REFUSE, rule_id=5),
    ]
    prompt = "No smoke without FIRE, birds"

    hits = find_hits(rules, prompt, [])

    assert [hit.rule.id for hit in hits] == [4, 5, 2, 1]
    assert parts(prompt, hits) == ["birds", "FIRE", "FIRE", "smoke"]
    assert not any(hit.doubtful for hit in hits)


def test_no_rule_fires_at_an_innocent_prompt() -> None:
    rules = [rule("gun"), rule("gu+n", RuleKind.PATTERN), rule("85", RuleKind.SIMILAR)]

    assert find_hits(rules, "A begonia in the rain", [REFUSED]) == []
    assert find_hits([], "gun", [REFUSED]) == []


@pytest.mark.parametrize(
    ("own", "done"),
    [
        (RuleAction.REFUSE, RuleAction.HOLD),
        (RuleAction.HOLD, RuleAction.HOLD),
        (RuleAction.SPOILER, RuleAction.SPOILER),
    ],
)
def test_in_doubt_a_person_decides_at_most(own: RuleAction, done: RuleAction) -> None:
    (hit,) = find_hits([rule(BAD, RuleKind.PATTERN, own)], BAIT, [])

    assert hit.doubtful
    assert (hit.start, hit.end) == (0, len(BAIT))
    assert (hit.rule.action, hit.action) == (own, done)


def test_a_certain_refusal_comes_before_a_doubtful_one() -> None:
    rules = [rule(BAD, RuleKind.PATTERN, rule_id=1), rule("gun", rule_id=2)]

    hits = find_hits(rules, f"gun {BAIT}", [])

    assert [hit.rule.id for hit in hits] == [2, 1]
    assert [hit.action for hit in hits] == [RuleAction.REFUSE, RuleAction.HOLD]


def test_a_hundred_bad_patterns_leave_no_prompt_unwatched() -> None:
    bad = [rule(BAD, RuleKind.PATTERN, rule_id=number) for number in range(100)]
    last = rule("harmless", RuleKind.PATTERN, RuleAction.SPOILER, rule_id=100)

    hits = find_hits([last, *bad], BAIT, [])

    assert [hit.rule.id for hit in hits] == [*range(101)]
    assert all(hit.doubtful for hit in hits)


@pytest.mark.parametrize(
    "prompt",
    [
        REFUSED,
        REFUSED.upper() + "!!!",
        "cinematic: at sunset a naked woman walks slowly along the beach",
        "a n4ked wоman walks sl\u200bowly along the beach at sunset, cinematic",  # noqa: RUF001
        "a naked woman runs slowly along the beach at sunset, dramatic",
        "a naked woman walks slowly along a sandy beach at sunset, cinematic, 4k",
    ],
)
def test_a_refused_prompt_is_known_again(prompt: str) -> None:
    (hit,) = find_hits([rule("80", RuleKind.SIMILAR)], prompt, ["a cat", REFUSED])

    assert (hit.start, hit.end) == (0, len(prompt))


@pytest.mark.parametrize(
    "prompt",
    [
        "a woman",
        "sunset",
        "a naked mole rat digs a tunnel, macro shot, documentary",
        "an old man walks his dog along the river at dawn, cinematic",
        "the beach at sunset, waves, slow zoom, cinematic light, no people anywhere",
        "?!",
    ],
)
def test_another_prompt_with_some_of_its_words_is_not(prompt: str) -> None:
    assert find_hits([rule("80", RuleKind.SIMILAR)], prompt, [REFUSED, "...", ""]) == []


def test_a_short_refused_prompt_is_not_seen_in_each_longer_one() -> None:
    rules = [rule("80", RuleKind.SIMILAR)]

    assert find_hits(rules, "a cat sleeps on a warm car in the morning", ["a cat"]) == []
    assert len(find_hits(rules, "cat, a", ["a cat"])) == 1


def test_each_similarity_rule_has_its_own_threshold() -> None:
    rules = [
        rule("98", RuleKind.SIMILAR, rule_id=1),
        rule("70", RuleKind.SIMILAR, RuleAction.HOLD, rule_id=2),
    ]

    hits = find_hits(rules, REFUSED.replace("walks", "runs"), [REFUSED])

    assert [hit.rule.id for hit in hits] == [2]


@given(st.text(st.characters()), st.text(st.characters()), st.lists(st.text(), max_size=3))
def test_no_text_breaks_the_rules(word: str, prompt: str, refused: list[str]) -> None:
    rules: list[PromptRule] = [
        rule(word),
        rule(r"\w\b.", RuleKind.PATTERN),
        rule("50", RuleKind.SIMILAR),
    ]

    hits = find_hits(rules, prompt, refused)

    assert all(0 <= hit.start <= hit.end <= len(prompt) for hit in hits)


async def test_the_loop_goes_on_while_a_bad_pattern_runs() -> None:
    rules = [rule(BAD, RuleKind.PATTERN)]
    turns = 0

    search = asyncio.create_task(find_hits_aside(rules, BAIT, []))
    while not search.done():
        turns += 1
        await asyncio.sleep(0)

    (hit,) = search.result()
    assert hit.doubtful
    assert turns > 10


def test_a_rule_is_read_as_it_was_written_down() -> None:
    made = rule("kill you", action=RuleAction.HOLD)

    values = rule_values(made)

    assert values == {"kind": "word", "text": "kill you", "action": "hold"}
    assert rule_from_values(values) == RuleSetting(made.kind, made.text, made.action)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (None, "a kind, a text and an action"),
        ([], "a kind, a text and an action"),
        ({"kind": "word", "text": "a"}, "a kind, a text and an action"),
        ({"kind": "word", "text": 1, "action": "hold"}, "a kind, a text and an action"),
        ({"kind": "word", "text": "a", "action": "hold", "x": 1}, "nothing else"),
        ({"kind": "guess", "text": "a", "action": "hold"}, "word, pattern, similar"),
        ({"kind": "word", "text": "a", "action": "ban"}, "refuse, hold, spoiler"),
        ({"kind": "word", "text": " ", "action": "hold"}, "The rule is empty"),
        ({"kind": "pattern", "text": BAD, "action": "hold"}, "takes too long"),
    ],
)
def test_what_is_no_rule_is_refused(values: object, sentence: str) -> None:
    with pytest.raises(InvalidRequestError, match=sentence):
        rule_from_values(values)
