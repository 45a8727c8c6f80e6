"""The operator's file of models: what it changes in the catalogue, or which line will not do."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from bot.domain import Mode
from bot.errors import ConfigurationError
from bot.language import listed
from bot.providers.catalogue import Catalogue
from bot.providers.describe import lengths
from bot.providers.entries import Editing, Extending, ModelEntry, Price
from bot.providers.override_form import NEEDED, ModelsFile, ModelTable, PriceTable

_NOT_FACTS: Final = ("offered", "editing", "extending", "price")
_TOP: Final = "the file"
_Problem = tuple[str, str]
"""A field, and what is wrong with it."""


def load_catalogue(
    built_in: Catalogue, path: Path | None, known_providers: Collection[str]
) -> Catalogue:
    """Apply the operator's file to what is built in; without a file nothing changes.

    Raises:
        ConfigurationError: The file will not do; the text names the file, the entry and the field.
    """
    return built_in if path is None else _Changes(path, built_in, known_providers).catalogue()


class _Changes:
    """One file, read against one catalogue."""

    def __init__(self, path: Path, built_in: Catalogue, known_providers: Collection[str]) -> None:
        self._path = path
        self._built_in = built_in
        self._providers = known_providers

    def catalogue(self) -> Catalogue:
        try:
            file = ModelsFile.model_validate(self._read())
        except ValidationError as error:
            raise self._unreadable(_TOP, error) from None
        entries = {entry.key: entry for entry in self._built_in}
        hidden, seen = set(self._built_in.hidden), set[str]()
        for number, raw in enumerate(file.model, start=1):
            table = self._table(raw, number)
            key = f"{table.provider}/{table.model}"
            if key in seen:
                raise self._problem(key, "model", "it is in the file twice")
            seen.add(key)
            entries[key] = self._entry(key, table, entries.get(key))
            (hidden.discard if table.offered else hidden.add)(key)
        for look, models in file.looks.items():
            self._check_look(look, models, entries.keys() - hidden)
        looks = {**self._built_in.looks, **file.looks}
        kept = {look: listed for look, listed in looks.items() if listed}
        try:
            return replace(
                self._built_in,
                entries=tuple(entries.values()),
                looks=kept,
                hidden=frozenset(hidden),
            )
        except ValueError as error:
            raise self._problem(_TOP, "model", str(error)) from None

    def _read(self) -> Mapping[str, Any]:
        try:
            return tomllib.loads(self._path.read_text(encoding="utf-8"), parse_float=Decimal)
        except OSError as error:
            text = f"The models file {self._path} can't be read: {error.strerror}."
            raise ConfigurationError(text) from error
        except UnicodeDecodeError:
            raise self._problem(_TOP, "text", "it is not UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            raise self._problem(_TOP, "text", f"it is not TOML: {error}") from None

    def _table(self, raw: Mapping[str, Any], number: int) -> ModelTable:
        names = [raw.get("provider"), raw.get("model")]
        named = "/".join(name for name in names if isinstance(name, str))
        where = named if all(isinstance(name, str) for name in names) else f"model {number}"
        try:
            table = ModelTable.model_validate(raw)
        except ValidationError as error:
            raise self._unreadable(where, error) from None
        if table.provider not in self._providers:
            known = listed([*self._providers])
            raise self._problem(where, "provider", f"there is no such provider; there are {known}")
        return table

    def _entry(self, key: str, table: ModelTable, before: ModelEntry | None) -> ModelEntry:
        values = _changed(table)
        if before is None:
            missing = next((name for name in NEEDED if name not in values), None)
            if missing is not None:
                text = "it must be given, for this model is not known yet"
                raise self._problem(key, missing, text)
            values = _of_new(self._siblings(table.provider)) | values
        else:
            known = {field.name: getattr(before, field.name) for field in fields(before)}
            values = known | values
        problems = (
            *_contradictions(values),
            *_video_contradictions(values),
            *_price_contradictions(table, values),
            *self._beyond(table.provider, values),
        )
        for field, text in problems:
            raise self._problem(key, field, text)
        return ModelEntry(**values)

    def _siblings(self, provider: str) -> list[ModelEntry]:
        return [entry for entry in self._built_in if entry.provider == provider]

    def _beyond(self, provider: str, values: Mapping[str, Any]) -> Iterator[_Problem]:
        """Find what the code for this provider does not do: it would be paid, and not be done."""
        siblings = self._siblings(provider)
        for mode in (Mode.EDIT, Mode.EXTEND):
            if mode in values["modes"] and not any(mode in one.modes for one in siblings):
                yield "modes", f"the bot can't {mode} videos with {provider}"
        ways = {one.transport for one in siblings}
        if ways and values["transport"] not in ways:
            yield "transport", f"the bot sends images to {provider} by {listed(sorted(ways))}"

    def _check_look(self, look: str, listed: tuple[str, ...], offered: Collection[str]) -> None:
        for key in listed:
            if key not in offered:
                raise self._problem("looks", look, f"{key!r} is no model that is offered")
            if listed.count(key) > 1:
                raise self._problem("looks", look, f"{key!r} is there twice")

    def _unreadable(self, where: str, error: ValidationError) -> ConfigurationError:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"] if part != "[key]")
        return self._problem(where, field, _said(first["type"], first["msg"]))

    def _problem(self, where: str, field: str, text: str) -> ConfigurationError:
        # A name in the file may hold anything, also line breaks.
        place = " ".join(f"{where}, {field}".split())
        return ConfigurationError(f"The models file {self._path} will not do: in {place}: {text}.")


def _said(kind: str, message: str) -> str:
    match kind:
        case "extra_forbidden":
            return "there is no such field"
        case "missing":
            return "it must be given"
        case "too_short":
            return "name at least one"
        case "string_pattern_mismatch":
            return "it is too long, empty, or holds a character that will not do"
        case _:
            text = message.removeprefix("Value error, ")
            return text.replace("Input should", "it should", 1)


def _changed(table: ModelTable) -> dict[str, Any]:
    """Take what the file says of a model; what a dropped mode needed goes with it."""
    said = table.given
    values = {name: value for name, value in said.items() if name not in _NOT_FACTS}
    if table.modes is not None:
        if Mode.REFERENCES not in table.modes:
            values = {"most_references": 0, "longest_with_references": None} | values
        values |= {"editing": None} if Mode.EDIT not in table.modes else {}
        values |= {"extending": None} if Mode.EXTEND not in table.modes else {}
    if table.editing is not None:
        values["editing"] = Editing(**table.editing.given)
    if table.extending is not None:
        values["extending"] = Extending(**table.extending.given)
    if table.price is not None:
        values["price"] = _price(table.price)
    return values


def _price(table: PriceTable) -> Price:
    return Price(
        source=table.source,
        per_call_micros=table.per_call,
        per_second_micros=table.per_second,
        per_image_micros=table.per_image,
        per_source_second_micros=table.per_source_second,
    )


def _of_new(siblings: Collection[ModelEntry]) -> dict[str, Any]:
    """Fill in what a new model need not say; its images travel as its provider's others do."""
    plain: dict[str, Any] = {
        "default_aspect_ratio": None,
        "most_references": 0,
        "longest_with_references": None,
        "editing": None,
        "extending": None,
        "price": None,
    }
    ways = [entry.transport for entry in siblings]
    return plain | ({"transport": ways[0]} if ways else {})


