"""What every model can make; requests are checked against it and nothing else."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from bot.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of one provider, with the values that may be sent to it."""

    provider: str
    model: str
    title: str
    """As people read it."""
    seconds: tuple[int, ...]
    """Lengths in ascending order; one value means that the model knows no other."""
    default_seconds: int
    resolutions: tuple[str, ...]
    """Names in lower case, such as 720p; an adapter writes them its provider's way."""
    default_resolution: str
    aspect_ratios: tuple[str, ...]
    default_aspect_ratio: str | None
    """For a prompt alone; with reference images the shape is left to the provider."""
    most_references: int
    source: str
    """Where these facts come from."""

    @property
    def key(self) -> str:
        """Name the entry as members type it: two providers may have a model of one name."""
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models there are, in the order in which they are offered."""

    entries: tuple[ModelEntry, ...]

    def __iter__(self) -> Iterator[ModelEntry]:
        """Go through the entries, the first choice first."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.entries)

    def offered(self, providers_with_keys: Collection[str]) -> "Catalogue":
        """Narrow the catalogue to what can be had with the keys there are."""
        return Catalogue(
            tuple(entry for entry in self.entries if entry.provider in providers_with_keys)
        )

    def find(self, name: str) -> ModelEntry:
        """Find the model that a member or a setting calls `name`, with or without its provider.

        Raises:
            InvalidRequestError: No model, or more than one, is called so; the text says what is.
        """
        wanted = name.strip().lower()
        found = [entry for entry in self.entries if wanted in (entry.key, entry.model)]
        if len(found) == 1:
            return found[0]
        if not self.entries:
            raise InvalidRequestError("No video model is available at the moment.")
        if found:
            raise InvalidRequestError(
                f"More than one provider has that model. Choose one of: {_list(found)}."
            )
        raise InvalidRequestError(f"There is no such model. {self._suggestion(wanted)}")

    def _suggestion(self, wanted: str) -> str:
        names = {name: entry for entry in self.entries for name in (entry.model, entry.key)}
        close = {names[name].key: names[name] for name in get_close_matches(wanted, names, n=3)}
        if close:
            return f"Did you mean {_list(close.values())}?"
        return f"Available: {_list(self.entries)}."


def _list(entries: Collection[ModelEntry]) -> str:
    return ", ".join(f"`{entry.key}`" for entry in entries)


_GEEKNOW_PAGE: Final = (
    "docs.geeknow.top, Grok video generation (POST /v1/videos); the six references are"
    " the cap of a public client, for the page names none"
)


def _geeknow(model: str, title: str, seconds: tuple[int, ...], default: int) -> ModelEntry:
    return ModelEntry(
        provider="geeknow",
        model=model,
        title=title,
        seconds=seconds,
        default_seconds=default,
        resolutions=("720p", "1080p"),
        default_resolution="720p",
        aspect_ratios=("2:3", "3:2", "1:1"),
        default_aspect_ratio="3:2",
        most_references=6,
        source=_GEEKNOW_PAGE,
    )


CATALOGUE: Final = Catalogue(
    (
        # The page says "as sent" for the base model; 15 s is the longest that any of them makes.
        _geeknow("grok-video-3", "Grok Video 3", tuple(range(1, 16)), 6),
        _geeknow("grok-video-3-pro", "Grok Video 3 Pro", (10,), 10),
        _geeknow("grok-video-3-max", "Grok Video 3 Max", (15,), 15),
    )
)
