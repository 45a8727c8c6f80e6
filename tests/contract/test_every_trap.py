from pathlib import Path

import pytest

from tests.contract.census import LEFT_OUT, Check, checks_of, headline, is_whole, ours, pairs_of
from tests.contract.dialects import GEEKNOW, XAI
from tests.contract.traps import TRAPS, numbers_in


@pytest.fixture
def checks(request: pytest.FixtureRequest) -> list[Check]:
    items = ours(request.session.items)
    if not is_whole(items) or request.config.stash.get(LEFT_OUT, 0):
        pytest.skip("only a part of the contract tests was selected")
    return checks_of(items)


def test_the_traps_are_numbered_without_a_gap() -> None:
    assert list(TRAPS) == list(range(1, 38))


def test_a_trap_that_not_every_provider_can_set_says_why() -> None:
    everybody = max(len(trap.concerns) for trap in TRAPS.values())

    silent = [str(trap) for trap in TRAPS.values() if len(trap.concerns) < everybody]

    assert [name for name in silent if not TRAPS[numbers_in(name).pop()].because] == []
    assert silent


def test_every_trap_is_in_the_name_of_a_test(checks: list[Check]) -> None:
    named = {trap for check in checks for trap in check.traps}

    assert sorted(TRAPS.keys() - named) == []
    assert sorted(named - TRAPS.keys()) == []


def test_every_trap_was_tried_on_every_provider_that_it_concerns(checks: list[Check]) -> None:
    wanted = {(trap.number, str(one)) for trap in TRAPS.values() for one in trap.concerns}

    assert sorted(wanted - pairs_of(checks)) == []


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("test_trap_04_without_an_address", {4}),
        ("test_trap_31_and_34_only_the_providers_own_origin", {31, 34}),
        ("test_trap_28_a_form[trap-27-6-files]", {27, 28}),
        ("test_an_answer[xai-trap-9-nothing]", {9}),
        ("test_no_entrapment_of_12", set()),
    ],
)
def test_the_numbers_are_read_from_a_name(name: str, numbers: set[int]) -> None:
    assert numbers_in(name) == numbers


def test_the_headline_counts_what_was_collected() -> None:
    checks = [
        Check("a", frozenset({3, 4}), XAI, None),
        Check("b", frozenset({4}), GEEKNOW, "502-page"),
        Check("c", frozenset({99}), None, None),
        Check("d", frozenset(), GEEKNOW, "502-page"),
    ]

    assert headline(checks, passed=3).replace("\N{MULTIPLICATION SIGN}", "x") == (
        "Contract matrix: 2 providers x 2 traps x 1 HTTP failures: 4 checks, 3 of them on traps "
        "(3 pairs of provider and trap); 3 passed."
    )


def test_a_part_of_the_tests_is_known_as_one(request: pytest.FixtureRequest) -> None:
    here = [item for item in request.session.items if item.path == Path(__file__)]

    assert here
    assert not is_whole(here)
