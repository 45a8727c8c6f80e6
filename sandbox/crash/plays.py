"""What is played in the worlds in which the bot is killed, and what people there are to do."""

from enum import StrEnum
from typing import Protocol


class Play(StrEnum):
    """What goes on in a world."""

    JOBS = "jobs"
    """A few jobs are there already, each with a fate of its own."""
    MODERATORS = "moderators"
    """Two jobs wait for moderators, who also remove what is posted."""
    STORYBOARD = "storyboard"
    """A member asks for a storyboard."""


class Player(Protocol):
    """People who do something in a life."""

    @property
    def has_work(self) -> bool:
        """Whether they have something to do still."""
        ...

    async def run(self) -> None:
        """Go on for ever."""
        ...
