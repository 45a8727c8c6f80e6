"""What one model can make and what it costs: the values that may be sent to it."""

from collections.abc import Iterable, Mapping
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

    @property
    def most_image_bytes(self) -> int:
        """Say how much all images of one request may have together; the figures are ours.

        No provider names one. In JSON a third is added. Public ones are attached to one message,
        of which Discord takes 25 MiB (its reference, Create Message), and 10 MiB a file.
        """
        match self:
            case Transport.MULTIPART:
                return 30_000_000
            case Transport.DATA_URI:
                return 12_000_000
            case Transport.PUBLIC_URL:
                return 20_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs in millionths of a dollar; its parts add up, and None is not said."""

    source: str
    """The page or the person that says so."""
    per_call_micros: int | None = None
    per_second_micros: Mapping[str, int] = field(default_factory=dict)
    """By resolution: either every one that comes out, or none at all."""
    per_image_micros: int | None = None
    per_source_second_micros: int | None = None
    """For each second of a video that is edited or extended."""

    @property
    def says_something(self) -> bool:
        """Whether any part is said: nothing at all would read as free."""
        single = (self.per_call_micros, self.per_image_micros, self.per_source_second_micros)
        return bool(self.per_second_micros) or any(part is not None for part in single)

    def unpriced(self, resolutions: Iterable[str]) -> list[str]:
        """List those of `resolutions` that a price by the second leaves out."""
        if not self.per_second_micros:
            return []
        return sorted({*resolutions} - self.per_second_micros.keys())

    def estimate(self, spec: VideoSpec, *, images: int, source_seconds: float) -> int | None:
        """Say what a request costs at most, in micros; None when it is not said."""
        if self.unpriced([spec.resolution]):
            return None
        rate = self.per_second_micros.get(spec.resolution, 0)
        billed: float = spec.seconds
        if spec.mode is Mode.EXTEND:
            # The pages don't say whether the part that was there is billed anew: count it.
            billed += source_seconds
        return (
            (self.per_call_micros or 0)
            + ceil(rate * billed)
            + (self.per_image_micros or 0) * images
            + ceil((self.per_source_second_micros or 0) * source_seconds)
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
            (
                self.longest_with_references is None
                or self.longest_with_references >= min(self.seconds, default=0),
                "with references no length is left",
            ),
            (self.price is None or self.price.says_something, "its price says nothing"),
            (
                self.price is None or not self.price.unpriced(self.made_resolutions),
                "its price leaves a resolution out",
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
    def made_resolutions(self) -> frozenset[str]:
        """List what its videos come out in, edited and extended ones included."""
        limits = (self.editing, self.extending)
        return frozenset(
            {*self.resolutions, *(limit.resolution for limit in limits if limit is not None)}
        )

    @property
    def most_images(self) -> int:
        """Say how many images it takes, in whichever mode."""
        return max(self.most_references, 1 if self.modes & _IMAGE_MODES else 0)

    def can(self, mode: Mode) -> bool:
        """Tell whether it can be asked for that; a picture may also be taken as a reference."""
        return self.most_images > 0 if mode is Mode.IMAGE else mode in self.modes

    def estimate(self, spec: VideoSpec, *, images: int, source_seconds: float = 0.0) -> int | None:
        """Say what a request costs at most, in micros; None when nobody knows."""
        if self.price is None:
            return None
        return self.price.estimate(spec, images=images, source_seconds=source_seconds)
