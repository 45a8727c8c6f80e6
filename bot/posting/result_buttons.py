"""What can be done with a job that is over: the buttons under its video, wherever it is shown."""

from collections.abc import Iterable, Iterator

import discord

from bot.domain import Hold, Job, JobState, Mode, is_requesters_alone
from bot.posting.buttons import Action, buttons_of, card_buttons, failure_buttons, price_buttons
from bot.providers.entries import ModelEntry


def result_buttons(job: Job, offered: Iterable[ModelEntry]) -> discord.ui.View | None:
    """Return the buttons under the video of a job in a server; none once it is taken away.

    `offered` are the models that could make another video from it.
    """
    if job.removed_at is not None or job.hidden_at is not None:
        return None
    return buttons_of(job, *_under(job, [*offered]))


def private_buttons(job: Job) -> discord.ui.View:
    """Return the button under a video that only its requester has."""
    return buttons_of(job, Action.PUBLISH)


def curtain_buttons(job: Job) -> discord.ui.View:
    """Return the button of a line in public that stands for what only its requester may see."""
    return buttons_of(job, Action.REVEAL)


def revealed_buttons(job: Job, offered: Iterable[ModelEntry]) -> discord.ui.View:
    """Return the buttons under a video that is shown to its requester alone, in a server."""
    publish = (Action.PUBLISH,) if job.is_private else ()
    return buttons_of(job, *_under(job, [*offered]), *publish)


def shown_buttons(
    job: Job, offered: Iterable[ModelEntry], *, is_theirs: bool
) -> discord.ui.View | None:
    """Return whatever can be done with a job now, for somebody who looks it up.

    What only its requester may do is offered to nobody else.
    """
    if job.removed_at is not None or job.hidden_at is not None:
        return buttons_of(job, Action.DETAILS)
    if job.held_for is Hold.CONFIRMATION:
        return price_buttons(job) if is_theirs else None
    if job.is_open:
        return card_buttons(job) if is_theirs else None
    if job.state is JobState.POSTED:
        mine = (Action.REVEAL, Action.PUBLISH) if job.is_private else ()
        return buttons_of(job, *_under(job, [*offered]), *mine)
    return _unposted(job, is_theirs=is_theirs)


def _unposted(job: Job, *, is_theirs: bool) -> discord.ui.View:
    """Return the buttons of a job that is over and of which nothing was posted."""
    if is_requesters_alone(job) and not is_theirs:
        return buttons_of(job, Action.DETAILS)
    special = failure_buttons(job) if is_theirs else None
    if special is not None:
        return special
    mine = (Action.REVEAL, Action.PUBLISH) if job.is_private and job.video is not None else ()
    return buttons_of(job, Action.REPEAT, Action.REMIX, Action.DETAILS, *mine)


def _under(job: Job, offered: list[ModelEntry]) -> Iterator[Action]:
    yield Action.REPEAT
    yield Action.REMIX
    if any(entry.can(Mode.IMAGE) for entry in offered):
        yield Action.CONTINUE
    seconds = 0.0 if job.video is None else job.video.seconds
    if any(_extends(entry, seconds) for entry in offered):
        yield Action.EXTEND
    if any(_edits(entry, seconds) for entry in offered):
        yield Action.EDIT
    yield Action.DETAILS
    yield Action.REMOVE


def _extends(entry: ModelEntry, seconds: float) -> bool:
    limits = entry.extending
    return limits is not None and limits.shortest_seconds <= seconds <= limits.longest_seconds


def _edits(entry: ModelEntry, seconds: float) -> bool:
    return entry.editing is not None and seconds <= entry.editing.longest_seconds
