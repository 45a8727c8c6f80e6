"""What is said under a video about how it came to be there like that."""

from collections.abc import Iterator

import discord

from bot.domain import Job, Place
from bot.posting import words
from bot.posting.facts import covered
from bot.posting.forms import AttachedVideo, LinkedVideo, VideoForm
from bot.posting.text import megabytes


def notes(
    job: Job, place: Place, form: VideoForm | None = None, *, channel_id: int | None = None
) -> Iterator[str]:
    """Say what was done, a sentence each: made smaller, linked, posted in another place.

    `channel_id` is the channel that would not take it; otherwise that is the job's own.
    """
    original = megabytes(job.video.size_bytes) if job.video else ""
    match form:
        case LinkedVideo(url=url):
            yield covered(job, words.LINKED(url=url, size=original))
            yield from _about_the_link(form)
        case AttachedVideo(is_shrunk=True, size_bytes=size):
            yield words.SHRUNK(size=megabytes(size), original=original)
        case _:
            pass
    wanted = f"<#{channel_id or job.origin.channel_id}>"
    if place is Place.PARENT:
        yield words.IN_PARENT(channel=wanted)
    if place is Place.REQUESTER and not job.is_private:
        yield words.SENT_TO_YOU(channel=wanted)


def _about_the_link(form: LinkedVideo) -> Iterator[str]:
    until = None if form.expires_at is None else discord.utils.format_dt(form.expires_at, "f")
    if form.is_ours:
        if until is not None:
            yield words.OUR_LINK_UNTIL(until=until)
    elif until is None:
        yield words.SERVICE_LINK()
    else:
        yield words.SERVICE_LINK_UNTIL(until=until)
