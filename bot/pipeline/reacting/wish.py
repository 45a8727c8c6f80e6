"""What somebody asks for with a reaction that is no vote, and the job that it is about."""

from dataclasses import dataclass

from bot.domain import Act, Job, MessageKind, Reacted, Viewer
from bot.errors import NotAllowedError
from bot.posting.words_reactions import WITHDRAWN


@dataclass(frozen=True, slots=True)
class Wish:
    """A reaction that asks for something, with the job whose message it is under."""

    event: Reacted
    act: Act
    job: Job
    kind: MessageKind

    @property
    def viewer(self) -> Viewer:
        """Return who asks."""
        return self.event.reactor.viewer

    @property
    def is_own(self) -> bool:
        """Whether it is their own job."""
        return self.job.origin.requester_id == self.event.member_id


def check_there(job: Job) -> None:
    """Check that the video of a job may be seen.

    Raises:
        NotAllowedError: It was removed, or is hidden.
    """
    if job.removed_at is not None or job.hidden_at is not None:
        raise NotAllowedError(WITHDRAWN())
