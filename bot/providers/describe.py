"""A model in words: what it is made from, how long, and what it costs."""

from collections.abc import Sequence
from decimal import Decimal
from math import ceil, floor
from typing import Final

from bot.domain import Mode
from bot.providers.entries import ModelEntry, Price

UNKNOWN: Final = "unknown"
"""A price that nobody knows; it is not nothing."""
_MICROS: Final = 1_000_000


def list_words(words: Sequence[str], *, last: str = "and") -> str:
    """Join words as people write them."""
    if len(words) < 2:  # noqa: PLR2004 - one word needs no joining
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def lengths(seconds: Sequence[int]) -> str:
    """Write whole seconds: "1 to 15", "6, 10 or 12", "10"."""
    is_range = len(seconds) > 2 and tuple(seconds) == tuple(range(seconds[0], seconds[-1] + 1))  # noqa: PLR2004 - "5 to 6" would be longer than "5 or 6"
    if is_range:
        return f"{seconds[0]} to {seconds[-1]}"
    return list_words([str(length) for length in seconds], last="or")


def exact(seconds: float) -> str:
    """Write a limit in seconds without needless decimals."""
    return f"{seconds:g}"


def rounded_up(seconds: float) -> str:
    """Write a length that is too long, so that it never looks like the limit."""
    return exact(ceil(seconds * 10) / 10)


def rounded_down(seconds: float) -> str:
    """Write a length that is too short, likewise."""
    return exact(floor(seconds * 10) / 10)


def takes(entry: ModelEntry) -> tuple[str, ...]:
    """List what `entry` makes videos from."""
    words = []
    if Mode.TEXT in entry.modes:
        words.append("a prompt alone")
    if Mode.IMAGE in entry.modes:
        words.append("one image as the first frame")
    if Mode.REFERENCES in entry.modes:
        words.append(references(entry.most_references))
    if entry.editing is not None:
        words.append(f"a video of up to {exact(entry.editing.longest_seconds)} seconds to edit")
    if entry.extending is not None:
        shortest, longest = entry.extending.shortest_seconds, entry.extending.longest_seconds
        words.append(f"a video of {exact(shortest)} to {exact(longest)} seconds to extend")
    return tuple(words)


def references(most: int) -> str:
    """Say how many reference images fit."""
    return "one reference image" if most == 1 else f"up to {most} reference images"


def _dollars(micros: int) -> str:
    """Write millionths of a dollar exactly: $0.07, $0.002, $1.20."""
    whole, _, part = f"{Decimal(micros) / _MICROS:.6f}".partition(".")
    return f"${whole}.{part.rstrip('0'):0<2}"


def price(known: Price | None) -> str:
    """Write what a model costs, without its source."""
    if known is None:
        return UNKNOWN
    parts = [
        (known.per_call_micros, "a video"),
        (known.per_image_micros, "an image"),
        (known.per_source_second_micros, "a second of the source video"),
    ]
    words = [f"{_dollars(micros)} {what}" for micros, what in parts if micros]
    if known.per_second_micros:
        words.insert(1 if known.per_call_micros else 0, _per_second(known))
    return " + ".join(words) or "nothing"


def _per_second(known: Price) -> str:
    rates = known.per_second_micros
    if len({*rates.values()}) == 1:
        return f"{_dollars(next(iter(rates.values())))} a second"
    each = ", ".join(f"{_dollars(micros)} at {name}" for name, micros in rates.items())
    return f"{each} a second"
