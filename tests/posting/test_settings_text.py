import pytest

from bot.domain import EVERYWHERE, Block, Change, Limit, LimitKind, Policy, PolicyName, Scope, Unit
from bot.posting.moderation.people_text import block_line
from bot.posting.moderation.settings_text import (
    change_text,
    limit_line,
    place_text,
    policy_line,
    settings_pages,
    value_text,
)
from bot.posting.moderation.words_access import TITLES
from tests.factories import GUILD
from tests.manual_clock import START

MANY = {"mode": "only", "items": [10**18 + number for number in range(100)]}


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        (Scope.EVERYWHERE, "all servers"),
        (Scope.PERSON, "each person"),
        (Scope.SERVER, "this server"),
        (Scope.CHANNEL, "<#5>"),
        (Scope.ROLE, "<@&5>"),
        (Scope.MEMBER, "<@5>"),
    ],
)
def test_each_scope_has_a_name(scope: Scope, text: str) -> None:
    assert place_text(scope, 5) == text


@pytest.mark.parametrize("name", PolicyName)
def test_each_policy_has_a_title_and_words_for_not_being_set(name: PolicyName) -> None:
    assert TITLES[name]
    assert value_text(name, None)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        (PolicyName.CHANNELS, {"mode": "except", "items": [5]}, "everywhere but in <#5>"),
        (PolicyName.RESOLUTION, "720p", "at most 720p"),
        (PolicyName.AGE_RESTRICTED, False, "all channels"),
        (PolicyName.CONFIRM_ABOVE, 350_000, "asked for above $0.35"),
        (PolicyName.STEP_DOWN, {"percent": 80, "review": True}, "from 80 % of a budget on: a"),
        (PolicyName.REVIEW_CHANNEL, 5, "<#5>"),
        (PolicyName.REVIEW, True, "yes"),
    ],
)
def test_a_value_is_written_in_words(name: PolicyName, value: object, text: str) -> None:
    assert value_text(name, value).startswith(text)


@pytest.mark.parametrize("name", [PolicyName.CHANNELS, PolicyName.ROLES])
def test_a_change_of_the_longest_lists_fits_a_message(name: PolicyName) -> None:
    change = Change(MANY, {"mode": "except", "items": MANY["items"]})

    text = change_text(name, Scope.SERVER, GUILD, change)

    assert len(text) < 2000
    assert text.count(" more") == 2


def test_a_limit_is_written_with_its_window() -> None:
    limit = Limit(GUILD, Scope.MEMBER, 5, LimitKind.MONTH, Unit.MONEY, 5_000_000, 1, START)

    assert limit_line(limit) == "**Limit** for <@5>: $5.00 a month"


def test_pages_fit_an_embed_and_count_what_is_left_out() -> None:
    policy = Policy(GUILD, Scope.SERVER, GUILD, PolicyName.CHANNELS, MANY, 1, START)

    pages = settings_pages([policy_line(policy)] * 9)

    texts = [str(page.description) for page in pages]
    assert [len(text) <= 4096 for text in texts] == [True] * 4
    assert texts[-1].endswith("… and 5 more; `/grok-admin settings export` has them all.")


def test_a_block_of_the_operator_names_them() -> None:
    block = Block(EVERYWHERE, 5, None, "", None, START)

    assert block_line(block) == (
        "<@5>: blocked until somebody ends it, set by the people who run this bot"
    )
