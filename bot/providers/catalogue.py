"""What every model can make, and the looks that list models in order: all there is to choose."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import Final

from bot.domain import Job, VideoSpec
from bot.errors import InvalidRequestError
from bot.language import _, strung
from bot.providers.entries import ModelEntry, Transport

LOOKS: Final[Mapping[str, tuple[str, ...]]] = {
    # Short and cheap first: per-second list prices where they are known, then small models.
    "fast": (
        "geeknow/grok-video-3",
        "xai/grok-imagine-video",
        "cometapi/grok-imagine-video",
        "globalaiopc/grok_video3",
        "xingchao/grok_video3",
    ),
    # The model of xAI itself first, then the relays of it, then the longer ones of the others.
    "balanced": (
        "xai/grok-imagine-video",
        "cometapi/grok-imagine-video",
        "geeknow/grok-video-3-pro",
        "geeknow/grok-video-3",
        "globalaiopc/grok_video3",
        "xingchao/grok_video3",
    ),
    # The newest and longest of each, whatever they cost.
    "best": (
        "xai/grok-imagine-video-1.5",
        "cometapi/grok-imagine-video-1.5",
        "geeknow/grok-video-3-max",
        "globalaiopc/grok_video3_max",
        "xingchao/grok_video3_max",
    ),
}
"""The looks as they come; an operator's file may change them."""

_LISTED: Final = 12
"""Names in one refusal: with a whole catalogue it would not fit a Discord message."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The models that a name stands for, the first choice first."""

    entries: tuple[ModelEntry, ...]
    look: str | None = None
    """The look that was named, if it was no model."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models there are, in the order in which they are offered.

    A job is of one provider and one model: near-identical names are different products.
    """

    entries: tuple[ModelEntry, ...]
    looks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys of each look's models; a name that is not offered is passed over."""
    hidden: frozenset[str] = frozenset()
    """Keys that the operator took off the list; known for the jobs that they still have."""

    def __post_init__(self) -> None:
        """Keep every name telling.

        Raises:
            ValueError: Two entries have one key, or a look is called like a model.
        """
        keys = [entry.key.lower() for entry in self.entries]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"{twice[0]} is there twice")
        names = {*keys, *(entry.model.lower() for entry in self.entries)}
        taken = sorted(names & self.looks.keys())
        if taken:
            raise ValueError(f"{taken[0]} is the name of a look and of a model")

    def __iter__(self) -> Iterator[ModelEntry]:
        """Go through the entries, the first choice first."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.entries)

    def offered(self, providers_with_keys: Collection[str]) -> "Catalogue":
        """Narrow the catalogue to what can be had with the keys there are."""
        entries = tuple(
            entry
            for entry in self.entries
            if entry.provider in providers_with_keys and entry.key not in self.hidden
        )
        return with_looks(entries, self.looks)

    def entry(self, provider: str, model: str) -> ModelEntry | None:
        """Find the entry of a job; None when there is no such model any more."""
        for entry in self.entries:
            if (entry.provider, entry.model) == (provider, model):
                return entry
        return None

    def transport_of(self, spec: VideoSpec) -> Transport:
        """Say how images travel to the model of `spec`, also when it was taken off the list."""
        entry = self.entry(spec.provider, spec.model)
        return Transport.DATA_URI if entry is None else entry.transport

    def publishes_images(self, job: Job) -> bool:
        """Whether a model that `job` may go to fetches its images from the job's card."""
        specs = (job.spec, *(offer.spec for offer in job.alternatives))
        return bool(job.references) and Transport.PUBLIC_URL in map(self.transport_of, specs)

    def look(self, name: str) -> tuple[ModelEntry, ...]:
        """List the models of a look, in its order; none when there is no such look."""
        by_key = {entry.key: entry for entry in self.entries}
        return tuple(by_key[key] for key in self.looks.get(name, ()) if key in by_key)

    def find(self, name: str) -> ModelEntry:
        """Find the model that is called `name`, with or without its provider.

        Raises:
            InvalidRequestError: No model, or more than one, is called so; the text says what is.
        """
        wanted = name.strip().lower()
        found = [
            entry for entry in self.entries if wanted in (entry.key.lower(), entry.model.lower())
        ]
        if len(found) == 1:
            return found[0]
        if not self.entries:
            raise InvalidRequestError(_("No video model is available at the moment."))
        if found:
            keys = [entry.key for entry in found]
            raise InvalidRequestError(
                _(
                    "More than one provider has that model. Choose one of: {models}.",
                    models=_list(keys),
                )
            )
        raise InvalidRequestError(self._suggestion(wanted))

    def choose(self, name: str) -> Choice:
        """Find what a member or a setting calls `name`: a look, or a model.

        Raises:
            InvalidRequestError: Nothing, or more than one model, is called so.
        """
        wanted = name.strip().lower()
        entries = self.look(wanted)
        return Choice(entries, wanted) if entries else Choice((self.find(name),))

    def _suggestion(self, wanted: str) -> str:
        keys = {name: entry.key for entry in self.entries for name in (entry.model, entry.key)}
        names = {look: look for look in self.looks} | keys
        close = get_close_matches(wanted, names, n=3)
        if close:
            meant = _list(list(dict.fromkeys(names[name] for name in close)))
            return _("There is no such model. Did you mean {models}?", models=meant)
        known = _list([*self.looks, *(entry.key for entry in self.entries)])
        return _("There is no such model. Available: {models}.", models=known)


def with_looks(entries: Sequence[ModelEntry], looks: Mapping[str, tuple[str, ...]]) -> Catalogue:
    """Put a catalogue together, leaving out of the looks what it does not have."""
    keys = {entry.key for entry in entries}
    kept = {look: tuple(key for key in listed if key in keys) for look, listed in looks.items()}
    return Catalogue(tuple(entries), {look: listed for look, listed in kept.items() if listed})


def _list(names: Sequence[str]) -> str:
    shown = strung(f"`{name}`" for name in islice(names, _LISTED))
    more = len(names) - _LISTED
    return _("{names} and {count} more", names=shown, count=more) if more > 0 else shown
