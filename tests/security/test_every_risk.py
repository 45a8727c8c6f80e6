from pathlib import Path

import pytest

from tests.security.census import LEFT_OUT, headline, is_whole, ours, proofs_of
from tests.security.risks import RISKS, risks_in


def test_the_risks_are_numbered_without_a_gap() -> None:
    assert list(RISKS) == list(range(1, 21))


def test_every_risk_is_in_the_name_of_a_test(request: pytest.FixtureRequest) -> None:
    items = request.session.items
    if not is_whole(items) or request.config.stash.get(LEFT_OUT, 0):
        pytest.skip("only a part of the security tests was selected")

    named = set().union(*proofs_of(items).values())

    assert sorted(RISKS.keys() - named) == []
    assert sorted(named - RISKS.keys()) == []


@pytest.mark.parametrize(
    ("name", "risks"),
    [
        ("test_risk_04_a_key_stays_inside", {4}),
        ("test_risk_14_and_15_a_crowd", {14, 15}),
        ("test_a_brisk_12", set()),
        ("test_a_risk", set()),
    ],
)
def test_the_numbers_are_read_from_a_name(name: str, risks: set[int]) -> None:
    assert risks_in(name) == risks


def test_the_headline_counts_what_was_collected() -> None:
    assert headline({"a": {3, 4}, "b": {4}}, passed=1) == ("Security: 2 risks, 2 tests; 1 passed.")


def test_a_part_of_the_tests_is_known_as_one(request: pytest.FixtureRequest) -> None:
    here = [item for item in ours(request.session.items) if item.path == Path(__file__)]

    assert here
    assert not is_whole(here)
