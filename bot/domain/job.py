"""A job on its way: its states, how it can end, and what came of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain.policy import Ending, Hold
from bot.domain.request import Lineage, Offer, Origin, ReferenceImage, SceneOf, VideoSpec


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
    """How often in a row the provider said that it has no such job, or would not let it in."""
    lease: int = 0
    """Counts the claims; a worker that holds an older number changes nothing."""
    submitted_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    estimate_micros: int | None = None
    """What it costs at most, said before; None is unknown."""
    cost_micros: int | None = None
    """What the provider reported, afterwards; None is unknown."""
    alternatives: tuple[Offer, ...] = ()
    look: str | None = None
    source_id: str | None = None
    held_for: Hold | None = None
    """What it waits for before it may be submitted."""
    released_at: datetime | None = None
    """When it was let go on, if it had been held."""
    ending: Ending | None = None
    """Why it was given up, when it had been held."""
    note: str = ""
    """What a moderator wrote to its requester."""
    is_spoiler: bool = False
    """Whether its video is posted behind a cover."""
    removed_by_id: int | None = None
    """Who had its posted video removed."""
    removed_at: datetime | None = None
    hidden_at: datetime | None = None
    """Since when its posted video is covered, because it was reported."""
    lineage: Lineage | None = None
    """What it comes of, if it does not stand for itself."""
    is_private: bool = False
    """Whether its requester alone sees it, until they publish it."""
    storyboard: SceneOf | None = None
    is_joined: bool = False
    """Whether `video` is that of its whole storyboard: so it is shown with the joined video."""

    @property
    def waiting_since(self) -> datetime:
        """Return since when it could have been submitted."""
        return self.released_at or self.created_at

    @property
    def is_open(self) -> bool:
        """Whether anything is still to come."""
        return self.state in OPEN_STATES
