"""Where a message of a job went."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that Discord confirmed."""

    channel_id: int
    message_id: int
    shown: str = ""
    """Digest of what it shows, so that a card is edited only when that changes."""
