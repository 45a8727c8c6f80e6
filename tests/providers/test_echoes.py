import json
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.echoes import without_echoes

PROMPT = 'A neon sign "NO CREDITS LEFT" blinks over a <b>door</b>,\nin 猫 street'
QUOTED = "a neon sign"


@pytest.mark.parametrize(
    "said",
    [
        f"cannot use: {PROMPT}",
        f"CANNOT USE: {PROMPT.upper()}",
        f"cannot use: {' '.join(PROMPT.split())}",
        f"cannot use: {json.dumps(PROMPT)}",
        f"cannot use: {json.dumps(PROMPT, ensure_ascii=False)}",
        f"cannot use: {escape(PROMPT)}",
        f"cannot use: {PROMPT[:30]}…",
        f"cannot use: …{PROMPT[5:]}",
        f"cannot use: …{PROMPT[8:40]}…",
    ],
)
def test_a_prompt_is_blanked_out_however_it_is_quoted(said: str) -> None:
    left = without_echoes(said, PROMPT)

    assert left.startswith("cannot use: ")
    assert not any(word in left for word in ("neon", "credits", "door", "street", "猫"))


def test_what_stands_around_it_is_kept() -> None:
    left = without_echoes(f"Invalid API key while reading '{PROMPT}'; top up", PROMPT)

    assert left.startswith("invalid api key while reading '…")
    assert left.endswith("…'; top up")


def test_a_short_prompt_is_a_quotation_only_as_words_of_their_own() -> None:
    assert without_echoes("Invalid API key: 'a', a.", "A") == "invalid api key: '…', …."
    assert without_echoes("cats, cat, CAT", "cat") == "cats, …, …"


@pytest.mark.parametrize("prompt", ["", " ", '"', "\n"])
def test_a_prompt_of_nothing_takes_nothing_away(prompt: str) -> None:
    assert without_echoes("Invalid  API key", prompt) == "invalid api key"


def test_less_than_twenty_characters_of_a_long_prompt_are_not_a_quotation() -> None:
    assert without_echoes(f"no {PROMPT[:19]}", PROMPT) == f"no {PROMPT[:19].lower().rstrip()}"


@given(st.text(max_size=30), st.text(min_size=1, max_size=60), st.text(max_size=30))
def test_no_text_is_too_strange(before: str, prompt: str, after: str) -> None:
    left = without_echoes(f"{before} {prompt} {after}", prompt)

    assert len(" ".join(prompt.lower().split())) < 20 or prompt.lower() not in left


def test_a_hostile_text_takes_no_time() -> None:
    assert len(without_echoes("credits " * 130_000, "credits " * 500)) < 8193
