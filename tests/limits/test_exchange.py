import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import (
    Limit,
    LimitKind,
    Policy,
    PolicyName,
    PromptRule,
    RuleAction,
    RuleKind,
    Scope,
    Unit,
)
from bot.errors import InvalidRequestError
from bot.language import languages
from bot.limits.exchange import (
    MOST_SETTINGS,
    LimitSetting,
    PolicySetting,
    ServerSettings,
    read_settings,
    settings_of,
    write_settings,
)
from bot.limits.prompt_rules import MOST_RULES, RuleSetting
from bot.limits.rulebook import Rulebook
from bot.limits.values import LARGEST_AMOUNT, check_value, scopes_of
from bot.limits.windows import LONGEST_COOLDOWN
from tests.factories import GUILD
from tests.manual_clock import START

IDS = st.integers(1, 2**63 - 1)
NAMES = st.sampled_from(["geeknow/grok-video-3", "xai/grok-imagine-video-1.5", "a_b/c:D"])
SIZES = st.sampled_from(["480p", "720p", "4k"])
MODES = st.sampled_from(["only", "except"])


def listings(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(items, min_size=1, max_size=4)
    return st.fixed_dictionaries({"mode": MODES, "items": some})


EMOJIS = ["⭐", "❤️", "👍🏽", "🗑️", "spark:1234567890123456789"]
VALUES: dict[PolicyName, st.SearchStrategy[Any]] = {
    PolicyName.CHANNELS: listings(IDS),
    PolicyName.ROLES: listings(IDS),
    PolicyName.MODELS: listings(NAMES),
    PolicyName.LONGEST: st.integers(1, 600),
    PolicyName.RESOLUTION: SIZES,
    PolicyName.REFERENCES: st.booleans(),
    PolicyName.AGE_RESTRICTED: st.booleans(),
    PolicyName.REVIEW: st.booleans(),
    PolicyName.NEWCOMERS: st.integers(1, 365),
    PolicyName.CONFIRM_ABOVE: st.integers(0, 10**12),
    PolicyName.STEP_DOWN: st.fixed_dictionaries(
        {
            "percent": st.integers(1, 100),
            "longest": st.integers(1, 600),
            "resolution": SIZES,
            "review": st.just(True),  # noqa: FBT003 - hypothesis has no name for it
        }
    ),
    PolicyName.LOG_CHANNEL: IDS,
    PolicyName.REVIEW_CHANNEL: IDS,
    PolicyName.HIDE_AT: st.integers(1, 100),
    PolicyName.REMOVE_FILES: st.booleans(),
    PolicyName.OWN_CONTROLS: st.booleans(),
    PolicyName.LANGUAGE: st.sampled_from(languages()),
    PolicyName.REACTIONS: st.lists(st.sampled_from(EMOJIS), unique=True, max_size=4).map(
        lambda emojis: {"acts": {"favour": emojis}, "own": emojis[:2]}
    ),
    PolicyName.GALLERY: st.fixed_dictionaries(
        {"channel": IDS, "votes": st.integers(1, 1000), "weekly": st.booleans()}
    ),
}
OF_SERVERS = [Scope.SERVER, Scope.CHANNEL, Scope.ROLE, Scope.MEMBER]


@st.composite
def limit_settings(draw: st.DrawFn) -> LimitSetting:
    scope, kind = draw(st.sampled_from(OF_SERVERS)), draw(st.sampled_from(LimitKind))
    longest = int(LONGEST_COOLDOWN.total_seconds())
    return LimitSetting(
        scope,
        0 if scope is Scope.SERVER else draw(IDS),
        kind,
        draw(st.sampled_from(Unit)),
        draw(st.integers(0, longest if kind is LimitKind.COOLDOWN else LARGEST_AMOUNT)),
    )


@st.composite
def policy_settings(draw: st.DrawFn) -> PolicySetting:
    name = draw(st.sampled_from(list(VALUES)))
    scope = draw(st.sampled_from([one for one in OF_SERVERS if one in scopes_of(name)]))
    target = 0 if scope is Scope.SERVER else draw(IDS)
    return PolicySetting(scope, target, name, check_value(name, draw(VALUES[name])))


RULES = st.builds(
    RuleSetting,
    st.just(RuleKind.WORD),
    st.sampled_from(["fox", "red fox", "狐", "ﬀ"]),
    st.sampled_from(RuleAction),
) | st.builds(
    RuleSetting,
    st.sampled_from([RuleKind.SIMILAR]),
    st.integers(50, 100).map(str),
    st.sampled_from(RuleAction),
)


def unique(some: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(some, unique_by=lambda one: one.key, max_size=8).map(tuple)


@given(
    st.builds(ServerSettings, unique(limit_settings()), unique(policy_settings()), unique(RULES))
)
def test_what_is_written_is_read_back_as_it_was(carried: ServerSettings) -> None:
    assert read_settings(write_settings(carried).encode()) == carried


def test_every_policy_but_a_pause_can_be_carried() -> None:
    assert {*VALUES} == {*PolicyName} - {PolicyName.PAUSE}


def test_only_what_this_server_has_set_for_longer_is_carried() -> None:
    def policy(guild_id: int, name: PolicyName, value: object) -> Policy:
        scope = Scope.SERVER if guild_id else Scope.EVERYWHERE
        return Policy(guild_id, scope, guild_id, name, value, 1, START)

    book = Rulebook(
        limits=(
            Limit(GUILD, Scope.SERVER, GUILD, LimitKind.DAY, Unit.JOBS, 5, 1, START),
            Limit(0, Scope.EVERYWHERE, 0, LimitKind.DAY, Unit.JOBS, 9, None, START),
        ),
        policies=(
            policy(GUILD, PolicyName.LONGEST, 5),
            policy(GUILD, PolicyName.PAUSE, {"reason": "lunch"}),
            policy(0, PolicyName.LONGEST, 9),
        ),
    )

    rules = [
        PromptRule(1, 0, RuleKind.WORD, "fox", RuleAction.HOLD, None, START),
        PromptRule(2, GUILD, RuleKind.WORD, "red fox", RuleAction.REFUSE, 1, START),
    ]

    carried = settings_of(book, rules, GUILD)

    assert carried == ServerSettings(
        (LimitSetting(Scope.SERVER, 0, LimitKind.DAY, Unit.JOBS, 5),),
        (PolicySetting(Scope.SERVER, 0, PolicyName.LONGEST, 5),),
        (RuleSetting(RuleKind.WORD, "red fox", RuleAction.REFUSE),),
    )


def test_channels_and_roles_that_are_named_anywhere_are_found() -> None:
    named = ServerSettings(
        (LimitSetting(Scope.ROLE, 1, LimitKind.DAY, Unit.JOBS, 5),),
        (
            PolicySetting(Scope.CHANNEL, 2, PolicyName.ROLES, {"mode": "only", "items": [3]}),
            PolicySetting(Scope.SERVER, 0, PolicyName.CHANNELS, {"mode": "only", "items": [4]}),
            PolicySetting(Scope.SERVER, 0, PolicyName.LOG_CHANNEL, 5),
            PolicySetting(Scope.MEMBER, 6, PolicyName.LONGEST, 7),
        ),
    )

    assert named.channel_ids == {2, 4, 5}
    assert named.role_ids == {1, 3}


LIMIT = {"scope": "server", "kind": "day", "unit": "jobs", "amount": 5}
POLICY = {"scope": "server", "name": "longest", "value": 5}
RULE = {"kind": "word", "text": "fox", "action": "hold"}
WRONG: dict[str, tuple[object, str]] = {
    "a list": ([], "not an object"),
    "no version": ({"limits": []}, "does not say its version"),
    "the version true": ({"version": True}, "does not say its version"),
    "an old version": ({"version": 0}, "does not say its version"),
    "a newer version": ({"version": 2}, "newer version"),
    "a newer part": ({"version": 1, "badges": []}, "newer version"),
    "limits that are none": ({"version": 1, "limits": {}}, "“limits” is not a list"),
    "a limit that is a number": ({"version": 1, "limits": [5]}, "without kind"),
    "a limit without an amount": (
        {"version": 1, "limits": [{"kind": "day", "unit": "jobs"}]},
        "without kind",
    ),
    "a kind that is none": (
        {"version": 1, "limits": [LIMIT | {"kind": "year"}]},
        "there is none of",
    ),
    "a unit that is none": (
        {"version": 1, "limits": [LIMIT | {"unit": "apples"}]},
        "there is none of",
    ),
    "an amount of true": ({"version": 1, "limits": [LIMIT | {"amount": True}]}, "there is none of"),
    "a negative amount": ({"version": 1, "limits": [LIMIT | {"amount": -1}]}, "from zero up"),
    "an absurd amount": ({"version": 1, "limits": [LIMIT | {"amount": 10**30}]}, "from zero up"),
    "a scope of the operator": (
        {"version": 1, "limits": [LIMIT | {"scope": "everywhere"}]},
        "scope",
    ),
    "a server with a target": ({"version": 1, "limits": [LIMIT | {"target": "5"}]}, "scope"),
    "a role without a target": ({"version": 1, "limits": [LIMIT | {"scope": "role"}]}, "scope"),
    "a word too many": ({"version": 1, "policies": [POLICY | {"by": "me"}]}, "scope"),
    "a policy without a value": ({"version": 1, "policies": [{"name": "longest"}]}, "without name"),
    "a policy that is none": (
        {"version": 1, "policies": [POLICY | {"name": "colour"}]},
        "there is none of",
    ),
    "a pause": ({"version": 1, "policies": [POLICY | {"name": "pause"}]}, "there is none of"),
    "a value that is none": (
        {"version": 1, "policies": [POLICY | {"value": "long"}]},
        "between 1 and 600",
    ),
    "a scope it has not": (
        {
            "version": 1,
            "policies": [{"scope": "role", "target": "5", "name": "hide_at", "value": 3}],
        },
        "can't be set for a role",
    ),
    "a list of channels without its items": (
        {"version": 1, "policies": [POLICY | {"name": "channels", "value": {"mode": "only"}}]},
        "only",
    ),
    "one thing twice": ({"version": 1, "policies": [POLICY, POLICY]}, "twice"),
    "a rule that is a number": ({"version": 1, "rules": [5]}, "a kind, a text and an action"),
    "a rule of a kind that is none": (
        {"version": 1, "rules": [RULE | {"kind": "guess"}]},
        "no such kind of rule",
    ),
    "a pattern that takes too long": (
        {"version": 1, "rules": [RULE | {"kind": "pattern", "text": "(a+)+b"}]},
        "takes too long",
    ),
    "one rule with two actions": (
        {"version": 1, "rules": [RULE, RULE | {"action": "refuse"}]},
        "twice",
    ),
    "too many rules": (
        {
            "version": 1,
            "rules": [RULE | {"text": f"fox {number}"} for number in range(MOST_RULES + 1)],
        },
        "more than 200 rules",
    ),
    "too many": (
        {
            "version": 1,
            "limits": [
                LIMIT | {"scope": "member", "target": str(number)}
                for number in range(1, MOST_SETTINGS + 2)
            ],
        },
        "more than 500",
    ),
}


@pytest.mark.parametrize(("whole", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_file_that_will_not_do_gets_a_sentence(whole: object, sentence: str) -> None:
    with pytest.raises(InvalidRequestError, match=sentence):
        read_settings(json.dumps(whole).encode())


@pytest.mark.parametrize("raw", ["5", 5, "0", "-5", "٣", "9" * 19, "9" * 20, None, [], True])
def test_an_id_is_written_in_digits(raw: object) -> None:
    whole = {"version": 1, "policies": [POLICY | {"name": "log_channel", "value": raw}]}

    if raw == "5":
        assert read_settings(json.dumps(whole).encode()).channel_ids == {5}
        return
    with pytest.raises(InvalidRequestError, match="id that is none"):
        read_settings(json.dumps(whole).encode())


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"{", b'{"version": NaN}', b"[" * 100_000, b"9" * 5_000]
)
def test_bytes_that_are_no_settings_get_a_sentence(data: bytes) -> None:
    with pytest.raises(InvalidRequestError, match="no file of settings"):
        read_settings(data)


def test_a_mark_of_the_byte_order_is_passed_over() -> None:
    assert read_settings(b'\xef\xbb\xbf{"version": 1}') == ServerSettings()
