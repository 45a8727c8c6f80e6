"""The moderators' list of jobs, as an embed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import discord

from bot.domain import Job, JobFilter
from bot.posting.facts import price
from bot.posting.moderation import words_jobs as words
from bot.posting.moderation.jobs_panel import state_of
from bot.posting.text import safe

_COLOR: Final = 0x5865F2
_MODEL: Final = 60


def jobs_embed(
    which: JobFilter,
    jobs: Sequence[Job],
    links: Mapping[str, str | None],
    *,
    number: int,
    last: int,
    total: int,
) -> discord.Embed:
    """Draw one page; `links` lead from a job's id to its card or its video."""
    lines = [_line(job, links.get(job.id)) for job in jobs] or [words.NOTHING()]
    narrowed = " ".join(_narrowed(which))
    if narrowed:
        lines = [f"**{narrowed}**", "", *lines]
    embed = discord.Embed(title=words.TITLE(), description="\n".join(lines), color=_COLOR)
    return embed.set_footer(text=words.PAGE(page=number + 1, last=last + 1, jobs=words.JOBS(total)))


def _line(job: Job, link: str | None) -> str:
    state = state_of(job)
    said = [
        f"[{state}]({link})" if link else state,
        f"<@{job.origin.requester_id}>",
        safe(job.spec.model, _MODEL),
        discord.utils.format_dt(job.created_at, "R"),
        price(job),
    ]
    return f"`{job.id}` {' · '.join(filter(None, said))}"


def _narrowed(which: JobFilter) -> Iterator[str]:
    if which.shelf is not None:
        yield words.SHELVES[which.shelf]()
    if which.member_id is not None:
        yield words.OF_MEMBER(member_id=which.member_id)
    if which.channel_id is not None:
        yield words.IN_CHANNEL(channel_id=which.channel_id)
