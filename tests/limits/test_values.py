from typing import Any

import pytest

from bot.domain import PolicyName, Scope
from bot.errors import InvalidRequestError
from bot.limits.values import (
    LONGEST_REASON,
    MOST_ITEMS,
    Listing,
    StepDown,
    check_value,
    height_of,
    listing_of,
    reason_of,
    scopes_of,
    step_down_of,
)
from tests.limits.asking import all_but, only, policy

BIG = 2**63
GALLERY = {"channel": 5, "votes": 3, "weekly": False}
TAKEN: list[tuple[PolicyName, Any, Any]] = [
    (PolicyName.CHANNELS, only(9, 7, 9), only(7, 9)),
    (PolicyName.CHANNELS, all_but(BIG - 1), all_but(BIG - 1)),
    (PolicyName.ROLES, all_but(7), all_but(7)),
    (PolicyName.MODELS, only("xai/grok-imagine-video"), only("xai/grok-imagine-video")),
    (PolicyName.LONGEST, 1, 1),
    (PolicyName.LONGEST, 600, 600),
    (PolicyName.RESOLUTION, " 720P ", "720p"),
    (PolicyName.RESOLUTION, "4K", "4k"),
    (PolicyName.REFERENCES, False, False),
    (PolicyName.AGE_RESTRICTED, True, True),
    (PolicyName.PAUSE, {"reason": " tidying up "}, {"reason": "tidying up"}),
    (PolicyName.REVIEW, True, True),
    (PolicyName.NEWCOMERS, 365, 365),
    (PolicyName.CONFIRM_ABOVE, 0, 0),
    (PolicyName.STEP_DOWN, {"percent": 80, "longest": 3}, {"percent": 80, "longest": 3}),
    (
        PolicyName.STEP_DOWN,
        {"percent": 100, "resolution": "480P", "review": True, "longest": None},
        {"percent": 100, "resolution": "480p", "review": True},
    ),
    (PolicyName.LOG_CHANNEL, 5, 5),
    (PolicyName.REVIEW_CHANNEL, 5, 5),
    (PolicyName.HIDE_AT, 3, 3),
    (PolicyName.REMOVE_FILES, True, True),
    (PolicyName.OWN_CONTROLS, True, True),
    (PolicyName.LANGUAGE, "pl", "pl"),
    (PolicyName.REACTIONS, {"acts": {}, "own": []}, {"acts": {}, "own": []}),
    (PolicyName.GALLERY, GALLERY, GALLERY),
]
REFUSED: list[tuple[PolicyName, Any, str]] = [
    (PolicyName.LANGUAGE, "tlh", "Choose a language: English, "),
    (PolicyName.LANGUAGE, ["pl"], "Choose a language: English, "),
    (PolicyName.CHANNELS, "only", "“only” or “except”"),
    (PolicyName.CHANNELS, {"mode": "never", "items": [1]}, "“only” or “except”"),
    (PolicyName.CHANNELS, {**only(1), "more": 1}, "“only” or “except”"),
    (PolicyName.CHANNELS, only(), "Name 1 to 100 channels"),
    (PolicyName.CHANNELS, only(*range(1, MOST_ITEMS + 2)), "Name 1 to 100 channels"),
    (PolicyName.CHANNELS, only(0), "Name 1 to 100 channels"),
    (PolicyName.CHANNELS, only(-1), "Name 1 to 100 channels"),
    (PolicyName.CHANNELS, only(BIG), "Name 1 to 100 channels"),
    (PolicyName.ROLES, {"mode": "only", "items": [True]}, "Name 1 to 100 roles"),
    (PolicyName.ROLES, only("7"), "Name 1 to 100 roles"),
    (PolicyName.ROLES, {"mode": "only", "items": [[1]]}, "Name 1 to 100 roles"),
    (PolicyName.MODELS, only("no-provider"), "Name 1 to 100 models"),
    (PolicyName.MODELS, only(5), "Name 1 to 100 models"),
    (PolicyName.MODELS, only("xai/" + "x" * 65), "Name 1 to 100 models"),
    (PolicyName.LONGEST, 0, "between 1 and 600"),
    (PolicyName.LONGEST, -5, "between 1 and 600"),
    (PolicyName.LONGEST, 601, "between 1 and 600"),
    (PolicyName.LONGEST, True, "between 1 and 600"),
    (PolicyName.LONGEST, 6.5, "between 1 and 600"),
    (PolicyName.LONGEST, None, "between 1 and 600"),
    (PolicyName.RESOLUTION, "huge", "is no size"),
    (PolicyName.RESOLUTION, 720, "Name a size"),
    (PolicyName.REFERENCES, "no", "Say yes or no"),
    (PolicyName.PAUSE, "why", "Say why"),
    (PolicyName.PAUSE, {"reason": "x" * (LONGEST_REASON + 1)}, "Say why"),
    (PolicyName.PAUSE, {"reason": "x", "until": 1}, "Say why"),
    (PolicyName.CONFIRM_ABOVE, -1, "between 0 and"),
    (PolicyName.CONFIRM_ABOVE, 10**13, "between 0 and"),
    (PolicyName.STEP_DOWN, 80, "Say at which percent"),
    (PolicyName.STEP_DOWN, {"percent": 80, "colour": "red"}, "Say at which percent"),
    (PolicyName.STEP_DOWN, {"longest": 3}, "The percent must be"),
    (PolicyName.STEP_DOWN, {"percent": 101, "longest": 3}, "The percent must be"),
    (PolicyName.STEP_DOWN, {"percent": 80}, "Say what is made smaller"),
    (PolicyName.STEP_DOWN, {"percent": 80, "review": False}, "Say what is made smaller"),
    (PolicyName.STEP_DOWN, {"percent": 80, "review": "yes"}, "Say yes or no"),
    (PolicyName.STEP_DOWN, {"percent": 80, "longest": 0}, "The length in seconds"),
    (PolicyName.STEP_DOWN, {"percent": 80, "resolution": "x"}, "is no size"),
    (PolicyName.LOG_CHANNEL, 0, "Choose a channel"),
    (PolicyName.REVIEW_CHANNEL, "here", "Choose a channel"),
    (PolicyName.HIDE_AT, 101, "The number of reports"),
]


