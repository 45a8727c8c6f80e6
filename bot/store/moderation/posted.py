"""Which of the messages with a video a takedown is about."""

from typing import Final

import sqlalchemy as sa

from bot.domain import WITH_VIDEO, MessageKind, Removal, Takedown
from bot.store.community.joined import SHOWS_JOINED
from bot.store.schema import jobs, outbox

COVERED: Final = "covered"
"""What `outbox.shown` has for a message whose video was taken off it."""
LEAVES: Final = (outbox.c.kind == MessageKind.GALLERY) | (
    sa.func.coalesce(outbox.c.shown, "") == COVERED
)
"""What goes though the video stays behind a cover: copies in galleries, and what was covered."""


def is_about(takedown: Takedown) -> sa.ColumnElement[bool]:
    """Return the condition for the messages of a takedown.

    What is posted after a video was hidden is posted for moderators, and stays.
    """
    is_theirs = (outbox.c.job_id == takedown.job_id) & outbox.c.kind.in_(WITH_VIDEO)
    is_theirs |= _is_joined_of(takedown)
    match takedown.kind:
        case Removal.HIDE:
            return is_theirs & (outbox.c.created_at <= takedown.asked_at)
        case Removal.CLEAR:
            return is_theirs & (outbox.c.shown == COVERED)
        case Removal.REMOVE | Removal.VEIL:
            return is_theirs


def _is_joined_of(takedown: Takedown) -> sa.ColumnElement[bool]:
    """Return the condition for the joined video of its storyboard, whichever scene owes it."""
    own, scenes = jobs.alias("own"), jobs.alias("scenes")
    story = sa.select(own.c.storyboard_id).where(own.c.id == takedown.job_id).scalar_subquery()
    ids = sa.select(scenes.c.id).where(scenes.c.storyboard_id == story)
    return SHOWS_JOINED & outbox.c.job_id.in_(ids)
