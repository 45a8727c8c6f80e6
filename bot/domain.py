"""The words of the bot: requests, jobs, their states and why they fail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class JobState(StrEnum):
    """Where a job stands; docs/architecture.md draws the arrows."""

    RESERVED = "reserved"
    """Accepted and counted; the provider has not heard of it."""
    SUBMITTING = "submitting"
    """The paid call may be under way; committed before its first byte leaves."""
    RENDERING = "rendering"
    """The provider took it and gave a reference."""
    RENDERED = "rendered"
    """The provider finished; the file is still with it."""
    STORED = "stored"
    """The checked file is in our storage; the channel is owed a result."""
    POSTED = "posted"
    """The result is in the channel. Final."""
    FAILED = "failed"
    """No video will come; the channel is owed the reason."""
    TOLD = "told"
    """The reason has been told, or nobody is left to tell. Final."""


OPEN_STATES: Final = frozenset(JobState) - {JobState.POSTED, JobState.TOLD}
"""States a job still has to leave."""


class FailureKind(StrEnum):
    """Why a job has no video, by what it means to the member."""

    REFUSED = "refused"
    """The provider will not make this content."""
    REJECTED = "rejected"
    """The provider found the request itself wrong."""
    PROVIDER_ERROR = "provider_error"
    """The provider could not be used or failed to make it."""
    TIMED_OUT = "timed_out"
    """No result before the provider forgets the job."""
    OUTCOME_UNKNOWN = "outcome_unknown"
    """The reply to the paid call was lost; never sent again by the program."""
    LOST = "lost"
    """Made, but the file cannot be had."""
    UNDELIVERABLE = "undeliverable"
    """Made and stored, but Discord will not take it."""
    CANCELLED = "cancelled"
    """Given up by the member or a moderator."""


class Charge(StrEnum):
    """What a failed job cost, as far as anybody can know."""

    NONE = "none"
    """Certainly nothing."""
    POSSIBLE = "possible"
    """The provider may have charged for it."""
    MADE = "made"
    """The provider did charge for it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The end of a job without a posted video.

    `detail` is for the log and the operator, redacted and short; no member ever sees it.
    """

    kind: FailureKind
    charge: Charge
    detail: str = ""


class Cancelled(StrEnum):
    """What became of a wish to cancel."""

    FREE = "free"
    """Given up before the provider heard of it."""
    LATE = "late"
    """Given up; the provider may still charge for it."""
    SOON = "soon"
    """The paid call is under way; given up as soon as its answer is here."""
    TOO_LATE = "too_late"
    """The video is about to be posted."""
    OVER = "over"
    """The job had ended already."""


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
class Origin:
    """Who asked, where, and by which interaction; all are Discord snowflakes."""

    interaction_id: int
    guild_id: int
    channel_id: int
    requester_id: int


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
    seconds: int | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    images: tuple[UploadedImage, ...] = ()


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """What a provider is asked to make; every value fits the model's catalogue entry."""

    provider: str
    model: str
    prompt: str
    seconds: int
    resolution: str
    aspect_ratio: str | None
    """None leaves the shape to the provider, which then follows the reference image."""


@dataclass(frozen=True, slots=True)
class ValidRequest:
    """A request that may be reserved: it fits the catalogue and its images are good."""

    origin: Origin
    spec: VideoSpec
    images: tuple[CleanImage, ...] = ()
    repeats: str | None = None
    """The job of an unknown outcome that this submits again; there is at most one such job."""


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """A finished video in our storage, checked to be one."""

    key: str
    size_bytes: int
    sha256: str
    seconds: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Job:
    """One request on its way from the command to the channel."""

    id: str
    """Ours: ten random base32 characters, safe in file names, buttons and nonces."""
    origin: Origin
    spec: VideoSpec
    state: JobState
    created_at: datetime
    updated_at: datetime
    references: tuple[ReferenceImage, ...] = ()
    provider_ref: str | None = None
    result_url: str | None = field(default=None, repr=False)
    progress: int | None = None
    """Percent, as the provider last said it."""
    video: StoredVideo | None = None
    failure: Failure | None = None
    attempts: int = 0
    """Unlucky tries of the present step in a row."""
    misses: int = 0
    """How often in a row the provider said that it has no such job."""
    lease: int = 0
    """Counts the claims; a worker that holds an older number changes nothing."""
    submitted_at: datetime | None = None
    cancel_requested_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything is still to come."""
        return self.state in OPEN_STATES


class MessageKind(StrEnum):
    """The messages a job can owe its channel; each has a nonce of its own."""

    CARD = "card"
    """The public progress card, edited as the job moves."""
    RESULT = "result"
    """The video, once."""
    FAILURE = "failure"
    """The honest reason, once."""


class MessageState(StrEnum):
    """Where an owed message stands."""

    PENDING = "pending"
    """Nothing was sent yet."""
    SENDING = "sending"
    """A send was begun; Discord may have it."""
    SENT = "sent"
    """Discord confirmed it. Final."""
    DROPPED = "dropped"
    """It can't be posted, or is no longer wanted. Final."""


@dataclass(frozen=True, slots=True)
class OwedMessage:
    """One row of the outbox: a message that a job owes to Discord."""

    job_id: str
    kind: MessageKind
    state: MessageState
    channel_id: int
    attempts: int
    lease: int
    first_at: datetime | None
    """When the first try began; Discord keeps a nonce for some minutes from then."""
    message_id: int | None = None
    shown: str | None = None
    """Digest of what a card shows, so that it is edited only when that changes."""

    @property
    def nonce(self) -> str:
        """The same at every try; Discord allows 25 characters (Create Message)."""
        return f"grok-{self.job_id}-{self.kind[0]}"


JsonObject = Mapping[str, Any]
"""A JSON object of somebody else's; read with `match`, never trusted."""
