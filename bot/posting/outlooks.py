"""Where cards learn how long their jobs will take."""

from typing import Protocol

from bot.domain import Job, Outlook


class Outlooks(Protocol):
    """Who foresees what a job can expect."""

    async def of(self, job: Job) -> Outlook | None:
        """Say what one job can expect; None when its video is made, or it waits for a yes."""
        ...
