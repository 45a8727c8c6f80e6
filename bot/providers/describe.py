"""A model in words: what it is made from, how long, and what it costs."""

from collections.abc import Sequence
from decimal import Decimal
from math import ceil, floor
from typing import Final

from bot.domain import Mode
from bot.language import Phrase, Plural, _, listed, strung
from bot.providers.entries import ModelEntry, Price

UNKNOWN: Final = Phrase("unknown")
"""A price that nobody knows; it is not nothing."""
_MICROS: Final = 1_000_000
_REFERENCES: Final = Plural("one reference image", "up to {count} reference images")


def lengths(seconds: Sequence[int]) -> str:
    """Write whole seconds: "1 to 15", "6, 10 or 12", "10"."""
    is_range = len(seconds) > 2 and tuple(seconds) == tuple(range(seconds[0], seconds[-1] + 1))  # noqa: PLR2004 - "5 to 6" would be longer than "5 or 6"
    if is_range:
        return _("{first} to {last}", first=seconds[0], last=seconds[-1])
    return listed([str(length) for length in seconds], style="or")


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
        words.append(_("a prompt alone"))
    if Mode.IMAGE in entry.modes:
        words.append(_("one image as the first frame"))
    if Mode.REFERENCES in entry.modes:
        words.append(references(entry.most_references))
    if entry.editing is not None:
        longest = exact(entry.editing.longest_seconds)
        words.append(_("a video of up to {longest} seconds to edit", longest=longest))
    if entry.extending is not None:
        shortest = exact(entry.extending.shortest_seconds)
        longest = exact(entry.extending.longest_seconds)
        words.append(
            _(
                "a video of {shortest} to {longest} seconds to extend",
                shortest=shortest,
                longest=longest,
            )
        )
    return tuple(words)


def references(most: int) -> str:
    """Say how many reference images fit."""
    return _REFERENCES(most)


def _dollars(micros: int) -> str:
    """Write millionths of a dollar exactly: $0.07, $0.002, $1.20."""
    whole, _, part = f"{Decimal(micros) / _MICROS:.6f}".partition(".")
    return f"${whole}.{part.rstrip('0'):0<2}"


def price(known: Price | None) -> str:
    """Write what a model costs, without its source."""
    if known is None:
        return UNKNOWN()
    parts = [
        (known.per_call_micros, Phrase("{price} a video")),
        (known.per_image_micros, Phrase("{price} an image")),
        (known.per_source_second_micros, Phrase("{price} a second of the source video")),
    ]
    words = [say(price=_dollars(micros)) for micros, say in parts if micros]
    if known.per_second_micros:
        words.insert(1 if known.per_call_micros else 0, _per_second(known))
    return " + ".join(words) or _("nothing")


def _per_second(known: Price) -> str:
    rates = known.per_second_micros
    if len({*rates.values()}) == 1:
        return _("{price} a second", price=_dollars(next(iter(rates.values()))))
    each = [_("{price} at {size}", price=_dollars(one), size=size) for size, one in rates.items()]
    return _("{price} a second", price=strung(each))
