"""Regular expressions of strangers: which are taken, and how long one may take.

Two things can hang a program. Matching can: the `regex` library stops by itself after a time that
it is given, about `RULE_SECONDS`, and with `concurrent=True` it lets other threads run meanwhile.
Compiling can too, and has no limit of time: `a{9999999}` and twenty groups inside each other, each
repeated, grow without end. So a pattern is measured before it is compiled, and only the forms of
group are taken by which it can be measured.
"""

import time
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import Final

import regex

from bot.errors import InvalidRequestError
from bot.language import _

RULE_SECONDS: Final = 0.05
"""How long one pattern may look at one prompt."""
PROMPT_SECONDS: Final = 0.25
"""How long all patterns together may look at one prompt."""

_MOST_REPEATED: Final = 4096
"""How much a pattern may grow when its repetitions are written out; it is compiled in 0.2 s."""
_ESCAPED: Final = regex.compile(r"\\.", regex.DOTALL)
_SPECIAL_GROUP: Final = regex.compile(r"\(\?(?!:|=|!|>|<|P<|i\))|\(\*")
_REPETITION: Final = regex.compile(r"(?P<group>\)?)(?:[*+?]|\{(?P<counts>[^{}]*)\})")
_NUMBER: Final = regex.compile("[0-9]+")
_PROBE_CHARACTERS: Final = 2000
"""As long as a prompt is by default."""


class Doubt(Enum):
    """What is known of a prompt when a pattern did not come to its end."""

    NO_ANSWER = auto()


class TimeBudget:
    """The time that the patterns share for one prompt."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + PROMPT_SECONDS

    def share(self) -> float:
        """Return how many seconds the next pattern may have; not positive when none are left."""
        return min(RULE_SECONDS, self._ends_at - time.monotonic())


def check_pattern(text: str) -> None:
    """Try out a pattern before it becomes a rule; it can take half a second, so in a thread.

    Raises:
        InvalidRequestError: It will not do; the text says why.
    """
    pattern = compile_pattern(text)
    for probe in ("", *_probes(text)):
        match _search(pattern, probe, RULE_SECONDS):
            case Doubt():
                raise InvalidRequestError(
                    _(
                        "This pattern takes too long on some texts. Please make it simpler: for "
                        "example without a repetition inside a repeated group, and with fewer “.*”."
                    )
                )
            case (_, _) if not probe:
                raise InvalidRequestError(
                    _(
                        "This pattern also matches when there is nothing, so it would fire at "
                        "every prompt. Please add something that has to be there."
                    )
                )


def find_pattern(text: str, prompt: str, budget: TimeBudget) -> tuple[int, int] | Doubt | None:
    """Return where in `prompt` the pattern matches first, on the very characters that were typed.

    No case is told apart. A pattern that can't be compiled any more is in doubt as well.
    """
    try:
        pattern = compile_pattern(text)
    except InvalidRequestError:
        return Doubt.NO_ANSWER
    return _search(pattern, prompt, budget.share())


@lru_cache(maxsize=512)
def compile_pattern(text: str) -> regex.Pattern[str]:
    """Compile a pattern that is known to stay small.

    Raises:
        InvalidRequestError: It is not valid, or may become too large.
    """
    bare = _ESCAPED.sub("", text)
    if _SPECIAL_GROUP.search(bare):
        raise InvalidRequestError(
            _(
                "This pattern has a special group that rules do not know. Groups may begin with "
                "“(”, “(?:”, “(?=”, “(?!”, “(?<=”, “(?<!”, “(?>” or “(?P<name>”."
            )
        )
    if _growth(bare) > _MOST_REPEATED:
        raise InvalidRequestError(
            _(
                "The repetitions in this pattern add up to too much. Please use smaller numbers in "
                "the braces, and fewer groups that are repeated or optional."
            )
        )
    try:
        return regex.compile(text, regex.IGNORECASE, cache_pattern=False)
    except regex.error as error:
        at: int | None = getattr(error, "pos", None)  # which the type stubs do not know
        if at is None:
            raise InvalidRequestError(
                _("This is not a valid regular expression: something is wrong.")
            ) from None
        raise InvalidRequestError(
            _(
                "This is not a valid regular expression: something is wrong near character {at}.",
                at=min(at + 1, len(text)),
            )
        ) from None
    except RecursionError:
        raise InvalidRequestError(
            _("This pattern has too many groups inside each other. Please make it simpler.")
        ) from None


def _growth(bare: str) -> int:
    """Return at most how many times as large a pattern is with its repetitions written out.

    All repeated groups count as if they were inside each other, for only a parser could tell.
    """
    groups = single = 1
    for match in _REPETITION.finditer(bare):
        counts = [int(number) for number in _NUMBER.findall(match["counts"] or "")]
        if match["group"]:
            groups *= max([2, *counts])
        else:
            single = max([single, *counts])
    return groups * single


def _search(
    pattern: regex.Pattern[str], text: str, seconds: float
) -> tuple[int, int] | Doubt | None:
    if seconds <= 0:
        return Doubt.NO_ANSWER
    try:
        match = pattern.search(text, timeout=seconds, concurrent=True)
    except TimeoutError:
        return Doubt.NO_ANSWER
    return match.span() if match else None


def _probes(text: str) -> Iterator[str]:
    """Make long monotonous texts at which a bad pattern is likely to try for ever.

    It begins to when it can't succeed, so each one breaks off; and the library gives up early where
    a character is missing that the pattern needs, so all of those follow, out of reach.
    """
    literals = "".join(character for character in text if character.isalnum())
    for seed in dict.fromkeys(("a", "a ", "0", " ", literals, literals[:-1], *literals)):
        if seed:
            yield seed * (_PROBE_CHARACTERS // len(seed)) + f"\x00!\n{text}"
