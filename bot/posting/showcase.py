"""How galleries look: the copy of a video, and the best ones of a week."""

from typing import Any, Final, Protocol

import discord

from bot.domain import Job, MessageKind, OwedMessage, Place, PostedVideo, Ranked, Week
from bot.errors import PostRefusedError
from bot.posting import words_gallery as words
from bot.posting.cards import Looks
from bot.posting.facts import prompt_of
from bot.posting.forms import VideoForm
from bot.posting.links import message_url
from bot.posting.marks import counted_mark, footer_mark
from bot.posting.notes import notes
from bot.posting.surroundings import Surroundings
from bot.posting.text import safe

_GOLD: Final = 0xF1C40F
_PROMPT: Final = 1000
_LISTED: Final = 5
_LOOKED_AT: Final = 50
"""Of the best, from which those are listed that may be seen there."""


class Rankings(Protocol):
    """Who favours what, as the gallery needs it."""

    async def seen(self, job_id: str) -> PostedVideo | None:
        """Say where in its server a video can be seen."""
        ...

    async def of_week(self, guild_id: int, week: Week, *, limit: int) -> list[Ranked]:
        """List the best videos of a week that nothing about themselves keeps out of a gallery."""
        ...


class Showcase:
    """Draws what goes to a gallery."""

    def __init__(self, looks: Looks, rankings: Rankings, surroundings: Surroundings) -> None:
        self._looks = looks
        self._rankings = rankings
        self._surroundings = surroundings

    async def parts(
        self, job: Job, message: OwedMessage, form: VideoForm | None, *, is_plain: bool
    ) -> dict[str, Any]:
        """Return what discord.py's `send` takes.

        Raises:
            PostRefusedError: There is nothing to be shown any more.
            PostLaterError: Discord is out of reach.
        """
        if message.kind is MessageKind.GALLERY:
            return {"embed": await self._copy(job, message, form, is_plain=is_plain)}
        return {"embed": await self._best(job, message)}

    async def _copy(
        self, job: Job, message: OwedMessage, form: VideoForm | None, *, is_plain: bool
    ) -> discord.Embed:
        prompt = [] if is_plain else [f"> {safe(prompt_of(job), _PROMPT)}"]
        member, channel = f"<@{job.origin.requester_id}>", f"<#{job.origin.channel_id}>"
        seen = await self._rankings.seen(job.id)
        credit = (
            words.BY_UNSEEN(member=member, channel=channel)
            if seen is None
            else words.BY(member=member, channel=channel, link=link_to(job, seen))
        )
        lines = [*prompt, credit, *notes(job, Place.CHANNEL, form)]
        embed = discord.Embed(description="\n".join(lines), color=_GOLD)
        return embed.set_footer(text=f"{self._looks.facts(job)}{counted_mark(message)}")

    async def _best(self, job: Job, message: OwedMessage) -> discord.Embed:
        week = Week.counted(message.sequence)
        found = await self._rankings.of_week(job.origin.guild_id, week, limit=_LOOKED_AT)
        shown: list[Ranked] = []
        for one in found:
            if len(shown) == _LISTED:
                break
            if await self._surroundings.may_show(one.job.origin, message.channel_id):
                shown.append(one)
        if not shown:
            raise PostRefusedError("none of the best videos is left")
        lines = [ranked_line(rank, one) for rank, one in enumerate(shown, start=1)]
        days = words.WEEK_DAYS(
            begin=discord.utils.format_dt(week.begin, "d"),
            end=discord.utils.format_dt(week.before_end, "d"),
        )
        embed = discord.Embed(
            title=words.WEEK_TITLE(), description="\n".join([days, "", *lines]), color=_GOLD
        )
        return embed.set_footer(text=f"{footer_mark(job)}{counted_mark(message)}")


def ranked_line(rank: int, one: Ranked) -> str:
    """Write one line of a list of the best; its words are its requester's and stay away."""
    votes, member = words.VOTES(one.favours), f"<@{one.job.origin.requester_id}>"
    if one.message is None:
        return words.LINE_UNSEEN(rank=rank, votes=votes, member=member)
    link = link_to(one.job, one.message)
    return words.LINE(rank=rank, votes=votes, member=member, link=link)


def link_to(job: Job, message: PostedVideo) -> str:
    """Link to a message in the server of a job."""
    return message_url(message.channel_id, message.message_id, guild_id=job.origin.guild_id)