def _contradictions(values: Mapping[str, Any]) -> Iterator[_Problem]:
    """Find what does not fit together, by the field to change."""
    modes, seconds, resolutions = values["modes"], values["seconds"], values["resolutions"]
    ratios, longest = values["aspect_ratios"], values["longest_with_references"]
    has_references = Mode.REFERENCES in modes
    rules = (
        (bool(modes), "modes", "name at least one"),
        (
            values["default_seconds"] in seconds,
            "default_seconds",
            f"it must be one of the seconds, which are {lengths(seconds)}",
        ),
        (
            values["default_resolution"] in resolutions,
            "default_resolution",
            f"it must be one of {listed(resolutions)}",
        ),
        (
            values["default_aspect_ratio"] in (None, *ratios),
            "default_aspect_ratio",
            f"it must be one of {listed([*ratios, 'none'])}",
        ),
        (
            has_references == (values["most_references"] > 0),
            "most_references",
            "it must be above 0 if modes has references, and 0 if not",
        ),
        (
            longest is None or (has_references and longest >= seconds[0]),
            "longest_with_references",
            "it needs the mode references, and must not be below the shortest of the seconds",
        ),
    )
    yield from ((field, text) for is_kept, field, text in rules if not is_kept)


def _video_contradictions(values: Mapping[str, Any]) -> Iterator[_Problem]:
    for mode, field in ((Mode.EDIT, "editing"), (Mode.EXTEND, "extending")):
        if (mode in values["modes"]) != (values[field] is not None):
            yield field, f"this table and the mode {mode} go together"
    extending: Extending | None = values["extending"]
    if extending is not None and extending.default_seconds not in extending.seconds:
        yield "extending.default_seconds", f"it must be one of {lengths(extending.seconds)}"
    if extending is not None and extending.longest_seconds < extending.shortest_seconds:
        yield "extending.longest_seconds", "it is below shortest_seconds"


def _price_contradictions(table: ModelTable, values: Mapping[str, Any]) -> Iterator[_Problem]:
    """Hold the price and the resolutions together, whichever of the two the file gives."""
    price: Price | None = values["price"]
    limits = [limit for limit in (values["editing"], values["extending"]) if limit is not None]
    made = {*values["resolutions"], *(limit.resolution for limit in limits)}
    if table.price is not None:
        # Only a price from before may name more than is made now.
        for name in sorted(table.price.per_second.keys() - made):
            yield "price.per_second", f"the model has no resolution {name}"
    if price is not None and (missing := price.unpriced(made)):
        # What is not priced would be estimated too low, and paid all the same.
        yield "price.per_second", f"it must have a price for {listed(missing)} too"
