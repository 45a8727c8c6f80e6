"""What one model can make and what it costs: the values that may be sent to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from typing import Final

from bot.domain import Mode, VideoSpec

_IMAGE_MODES: Final = frozenset({Mode.IMAGE, Mode.REFERENCES})


class Transport(StrEnum):
    """How reference images travel to a provider."""

    MULTIPART = "multipart"
    """As files of a form."""
    DATA_URI = "data URI"
    """Inside the JSON."""
    PUBLIC_URL = "public URL"
    """As addresses that the provider fetches by itself."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs in millionths of a dollar; its parts add up."""

    source: str
    """The page or the person that says so."""
    per_call_micros: int = 0
    per_second_micros: Mapping[str, int] = field(default_factory=dict)
    """By resolution; one that is missing counts as the dearest."""
    per_image_micros: int = 0
    per_source_second_micros: int = 0
    """For each second of a video that is edited or extended."""

    def estimate(self, spec: VideoSpec, *, images: int, source_seconds: float) -> int:
        """Say what a request costs at most, in micros."""
        rates = self.per_second_micros
        rate = rates.get(spec.resolution, max(rates.values(), default=0))
        billed: float = spec.seconds
        if spec.mode is Mode.EXTEND:
            # The pages don't say whether the part that was there is billed anew: count it.
            billed += source_seconds
        return (
            self.per_call_micros
            + ceil(rate * billed)
            + self.per_image_micros * images
            + ceil(self.per_source_second_micros * source_seconds)
        )


@dataclass(frozen=True, slots=True)
class Editing:
    """What a video must be like to be edited; its length and shape stay."""

    longest_seconds: float
    resolution: str
    """The largest it comes out in, and so what it may cost."""


@dataclass(frozen=True, slots=True)
class Extending:
    """What a video must be like to be extended, and by how much it can be."""

    seconds: tuple[int, ...]
    """Whole seconds that may be added, in ascending order."""
    default_seconds: int
    shortest_seconds: float
    longest_seconds: float
    """Of the video that is there already."""
    resolution: str
    """The largest it comes out in, and so what it may cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One model of one provider, with the values that may be sent to it."""

    provider: str
    model: str
    title: str
    """As people read it."""
    modes: frozenset[Mode]
    seconds: tuple[int, ...]
    """Lengths in ascending order; one value means that the model knows no other."""
    default_seconds: int
    resolutions: tuple[str, ...]
    """Names in lower case, such as 720p; an adapter writes them its provider's way."""
    default_resolution: str
    aspect_ratios: tuple[str, ...]
    default_aspect_ratio: str | None
    """For a prompt alone; with reference images the shape is left to the provider."""
    most_references: int = 0
    """With `Mode.REFERENCES`; `Mode.IMAGE` takes exactly one."""
    longest_with_references: int | None = None
    """Seconds, where references make the longest video shorter."""
    transport: Transport = Transport.DATA_URI
    editing: Editing | None = None
    extending: Extending | None = None
    price: Price | None = None
    """None is unknown, which is not free."""
    source: str
    """Where these facts come from."""

    def __post_init__(self) -> None:
        """Hold the entry together.

        Raises:
            ValueError: It contradicts itself; the text names the entry.
        """
        rules = (
            (bool(self.modes), "it has no mode"),
            (self.seconds == tuple(sorted({*self.seconds})) != (), "seconds must ascend"),
            (min(self.seconds, default=0) > 0, "seconds must be positive"),
            (self.default_seconds in self.seconds, "the default length is not offered"),
            (self.default_resolution in self.resolutions, "the default resolution is not offered"),
            (
                self.default_aspect_ratio in (None, *self.aspect_ratios),
                "the default aspect ratio is not offered",
            ),
            (
                (Mode.REFERENCES in self.modes) == (self.most_references > 0),
                "mode references and the number of references don't fit",
            ),
            ((Mode.EDIT in self.modes) == (self.editing is not None), "edit lacks its limits"),
            (
                (Mode.EXTEND in self.modes) == (self.extending is not None),
                "extend lacks its limits",
            ),
        )
        for is_kept, problem in rules:
            if not is_kept:
                msg = f"{self.key}: {problem}"
                raise ValueError(msg)

    @property
    def key(self) -> str:
        """Name the entry as members type it: two providers may have a model of one name."""
        return f"{self.provider}/{self.model}"

    @property
    def most_images(self) -> int:
        """Say how many images it takes, in whichever mode."""
        return max(self.most_references, 1 if self.modes & _IMAGE_MODES else 0)

    def estimate(self, spec: VideoSpec, *, images: int, source_seconds: float = 0.0) -> int | None:
        """Say what a request costs at most, in micros; None when nobody knows."""
        if self.price is None:
            return None
        return self.price.estimate(spec, images=images, source_seconds=source_seconds)
