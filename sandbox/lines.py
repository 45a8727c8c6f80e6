"""What the people of the demo write and attach, in each language that they speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain import ENGLISH, Mode


@dataclass(frozen=True, slots=True)
class Lines:
    """The words of one language."""

    prompt: str
    changes: Mapping[Mode, str]
    """What a second video should change or add."""
    reference: str
    """Stands on the first attached picture, and with other numbers on the others."""
    others: tuple[str, ...]
    """What others ask for meanwhile."""


_LINES: Final = {
    ENGLISH: Lines(
        prompt="a red fox runs through fresh snow",
        changes={
            Mode.EDIT: "make it night, with a full moon",
            Mode.EXTEND: "the fox stops and looks into the camera",
        },
        reference="reference",
        others=("a lighthouse in a storm", "paper boats on a river"),
    ),
    "pl": Lines(
        prompt="rudy lis biegnie przez świeży śnieg",
        changes={
            Mode.EDIT: "niech będzie noc i pełnia księżyca",
            Mode.EXTEND: "lis zatrzymuje się i patrzy w kamerę",
        },
        reference="wzór",
        others=("latarnia morska w burzy", "papierowe łódki na rzece"),
    ),
    "zh-CN": Lines(
        prompt="一只赤狐在新雪中奔跑",
        changes={Mode.EDIT: "改成满月的夜晚", Mode.EXTEND: "狐狸停下来看向镜头"},
        reference="参考图",
        others=("暴风雨中的灯塔", "河上的纸船"),
    ),
}


def lines_in(language: str) -> Lines:
    """Return the words in a language; the English ones where nobody has written them yet."""
    return _LINES.get(language, _LINES[ENGLISH])
