"""The words for the state of a job in all dialects: made, over and why, or not yet.

Each provider has few of them on its pages; the others are those of relays that stand behind it
or of servers like it, and mean the same everywhere.
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.domain import FailureKind

DONE: Final = frozenset({"completed", "succeeded", "success", "done"})

_OVER: Final[Mapping[str, FailureKind]] = {
    "failed": FailureKind.PROVIDER_ERROR,
    "failure": FailureKind.PROVIDER_ERROR,
    "cancelled": FailureKind.PROVIDER_ERROR,
    "canceled": FailureKind.PROVIDER_ERROR,
    "rejected": FailureKind.REJECTED,
    "moderated": FailureKind.REFUSED,
    "expired": FailureKind.TIMED_OUT,
}
_OVER_WITH_A_REASON: Final[Mapping[str, FailureKind]] = {
    "error": FailureKind.PROVIDER_ERROR,
    "blocked": FailureKind.REFUSED,
    "timeout": FailureKind.TIMED_OUT,
    "timed_out": FailureKind.TIMED_OUT,
}
"""Words that, with nothing beside them, may be about the question and not about the job."""

_NOT_YET: Final = frozenset(
    {
        *("queued", "pending", "processing", "in_progress", "running"),
        # new-api's, for a job that its upstream has not told it about.
        *("submitted", "not_start", "unknown"),
    }
)


def end_meant_by(status: str | None, *, has_reason: bool) -> FailureKind | None:
    """Tell why a job ended that is in this state; None while it isn't over."""
    word = _word(status)
    return _OVER.get(word) or (_OVER_WITH_A_REASON.get(word) if has_reason else None)


def is_known(status: str | None) -> bool:
    """Whether a word for a job that isn't over is one that was met before, or is missing."""
    return status is None or _word(status) in _NOT_YET


def _word(status: str | None) -> str:
    return re.sub(r"[ -]", "_", status or "")
