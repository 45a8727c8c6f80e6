"""Entries of a catalogue, made for one test."""

from typing import Any

from bot.domain import Mode
from bot.providers.entries import Editing, Extending, ModelEntry, Price

EDITING = Editing(longest_seconds=8.7, resolution="720p")
EXTENDING = Extending(
    seconds=(2, 3, 4, 5, 6),
    default_seconds=4,
    shortest_seconds=2.0,
    longest_seconds=15.0,
    resolution="720p",
)
PRICE = Price(
    source="a test",
    per_second_micros={"480p": 50_000, "720p": 70_000},
    per_image_micros=2_000,
    per_source_second_micros=10_000,
)


def make_model(model: str = "model-1", **changes: Any) -> ModelEntry:  # noqa: ANN401 - the fields of an entry
    """Make a model that can do everything, but for the changes."""
    fields: dict[str, Any] = {
        "provider": "scripted",
        "title": "Model One",
        "modes": frozenset(Mode),
        "seconds": tuple(range(1, 16)),
        "default_seconds": 6,
        "resolutions": ("480p", "720p"),
        "default_resolution": "720p",
        "aspect_ratios": ("16:9", "1:1"),
        "default_aspect_ratio": "16:9",
        "most_references": 7,
        "longest_with_references": 10,
        "editing": EDITING,
        "extending": EXTENDING,
        "price": PRICE,
        "source": "a test",
    }
    return ModelEntry(model=model, **(fields | changes))


def make_plain(model: str = "plain-1", **changes: Any) -> ModelEntry:  # noqa: ANN401 - likewise
    """Make a model for prompts alone and up to two references, of unknown price."""
    plain: dict[str, Any] = {
        "title": "Plain One",
        "modes": frozenset({Mode.TEXT, Mode.REFERENCES}),
        "most_references": 2,
        "longest_with_references": None,
        "editing": None,
        "extending": None,
        "price": None,
    }
    return make_model(model, **(plain | changes))


def make_image_only(model: str = "image-1", **changes: Any) -> ModelEntry:  # noqa: ANN401 - likewise
    """Make a model that needs exactly one image."""
    only: dict[str, Any] = {
        "title": "Image One",
        "modes": frozenset({Mode.IMAGE}),
        "most_references": 0,
        "default_aspect_ratio": None,
    }
    return make_plain(model, **(only | changes))
