"""Which jobs of a server its moderators look at."""

from dataclasses import dataclass
from enum import StrEnum


class Shelf(StrEnum):
    """Where a job stands, in the words by which moderators look for it."""

    OPEN = "open"
    """Anything that is not over."""
    WAITING = "waiting"
    """For its turn."""
    HELD = "held"
    """For a yes: to its price, or of a moderator."""
    MAKING = "making"
    POSTING = "posting"
    DONE = "done"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    """Nobody knows whether it was started."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs of a server are listed; None is any."""

    guild_id: int
    shelf: Shelf | None = None
    member_id: int | None = None
    channel_id: int | None = None
    """A channel with its threads, or a category."""
