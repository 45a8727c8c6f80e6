"""Which prompts are not for everybody who may see a job: read by whom, and used by whom."""

from bot.domain.job import FailureKind, Job
from bot.domain.request import Viewer


def is_requesters_alone(job: Job) -> bool:
    """Tell whether nobody but its requester may use the prompt of a job for something else.

    What was given up may never have been shown: a moderator may have declined it.
    """
    return job.is_private or _was_given_up(job)


def hides_prompt(job: Job, viewer: Viewer) -> bool:
    """Tell whether the prompt is not for `viewer` to read.

    Moderators read what was given up, but nothing private: a case at the desk has it where they
    have to decide about it.
    """
    if job.origin.requester_id == viewer.member_id:
        return False
    return job.is_private or (_was_given_up(job) and not viewer.is_moderator)


def _was_given_up(job: Job) -> bool:
    return job.failure is not None and job.failure.kind is FailureKind.CANCELLED
