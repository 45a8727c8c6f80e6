"""The member's commands /grok search and /grok usage: what was made, and what is left."""

from typing import Any, Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Cost, Job, MessageKind
from bot.interactions import asker_of, defer, origin_of, viewer_of
from bot.limits.facts import Facts
from bot.limits.moments import SUGGESTED, parse_since
from bot.posting import words_account as words
from bot.posting.cards import job_url, video_message
from bot.posting.denials import amount_text
from bot.posting.member_lists import found_line
from bot.posting.moderation.policy_text import gauge_line
from bot.posting.pages import pages
from bot.posting.suggestions import suggest_words
from bot.store.community.search import Wanted
from bot.tree import answer, answer_pages

_FOUND: Final = 20
_LONGEST: Final = 100
"""Characters of what is looked for; each of its words is a condition of the query."""
_RUNNING: Final = 50


async def _search(
    interaction: discord.Interaction[GrokBot],
    text: str | None,
    member: discord.User | None,
    since: str | None,
) -> None:
    await defer(interaction)
    services = interaction.client.services
    moment = None if since is None else parse_since(since, now=services.clock.now())
    wanted = Wanted(text, None if member is None else member.id, moment)
    found = await services.search.find(viewer_of(interaction), wanted, limit=_FOUND + 1)
    lines = [await _line(interaction, job) for job in found[:_FOUND]]
    if len(found) > _FOUND:
        lines.append(words.LATER())
    shown = pages(lines or [words.NOTHING_FOUND()], between="\n", left_out=words.MORE)
    await answer_pages(interaction, shown)


async def _line(interaction: discord.Interaction[GrokBot], job: Job) -> str:
    sent = await interaction.client.services.outbox.sent(job.id)
    link = job_url(job, video_message(sent) or sent.get(MessageKind.CARD))
    return found_line(job, link)


async def _usage(interaction: discord.Interaction[GrokBot]) -> None:
    await defer(interaction)
    services, origin = interaction.client.services, origin_of(interaction)
    facts = await services.policies.facts(origin.guild_id, asker_of(interaction), Cost())
    theirs = await services.questions.of_member(
        origin.guild_id, origin.requester_id, limit=_RUNNING
    )
    running = sum(job.is_open for job in theirs)
    lines = [words.LEFT(), *_left(facts), words.RUNNING(running)]
    await answer(interaction, "\n".join(lines))


def _left(facts: Facts) -> list[str]:
    lines = [words.BLOCKED()] if facts.block is not None else []
    lines += [f"• {gauge_line(gauge)}" for gauge in facts.gauges] or [words.UNLIMITED()]
    return lines + [
        words.GRANTED(
            amount=amount_text(grant.left, grant.unit),
            until=discord.utils.format_dt(grant.expires_at, "R"),
        )
        for grant in facts.grants
    ]


def make_search() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="search", description="Find videos of yours and of this channel")
    @app_commands.describe(
        text="Words of the prompt",
        member="Who had it made",
        since="Since when: 3d, 2w, or a day such as 2027-01-31",
    )
    async def search(
        interaction: discord.Interaction[GrokBot],
        text: app_commands.Range[str, 1, _LONGEST] | None = None,
        member: discord.User | None = None,
        since: str | None = None,
    ) -> None:
        await _search(interaction, text, member, since)

    @search.autocomplete("since")
    async def _moments(
        _interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return suggest_words(typed, SUGGESTED)

    return search


def make_usage() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="usage", description="What you have left here, and until when")
    async def usage(interaction: discord.Interaction[GrokBot]) -> None:
        await _usage(interaction)

    return usage


async def setup(bot: GrokBot) -> None:
    """Add the commands to the group that `cogs/grok.py` made."""
    bot.members_group.add_command(make_search())
    bot.members_group.add_command(make_usage())
