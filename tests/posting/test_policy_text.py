from datetime import timedelta
from typing import Any

import pytest

from bot.domain import (
    EVERYWHERE,
    Block,
    Change,
    Gauge,
    Limit,
    LimitKind,
    Policy,
    PolicyName,
    Scope,
    Unit,
)
from bot.limits.rulebook import Rulebook
from bot.posting.moderation import words_policies as words
from bot.posting.moderation.limit_choices import limit_key, read_limit_key, suggest_limits
from bot.posting.moderation.people_text import block_line
from bot.posting.moderation.policy_list import book_pages
from bot.posting.moderation.policy_text import (
    LONG_LINE,
    gauge_line,
    limit_change_text,
    limit_line,
    policy_change_text,
    policy_line,
    value_text,
)
from tests.manual_clock import START

GUILD = 11
MODERATOR = 7
TARGETS = {Scope.SERVER: GUILD, Scope.CHANNEL: 22, Scope.ROLE: 9, Scope.MEMBER: 33}
MANY = {"mode": "only", "items": [10**18 + number for number in range(100)]}
VALUES: dict[PolicyName, tuple[Any, str]] = {
    PolicyName.CHANNELS: ({"mode": "only", "items": [1, 2]}, "only in <#1>, <#2>"),
    PolicyName.ROLES: ({"mode": "except", "items": [3]}, "everyone but <@&3>"),
    PolicyName.MODELS: ({"mode": "except", "items": ["xai/grok"]}, "all but `xai/grok`"),
    PolicyName.LONGEST: (8, "at most 8 s"),
    PolicyName.RESOLUTION: ("720p", "at most 720p"),
    PolicyName.REFERENCES: (False, "not allowed"),
    PolicyName.AGE_RESTRICTED: (True, "age-restricted channels only"),
    PolicyName.PAUSE: ({"reason": "*lunch*"}, "paused: \\*lunch\\*"),
    PolicyName.REVIEW: (True, "each job"),
    PolicyName.NEWCOMERS: (7, "reviewed in their first 7 days"),
    PolicyName.CONFIRM_ABOVE: (350_000, "what costs more than $0.35"),
    PolicyName.STEP_DOWN: (
        {"percent": 80, "review": True},
        "from 80 % of a budget on: each job is reviewed",
    ),
    PolicyName.LOG_CHANNEL: (5, "<#5>"),
    PolicyName.REVIEW_CHANNEL: (6, "<#6>"),
    PolicyName.HIDE_AT: (3, "from 3 reports on"),
    PolicyName.REMOVE_FILES: (True, "deleted too"),
    PolicyName.OWN_CONTROLS: (True, "its requester only"),
    PolicyName.LANGUAGE: ("pl", "polski"),
    PolicyName.REACTIONS: (
        {"acts": {"favour": ["⭐"], "again": []}, "own": ["⭐"]},
        "⭐ for it; the bot puts up ⭐",
    ),
    PolicyName.GALLERY: (
        {"channel": 7, "votes": 3, "weekly": False},
        "<#7>, from 3 votes on",
    ),
}


def make_limit(
    amount: int = 5,
    scope: Scope = Scope.SERVER,
    target_id: int = GUILD,
    *,
    kind: LimitKind = LimitKind.DAY,
    unit: Unit = Unit.JOBS,
    set_by_id: int | None = MODERATOR,
) -> Limit:
    guild_id = 0 if scope in {Scope.EVERYWHERE, Scope.PERSON} else GUILD
    return Limit(guild_id, scope, target_id, kind, unit, amount, set_by_id, START)


@pytest.mark.parametrize("name", [*PolicyName])
def test_every_policy_can_be_written(name: PolicyName) -> None:
    value, written = VALUES[name]

    assert value_text(name, value) == written
    assert value_text(name, None)
    assert words.POLICIES[name]()


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        (PolicyName.AGE_RESTRICTED, False, "all channels"),
        (PolicyName.REFERENCES, True, "allowed"),
        (PolicyName.REVIEW, False, "none"),
        (PolicyName.PAUSE, {"reason": ""}, "paused"),
        (PolicyName.HIDE_AT, 0, "never"),
        (PolicyName.REMOVE_FILES, False, "kept"),
    ],
)
def test_its_opposite_is_written_as_well(name: PolicyName, value: object, written: str) -> None:
    assert value_text(name, value) == written


def test_a_long_list_is_cut_to_its_room_and_counted() -> None:
    text = value_text(PolicyName.CHANNELS, {"mode": "only", "items": list(range(1, 41))}, room=22)

    assert text == "only in <#1>, <#2>, <#3>, <#4> and 36 more"


