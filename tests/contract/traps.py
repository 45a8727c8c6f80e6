"""The traps that the wire formats set, by their numbers, and which providers each concerns."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import pytest

from tests.contract.dialects import (
    COMETAPI,
    DIALECTS,
    GEEKNOW,
    GLOBALAIOPC,
    XAI,
    XINGCHAO,
    Dialect,
)

_NUMBERS: Final = re.compile(r"trap[-_](\d+)((?:_and_\d+)*)")


@dataclass(frozen=True, slots=True)
class Trap:
    """One way to misread an answer, or to write a request that is misread."""

    number: int
    name: str
    concerns: tuple[Dialect, ...] = DIALECTS
    because: str = ""
    """Why the other providers can't set it."""

    def __str__(self) -> str:
        return f"trap-{self.number:02}-{self.name.replace(' ', '-')}"


_IMAGINE: Final = (XAI, COMETAPI)
_KYY: Final = (GLOBALAIOPC, XINGCHAO)

_ALL: Final = (
    Trap(1, "only an id"),
    Trap(2, "202 without a body"),
    Trap(3, "success without a status"),
    Trap(4, "success without an address"),
    Trap(5, "an address without a video"),
    Trap(6, "an unknown status"),
    Trap(7, "case and synonyms of a status"),
    Trap(
        8,
        "two levels of status",
        (GEEKNOW, COMETAPI),
        "only servers of the new-api family wrap an answer",
    ),
    Trap(9, "200 with a business error"),
    Trap(10, "the address of another job"),
    Trap(11, "lost contact while polling"),
    Trap(12, "shapes of error"),
    Trap(13, "codes that are not errors"),
    Trap(
        14,
        "fail_reason holds the address",
        (GEEKNOW, COMETAPI),
        "the field is new-api's",
    ),
    Trap(15, "moderation in four places"),
    Trap(16, "500 for a bad request"),
    Trap(17, "429 for want of credit"),
    Trap(18, "400 for a wrong key", (XAI,), "the others say 401, or 200 with a text (trap 9)"),
    Trap(19, "plain text and pages"),
    Trap(20, "error texts that leak"),
    Trap(21, "types of a length"),
    Trap(22, "types of progress"),
    Trap(23, "writing of a resolution"),
    Trap(24, "times that are not set", (GEEKNOW, COMETAPI, *_KYY), "xAI's answers hold no times"),
    Trap(25, "ticks of 64 bits", _IMAGINE, "the others report no ticks"),
    Trap(26, "the name of the first frame", _IMAGINE, "the others know no first frame"),
    Trap(27, "the name of the references", (GEEKNOW, *_KYY), "those of xAI's shape are trap 26"),
    Trap(28, "the boundary of a form", (GEEKNOW,), "the others take JSON"),
    Trap(29, "defaults that change"),
    Trap(30, "a ratio beside an image"),
    Trap(31, "whose host gets the key"),
    Trap(32, "403 to outsiders"),
    Trap(33, "a file without end"),
    Trap(34, "an address that is not public"),
    Trap(35, "an unknown outcome"),
    Trap(36, "our timeout is not the end"),
    Trap(37, "source seconds are billed", _IMAGINE, "the others neither edit nor extend"),
)
TRAPS: Final = {trap.number: trap for trap in _ALL}


@dataclass(frozen=True, slots=True)
class Case:
    """One form of a trap; those that add to it hold what is answered and what must follow."""

    trap: int
    name: str
    only: tuple[Dialect, ...] = field(default=DIALECTS, kw_only=True)
    """Which of the providers that the trap concerns can set it in this form."""


def matrix(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """Run a test over `dialect` and `case`: each case at every provider that its trap concerns."""
    return pytest.mark.parametrize(
        ("dialect", "case"),
        [
            pytest.param(dialect, case, id=f"{TRAPS[case.trap]}-{case.name}-{dialect}")
            for case in cases
            for dialect in TRAPS[case.trap].concerns
            if dialect in case.only
        ],
    )


def concerned(number: int) -> pytest.MarkDecorator:
    """Run a test over `dialect`: every provider that a trap concerns."""
    trap = TRAPS[number]
    return pytest.mark.parametrize(
        "dialect", [pytest.param(one, id=f"{trap}-{one}") for one in trap.concerns]
    )


def numbers_in(name: str) -> set[int]:
    """Find the traps that the name of a test speaks of."""
    found = (f"{first}{more}" for first, more in _NUMBERS.findall(name))
    return {int(number) for text in found for number in text.split("_and_")}
