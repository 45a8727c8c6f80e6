"""What a job owes to its channel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
