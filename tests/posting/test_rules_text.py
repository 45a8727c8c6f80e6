import discord

from bot.domain import RuleAction, RuleKind
from bot.limits.prompt_rules import Hit
from bot.posting.moderation.rules_text import (
    FILE_NAME,
    findings,
    plain_finding,
    rule_line,
    rules_list,
)
from tests.limits.rules import rule


def described(prompt: str, *hits: Hit) -> str:
    return findings(prompt, hits).description or ""


def test_a_rule_is_written_as_it_was_typed() -> None:
    assert "pattern \\*\\*a\\|b\\*\\*" in rule_line(rule("**a|b**", RuleKind.PATTERN))
    assert "similar 85 %" in rule_line(rule("85", RuleKind.SIMILAR))


def test_a_long_prompt_is_cut_around_what_was_found() -> None:
    prompt = "before " * 50 + "fox" + " after" * 50
    start = prompt.index("fox")

    text = described(prompt, Hit(rule("fox"), start, start + 3)).splitlines()[1]

    assert text.startswith("> …")
    assert text.endswith("…")
    assert "before __**fox**__ after" in text
    assert len(text) < 200


def test_a_rule_in_doubt_says_that_nobody_knows() -> None:
    hit = Hit(rule("(a+)+", RuleKind.PATTERN), 0, 4, doubtful=True)

    assert "hold for review" in described("aaaa", hit)
    assert "took too long" in described("aaaa", hit)
    assert "took too long" in plain_finding("aaaa", hit)


def test_what_was_found_stands_between_the_spaces_that_were_there() -> None:
    assert described("a fox", Hit(rule("a"), 0, 1)).endswith("> __**a**__ fox")
    assert described("a  fox", Hit(rule("fox"), 3, 6)).endswith("> a __**fox**__")
    assert described(" \n fox", Hit(rule("fox"), 3, 6)).endswith(">  __**fox**__")


def test_the_most_and_longest_findings_fit_one_message() -> None:
    prompt = "*" * 4000
    hit = Hit(rule("x", action=RuleAction.SPOILER, rule_id=2**31 - 1), 1000, 3000)

    text = described(prompt, *[hit] * 400)

    assert len(text) <= 4096
    assert text.endswith("… and 392 more.")


def test_a_list_that_fits_no_message_is_a_file_with_every_rule() -> None:
    listed = rules_list([rule("a" * 200, rule_id=number) for number in range(400)])

    assert isinstance(listed, discord.File)
    assert listed.filename == FILE_NAME
    assert len(listed.fp.read().decode().splitlines()) == 400