@pytest.mark.parametrize("name", [PolicyName.CHANNELS, PolicyName.ROLES])
def test_a_change_of_the_longest_lists_fits_a_message(name: PolicyName) -> None:
    change = Change(MANY, {"mode": "except", "items": MANY["items"]})

    text = policy_change_text(Scope.SERVER, GUILD, name, change)

    assert len(text) < 2000
    assert text.count(" more") == 2


def test_the_longest_list_is_whole_on_a_page_of_its_own_kind() -> None:
    policy = Policy(GUILD, Scope.SERVER, GUILD, PolicyName.CHANNELS, MANY, MODERATOR, START)

    line = policy_line(policy, room=LONG_LINE)

    assert "more" not in line
    assert len(line) < 4000


def test_every_scope_kind_and_unit_has_a_name() -> None:
    named = {*words.SCOPES, *words.KINDS, *words.UNITS}

    assert named == {*Scope, *LimitKind, *Unit}


def test_a_limit_is_written_with_who_set_it_and_the_operator_s_is_marked() -> None:
    theirs = limit_line(make_limit(scope=Scope.MEMBER, target_id=33))
    ours = limit_line(make_limit(scope=Scope.EVERYWHERE, target_id=0, set_by_id=None))

    assert theirs == f"5 jobs a day for <@33>; set by <@7> <t:{START.timestamp():.0f}:d>"
    assert "set by the people who run this bot; only they can change it" in ours


def test_a_policy_is_written_with_whose_it_is() -> None:
    policy = Policy(GUILD, Scope.ROLE, 9, PolicyName.LONGEST, 8, MODERATOR, START)

    assert policy_line(policy).startswith(
        "longest video for members with <@&9>: at most 8 s; set by <@7>"
    )


def test_a_change_says_what_was_before_and_what_is_now() -> None:
    limit = limit_change_text(Scope.SERVER, GUILD, LimitKind.MONTH, Unit.MONEY, Change(None, 5))
    zero = limit_change_text(Scope.SERVER, GUILD, LimitKind.AT_ONCE, Unit.JOBS, Change(2, 0))
    policy = policy_change_text(
        Scope.SERVER, GUILD, PolicyName.REVIEW, Change(before=True, after=None)
    )

    assert limit == (
        "**Limit for this server:** not limited → $0.000005 a month\n"
        "Days and months are those of UTC."
    )
    assert zero == (
        "**Limit for this server:** 2 jobs at once → 0 jobs at once\nZero lets nothing through."
    )
    assert policy == "**Review** for this server\nBefore: each job\nNow: not set"


def test_a_change_that_is_none_says_that_it_was_so_before() -> None:
    same = Change(before=True, after=True)

    limit = limit_change_text(Scope.MEMBER, 33, LimitKind.AT_ONCE, Unit.JOBS, Change(2, 2))
    policy = policy_change_text(Scope.CHANNEL, 22, PolicyName.REFERENCES, same)

    assert limit == "Nothing changed. **Limit for <@33>:** 2 jobs at once"
    assert policy == "**Reference images** for <#22>\nIt was so before: allowed"


def test_a_block_of_the_operator_names_them() -> None:
    block = Block(EVERYWHERE, 5, None, "", None, START)

    assert block_line(block) == (
        "<@5>: blocked until somebody ends it, set by the people who run this bot"
    )


def test_a_gauge_over_its_limit_has_nothing_left_rather_than_less() -> None:
    line = gauge_line(Gauge(make_limit(2), used=3, until=START + timedelta(hours=1)))

    assert "3 jobs used, 0 jobs left, begins anew <t:" in line


def test_what_is_suggested_can_be_read_back() -> None:
    every = [
        make_limit(scope=scope, target_id=target, kind=kind, unit=unit)
        for scope, target in TARGETS.items()
        for kind in LimitKind
        for unit in Unit
    ]

    for limit in every:
        found = read_limit_key(limit_key(limit), GUILD)
        assert found == (limit.scope, limit.target_id, limit.kind, limit.unit)

    suggested = suggest_limits("", every, None)
    assert len(suggested) == 25
    assert all(len(choice.name) <= 100 for choice in suggested)
    names = {choice.name for choice in suggest_limits(" DAY jobs ", every, None)}
    assert names == {
        "5 jobs a day · this server",
        "5 jobs a day · channel 22",
        "5 jobs a day · role 9",
        "5 jobs a day · member 33",
    }


def test_hundreds_of_limits_fit_a_few_messages_and_the_rest_is_counted() -> None:
    many = tuple(make_limit(scope=Scope.MEMBER, target_id=10**17 + n) for n in range(400))

    pages = book_pages(Rulebook(many))

    assert len(pages) == 4
    assert all(len(str(page.description)) <= 4096 for page in pages)
    assert str(pages[-1].description).endswith("more lines.")
