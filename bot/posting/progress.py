"""What a card says about a job that is on its way: where it stands, since when, how long yet."""

from collections.abc import Iterator
from typing import Final

import discord

from bot.domain import Job, JobState, Outlook, Pause
from bot.posting import words
from bot.posting.outlook_text import outlook_text
from bot.posting.text import bar

_DOT: Final = " · "


def progress_lines(
    job: Job, outlook: Outlook | None, pause: Pause | None, *, is_late: bool
) -> Iterator[str]:
    """Say how a job is going; `pause` is that of its provider, if there is one."""
    expected = outlook_text(job, outlook, pause)
    yield joined(f"**{words.STATE_WORDS[job.state]()}**", expected.place)
    if job.state is JobState.RENDERING and job.progress is not None:
        # Where the service names no percent, none is drawn: elapsed and usual time say it all.
        yield f"{bar(job.progress)} {job.progress}%"
    yield joined(since(job), expected.usual)
    if is_late:
        yield words.LATE()
    if pause is not None and job.state is JobState.RESERVED:
        yield words.PAUSED()


def since(job: Job) -> str:
    """Say since when a job waits, or is made.

    Discord counts this up by itself, so that a card is edited only when something changed.
    """
    if job.submitted_at is None:
        return words.ASKED(when=discord.utils.format_dt(job.created_at, "R"))
    return words.STARTED(when=discord.utils.format_dt(job.submitted_at, "R"))


def joined(*said: str) -> str:
    """Put pieces beside each other; those that are empty are left out."""
    return _DOT.join(filter(None, said))
