"""What the collected tests of this folder cover: providers, traps and failures over HTTP."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.contract.dialects import COMETAPI, GEEKNOW, GLOBALAIOPC, XAI, Dialect
from tests.contract.traps import TRAPS, numbers_in

LEFT_OUT: Final = pytest.StashKey[int]()
"""How many tests were collected and then left out, by a keyword for instance."""
_FOLDER: Final = Path(__file__).parent

_TIMES: Final = " \N{MULTIPLICATION SIGN} "
_OWN_FILES: Final = {
    "test_geeknow": GEEKNOW,
    "test_xai": XAI,
    "test_cometapi": COMETAPI,
    "test_kyy": GLOBALAIOPC,
}
"""The files about one provider, by how their names begin."""


@dataclass(frozen=True, slots=True)
class Check:
    """One collected test."""

    nodeid: str
    traps: frozenset[int]
    dialect: Dialect | None
    failing: str | None
    """Which failure over HTTP it is about."""


def ours(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Leave out what belongs to other folders."""
    return [item for item in items if item.path.parent == _FOLDER]


def is_whole(items: Iterable[pytest.Item]) -> bool:
    """Whether there are tests of every file of this folder."""
    files = {path.name for path in _FOLDER.glob("test_*.py")}
    return files == {item.path.name for item in ours(items)}


def checks_of(items: Iterable[pytest.Item]) -> list[Check]:
    """Read what each test of this folder is about, by its parameters, its name and its file."""
    return [_check(item) for item in ours(items)]


def pairs_of(checks: Iterable[Check]) -> set[tuple[int, str]]:
    """Name each trap with each provider that it was tried on."""
    return {(trap, str(one.dialect)) for one in checks if one.dialect for trap in one.traps}


def headline(checks: Sequence[Check], *, passed: int) -> str:
    """Write the size of the matrix down."""
    providers = {str(one.dialect) for one in checks if one.dialect}
    traps = {trap for one in checks for trap in one.traps} & TRAPS.keys()
    failures = {one.failing for one in checks if one.failing}
    factors = (
        f"{len(providers)} providers",
        f"{len(traps)} traps",
        f"{len(failures)} HTTP failures",
    )
    on_traps = sum(bool(one.traps) for one in checks)
    return (
        f"Contract matrix: {_TIMES.join(factors)}: {len(checks)} checks, {on_traps} of them on "
        f"traps ({len(pairs_of(checks))} pairs of provider and trap); {passed} passed."
    )


def _check(item: pytest.Item) -> Check:
    callspec = getattr(item, "callspec", None)
    parameters = {} if callspec is None else callspec.params
    dialect = parameters.get("dialect") or _dialect_of_file(item.path.stem)
    failing = parameters.get("failing")
    name = item.nodeid.partition("::")[2]
    return Check(
        item.nodeid,
        frozenset(numbers_in(name)),
        dialect,
        None if failing is None else str(failing),
    )


def _dialect_of_file(stem: str) -> Dialect | None:
    return next((one for start, one in _OWN_FILES.items() if stem.startswith(start)), None)
