"""Where a message of a job may go, and where it went."""

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """The places for a message, in the order in which they are tried."""

    CHANNEL = "channel"
    """Where the command was given."""
    REQUESTER = "requester"
    """The requester's direct messages, when the channel will not take it."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that Discord confirmed."""

    channel_id: int
    message_id: int
    shown: str = ""
    """Digest of what it shows, so that a card is edited only when that changes."""
