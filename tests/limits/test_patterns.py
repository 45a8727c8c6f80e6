import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidRequestError
from bot.limits.patterns import Doubt, TimeBudget, check_pattern, compile_pattern, find_pattern

PIECES = [*"ab()[]^$.*+?{}|\\-10", "(?:", "(?=", "(?<=", "(?P<n>", ")+", "{2,40}", "\\w", "\\p{L}"]


@pytest.mark.parametrize(
    "pattern",
    [
        r"\bguns?\b",
        r"(?i)blood(y|ied)?",
        r"(?:big|small) (?=bomb)bomb(?! cyclone)",
        r"(?<=a )gun(?<!x)",
        r"(?P<word>[a-z]{2,5}) \g<word>",
        r"\d{3}-\d{3}-\d{4}",
        r"(very )?(naked|nude)( people)?( photos?)?",
        r"\(?nsfw\)?",
        r"[?(]nsfw",
        "炸弹|爆弾",
    ],
)
def test_an_ordinary_pattern_is_taken(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(gun", "not a valid regular expression: something is wrong near character 4."),
        ("[a-", "not a valid regular expression: something is wrong near character 3."),
        ("a**", "not a valid regular expression: something is wrong near character 3."),
        ("\\", "not a valid regular expression: something is wrong near character 1."),
        ("(?R)", "special group that rules do not know"),
        ("(?x) a", "special group that rules do not know"),
        ("(a)(?(1)b|c)", "special group that rules do not know"),
        ("(?P>again)", "special group that rules do not know"),
        ("(*FAIL)", "special group that rules do not know"),
        ("a{9999999}", "add up to too much"),
        ("((a{99}){99}){99}", "add up to too much"),
        ("(" * 20 + "a" + ")+" * 20, "add up to too much"),
        ("(" * 400 + "a" + ")" * 400, "too many groups inside each other"),
        ("a*", "when there is nothing"),
        ("(gun)?", "when there is nothing"),
        ("^", "when there is nothing"),
        ("(a+)+$", "takes too long"),
        (r"(a|aa)+$", "takes too long"),
        (r"(\w+\s?)*\.", "takes too long"),
        (r"(z+)+q", "takes too long"),
        (r"g.*u.*n.*g.*u.*n.*x", "takes too long"),
    ],
)
def test_a_bad_pattern_is_refused_with_its_reason(pattern: str, sentence: str) -> None:
    with pytest.raises(InvalidRequestError, match=sentence):
        check_pattern(pattern)


def test_a_pattern_sees_the_very_characters_that_were_typed() -> None:
    budget = TimeBudget()

    assert find_pattern("gun", "a GUN", budget) == (2, 5)
    assert find_pattern("gun", "a \uff47un", budget) is None
    assert find_pattern(r"\bé", "an É", budget) == (3, 4)


def test_a_stored_pattern_that_is_not_valid_any_more_is_in_doubt() -> None:
    assert find_pattern("(gun", "flowers", TimeBudget()) is Doubt.NO_ANSWER


def test_a_pattern_that_tries_for_ever_is_in_doubt() -> None:
    assert find_pattern("(a+)+$", "a" * 2000 + "!", TimeBudget()) is Doubt.NO_ANSWER


def test_nobody_looks_any_more_when_the_time_for_a_prompt_is_spent() -> None:
    budget, prompt = TimeBudget(), "a" * 2000 + "!"

    answers = [find_pattern("(a+)+$", prompt, budget) for _ in range(6)]

    assert answers == [Doubt.NO_ANSWER] * 6
    assert find_pattern("harmless", "flowers", budget) is Doubt.NO_ANSWER
    assert find_pattern("harmless", "flowers", TimeBudget()) is None


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_any_pattern_is_either_taken_or_refused(pattern: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except InvalidRequestError as error:
        assert str(error).endswith(".")  # noqa: PT017 - either way is right
    else:
        assert compiled.pattern == pattern
