"""What a job owes to its channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

PATIENCE: Final = timedelta(hours=72)
"""How long a message is tried at a place that is out of order; then the next rung follows."""
FEWEST_TRIES: Final = 10
"""A bot that was off for days has tried nothing yet; so many take about a quarter of an hour."""


class MessageKind(StrEnum):
    """The messages a job can owe its channel; each has a nonce of its own."""

    CARD = "card"
    """The public progress card, edited as the job moves."""
    RESULT = "result"
    """The video, once."""
    FAILURE = "failure"
    """The honest reason, once."""
    DELIVERY = "delivery"
    """The video again, because somebody asked for it; as often as that."""
    CASE = "case"
    """A question to the moderators, in their channel and nowhere else."""
    ANSWER = "answer"
    """What the moderators said to an appeal, to its requester."""
    JOINED = "joined"
    """The scenes of a storyboard in one video; owed by the last of them that there is."""
    GALLERY = "gallery"
    """A copy of the video in the gallery of its server, and nowhere else."""
    WEEKLY = "weekly"
    """The best videos of a week, owed by the best of them; counted by year and week."""


WITH_VIDEO: Final = frozenset(
    {MessageKind.RESULT, MessageKind.DELIVERY, MessageKind.JOINED, MessageKind.GALLERY}
)
"""What shows the video itself."""


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


class Place(StrEnum):
    """The places for a message, in the order in which they are tried."""

    CHANNEL = "channel"
    """Where the command was given, or where a delivery was asked for."""
    PARENT = "parent"
    """The channel that the thread belongs to."""
    REQUESTER = "requester"
    """The requester's direct messages, when no channel will take it."""


class Redelivery(StrEnum):
    """What became of the wish to have a video posted again."""

    OWED = "owed"
    """It is posted as soon as the bot gets to it."""
    UNDER_WAY = "under_way"
    """It is owed already; it is tried again now."""
    NO_VIDEO = "no_video"
    """There is no file of it here."""
    REMOVED = "removed"
    """A moderator or its requester had it removed."""
    HIDDEN = "hidden"
    """Moderators look at it first, because it was reported."""


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
    """When the first try at `place` began; Discord keeps a nonce for some minutes from then."""
    message_id: int | None = None
    shown: str | None = None
    """Digest of what a card shows, so that it is edited only when that changes."""
    sequence: int = 0
    """Counts the deliveries and copies of a job from 1, or names the case or the week, such as
    202648; 0 for what is owed once."""
    place: Place | None = None
    """Where the last try went, or where it stands now."""
    tried_at: datetime | None = None
    """When a try began of which nobody knows the end; None when every one has ended."""
    created_at: datetime | None = None
    """Since when it is owed."""

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it is owed for so long, and was tried so often, that waiting must end."""
        is_old = self.created_at is not None and now - self.created_at >= PATIENCE
        return is_old and self.attempts >= FEWEST_TRIES

    @property
    def nonce(self) -> str:
        """The same at every try; Discord allows 25 characters (Create Message)."""
        return f"grok-{self.job_id}-{self.kind[0]}{self.sequence or ''}"
