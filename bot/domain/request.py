"""What is asked for: requests, what they are made from, and what they would cost."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ENGLISH: Final = "en"
"""The language of the texts in the code."""


class Mode(StrEnum):
    """What a video is made from."""

    TEXT = "text"
    """The prompt alone."""
    IMAGE = "image"
    """One image, which becomes the first frame."""
    REFERENCES = "references"
    """Images whose contents appear in the video."""
    EDIT = "edit"
    """A finished video, changed as the prompt says; its length stays."""
    EXTEND = "extend"
    """A finished video, continued by some seconds."""

    @property
    def needs_video(self) -> bool:
        """Whether it starts from a finished video."""
        return self in {Mode.EDIT, Mode.EXTEND}


class Relation(StrEnum):
    """How a job comes of an earlier one."""

    AGAIN = "again"
    """The very same request."""
    REMIX = "remix"
    """The same with another prompt."""
    CONTINUE = "continue"
    """It begins with the last frame of the earlier video."""
    EXTEND = "extend"
    EDIT = "edit"
    SCENE = "scene"
    """The next scene of a storyboard; it begins with the last frame of the scene before."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """The earlier job that another comes of."""

    job_id: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a message, a command or a form, before it is read; Discord vouches for it."""

    filename: str
    url: str = field(repr=False)
    """It works for about a day."""
    size: int | None = None
    """In bytes; None where nobody says."""


@dataclass(frozen=True, slots=True)
class UploadedImage:
    """A reference image as the member sent it, unchecked."""

    filename: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A reference image decoded and written anew: no metadata, no surprises."""

    data: bytes = field(repr=False)
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ReferenceImage:
    """A cleaned reference image in our storage, under `key`."""

    key: str
    media_type: str
    size_bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SourceVideo:
    """A finished video that is to be edited or extended."""

    job_id: str
    """The job that made it; its posted message has the file."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Inputs:
    """What goes to a provider beside the words; a model takes images in one of the two ways."""

    images: tuple[CleanImage, ...] = ()
    image_urls: tuple[str, ...] = field(default=(), repr=False)
    """Public addresses of the images, in their order."""
    video_url: str | None = field(default=None, repr=False)
    """Public address of the video to edit or extend."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked, where, and by which interaction; all are Discord snowflakes."""

    interaction_id: int
    """Negative and our own where the bot goes on by itself, as with the scenes of a storyboard."""
    guild_id: int
    channel_id: int
    requester_id: int
    parent_id: int | None = None
    """The channel of a public thread, where a video may go when the thread is closed."""
    language: str = ENGLISH
    """What is spoken in public there; `bot.language` knows which there are."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks about a job, and from where; ids are Discord snowflakes."""

    guild_id: int
    channel_id: int
    member_id: int
    is_moderator: bool
    """Whether the member may manage messages in that channel."""


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """What one member asked for, before anything is checked; None means not said."""

    origin: Origin
    prompt: str
    model: str | None = None
    """A model or a look."""
    seconds: int | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    images: tuple[UploadedImage, ...] = ()
    mode: Mode | None = None
    """Said for edit and extend, and as `IMAGE` where it is to begin with a picture: then a model
    that takes one is chosen. Whether that is its first frame or a reference, the model tells."""
    source: SourceVideo | None = None
    lineage: Lineage | None = None
    is_private: bool | None = None
    """Whether its requester alone is to see it."""


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """What a provider is asked to make; every value fits the model's catalogue entry."""

    provider: str
    model: str
    prompt: str
    seconds: int
    """How long the video will be; with `Mode.EXTEND`, how much is added."""
    resolution: str
    aspect_ratio: str | None
    """None leaves the shape to the provider, which then follows the reference image."""
    mode: Mode = Mode.TEXT


@dataclass(frozen=True, slots=True)
class Offer:
    """One model that can make what was asked for, and what that would cost."""

    spec: VideoSpec
    estimate_micros: int | None = None
    """At most about this much; None is unknown, which is not nothing."""


@dataclass(frozen=True, slots=True)
class SceneOf:
    """The place of a job in a storyboard."""

    storyboard_id: int
    scene: int
    """Counted from 1."""


@dataclass(frozen=True, slots=True)
class ValidRequest:
    """A request that may be reserved: it fits the catalogue and its images are good."""

    origin: Origin
    spec: VideoSpec
    images: tuple[CleanImage, ...] = ()
    repeats: str | None = None
    """The job of an unknown outcome that this submits again; there is at most one such job."""
    estimate_micros: int | None = None
    """What `spec` costs at most; None is unknown."""
    alternatives: tuple[Offer, ...] = ()
    """What to turn to, in order, as long as surely nothing was accepted."""
    look: str | None = None
    """The look that was asked for, if no model was."""
    source_id: str | None = None
    """The job whose video is edited or extended."""
    lineage: Lineage | None = None
    is_private: bool = False
    storyboard: SceneOf | None = None
