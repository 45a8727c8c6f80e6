"""The form of the operator's file of models: which fields it has and what each may hold."""

import re
from decimal import Decimal
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from bot.domain import Mode
from bot.providers.entries import Transport

LONGEST_SECONDS: Final = 60
"""What the commands take as a duration."""
MOST_REFERENCES: Final = 7
"""As many images as the command takes."""
_MOST_DOLLARS: Final = 1000
_MICROS: Final = 1_000_000
_RANGE: Final = re.compile(r"\s*([0-9]{1,3})\s*-\s*([0-9]{1,3})\s*")


def _read_lengths(given: object) -> object:
    """Spell "1-15" out."""
    if not isinstance(given, str):
        return given
    match = _RANGE.fullmatch(given)
    if match is None or int(match[1]) > int(match[2]):
        raise ValueError('give a list such as [6, 10] or a range such as "1-15"')
    return tuple(range(int(match[1]), int(match[2]) + 1))


def _sort(lengths: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*lengths}))


def _read_micros(given: object) -> object:
    """Turn dollars into micros without ever rounding a sum of money."""
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        raise ValueError('give dollars, such as "0.07"')  # noqa: TRY004 - pydantic shows a ValueError as a problem of the file
    try:
        dollars = Decimal(given)
    except ArithmeticError:
        raise ValueError('give dollars, such as "0.07"') from None
    if not dollars.is_finite() or not 0 <= dollars <= _MOST_DOLLARS:
        raise ValueError(f"give dollars from 0 to {_MOST_DOLLARS}")
    micros = dollars * _MICROS
    if micros != int(micros):
        raise ValueError("at most six decimals of a dollar are counted")
    return int(micros)


def _read_shape(given: object) -> object:
    return None if given == "none" else given


_Seconds = Annotated[int, Field(ge=1, le=LONGEST_SECONDS)]
_Lengths = Annotated[
    tuple[_Seconds, ...],
    BeforeValidator(_read_lengths),
    Field(min_length=1),
    AfterValidator(_sort),
]
_Limit = Annotated[float, Field(gt=0, le=3600)]
_Micros = Annotated[int, BeforeValidator(_read_micros)]
_Resolution = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[0-9A-Za-z]{1,16}$")
]
_Ratio = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}:[0-9]{1,5}$")]
_Shape = Annotated[_Ratio | None, BeforeValidator(_read_shape)]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Title = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f`*_~|<>@]{1,60}$")
]
_Model = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}$")]


class _Table(BaseModel):
    """A table of the file: a word that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def given(self) -> dict[str, Any]:
        """Return what the file says, and nothing that it leaves out."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class EditingTable(_Table):
    """`[model.editing]`: what can be edited."""

    longest_seconds: _Limit
    resolution: _Resolution


class ExtendingTable(_Table):
    """`[model.extending]`: what can be extended, and by how much."""

    seconds: _Lengths
    default_seconds: _Seconds
    shortest_seconds: _Limit
    longest_seconds: _Limit
    resolution: _Resolution


class PriceTable(_Table):
    """`[model.price]`: dollars, as text or as a number; its parts add up."""

    source: _Line
    per_call: _Micros | None = None
    per_second: dict[_Resolution, _Micros] = {}
    """One for every resolution; an empty table says nothing."""
    per_image: _Micros | None = None
    per_source_second: _Micros | None = None

    @model_validator(mode="after")
    def _says_a_price(self) -> Self:
        # Nothing at all would read as "free"; who means that can say per_call = 0.
        single = (self.per_call, self.per_image, self.per_source_second)
        if not self.per_second and all(part is None for part in single):
            raise ValueError("give per_call, per_second, per_image or per_source_second")
        return self


class ModelTable(_Table):
    """`[[model]]`: one model; for one that is known already, only what is different."""

    provider: str
    model: _Model
    offered: bool = True
    title: _Title | None = None
    modes: frozenset[Mode] | None = None
    seconds: _Lengths | None = None
    default_seconds: _Seconds | None = None
    resolutions: Annotated[tuple[_Resolution, ...], Field(min_length=1)] | None = None
    default_resolution: _Resolution | None = None
    aspect_ratios: tuple[_Ratio, ...] | None = None
    default_aspect_ratio: _Shape = None
    """The word "none" leaves the shape to the provider."""
    most_references: Annotated[int, Field(ge=0, le=MOST_REFERENCES)] | None = None
    longest_with_references: _Seconds | None = None
    transport: Transport | None = None
    editing: EditingTable | None = None
    extending: ExtendingTable | None = None
    price: PriceTable | None = None
    source: _Line | None = None


class ModelsFile(_Table):
    """The whole file, its tables unread."""

    model: tuple[dict[str, Any], ...] = ()
    looks: dict[
        Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")], tuple[str, ...]
    ] = {}


NEEDED: Final = (
    "title",
    "modes",
    "seconds",
    "default_seconds",
    "resolutions",
    "default_resolution",
    "aspect_ratios",
    "source",
)
"""What a model that is not known yet can't do without."""
