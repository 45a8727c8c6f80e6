"""Which of the risks the collected tests of this folder are about."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.security.risks import risks_in

LEFT_OUT: Final = pytest.StashKey[int]()
"""How many tests were collected and then left out, by a keyword for instance."""
_FOLDER: Final = Path(__file__).parent


def ours(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Leave out what belongs to other folders."""
    return [item for item in items if item.path.parent == _FOLDER]


def is_whole(items: Iterable[pytest.Item]) -> bool:
    """Whether there are tests of every file of this folder."""
    return {path.name for path in _FOLDER.glob("test_*.py")} == {
        item.path.name for item in ours(items)
    }


def proofs_of(items: Iterable[pytest.Item]) -> dict[str, set[int]]:
    """Name the tests that are about risks, each with its risks."""
    found = {item.nodeid: risks_in(item.name.partition("[")[0]) for item in ours(items)}
    return {nodeid: risks for nodeid, risks in found.items() if risks}


def headline(proofs: Mapping[str, set[int]], *, passed: int) -> str:
    """Write down how much was proven."""
    risks = set().union(*proofs.values())
    return f"Security: {len(risks)} risks, {len(proofs)} tests; {passed} passed."