@pytest.mark.parametrize(("name", "value", "stored"), TAKEN)
def test_a_value_is_stored_in_one_way(name: PolicyName, value: object, stored: object) -> None:
    assert check_value(name, value) == stored


@pytest.mark.parametrize(("name", "value", "told"), REFUSED)
def test_a_value_that_makes_no_sense_is_refused_with_what_does(
    name: PolicyName, value: object, told: str
) -> None:
    with pytest.raises(InvalidRequestError, match=told):
        check_value(name, value)


def test_no_policy_is_without_a_value_that_it_takes() -> None:
    assert {name for name, _, _ in TAKEN} == set(PolicyName)


@pytest.mark.parametrize("name", PolicyName)
def test_a_policy_belongs_to_a_server_at_least(name: PolicyName) -> None:
    assert Scope.SERVER in scopes_of(name)


@pytest.mark.parametrize(
    ("size", "lines"), [("480p", 480), ("1080P", 1080), (" 2k ", 1080), ("4K", 2160)]
)
def test_sizes_are_compared_by_their_lines(size: str, lines: int) -> None:
    assert height_of(size) == lines


@pytest.mark.parametrize("size", ["", "p", "72p", "12345p", "0k", "720", "720p\n1"])
def test_what_is_no_size_is_said_to_be_none(size: str) -> None:
    with pytest.raises(InvalidRequestError, match="is no size"):
        height_of(size)


@pytest.mark.parametrize(
    ("listing", "found", "is_allowed"),
    [
        (Listing(is_only=True, items=frozenset({1, 2})), (2, 5), True),
        (Listing(is_only=True, items=frozenset({1, 2})), (5,), False),
        (Listing(is_only=True, items=frozenset({1, 2})), (), False),
        (Listing(is_only=False, items=frozenset({1, 2})), (2, 5), False),
        (Listing(is_only=False, items=frozenset({1, 2})), (5,), True),
    ],
)
def test_a_listing_is_only_these_or_all_but_these(
    listing: Listing, found: tuple[int, ...], *, is_allowed: bool
) -> None:
    assert listing.allows(*found) is is_allowed


def test_what_was_stored_is_read_back() -> None:
    listing = listing_of(policy(PolicyName.CHANNELS, all_but(3)))
    step = step_down_of(policy(PolicyName.STEP_DOWN, {"percent": 80, "review": True}))

    assert listing == Listing(is_only=False, items=frozenset({3}))
    assert step == StepDown(80, review=True)
    assert reason_of(policy(PolicyName.PAUSE, {"reason": "tidying up"})) == "tidying up"
