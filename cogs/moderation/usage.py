"""The moderators' command /grok-admin usage: what was made here, in numbers and as a chart."""

import io
from dataclasses import replace
from typing import Any, Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Cost, Usage
from bot.errors import InvalidRequestError
from bot.interactions import asker_of, check_moderator, defer
from bot.language import _
from bot.limits.spans import MOST_DAYS, USUAL_DAYS, Span, last_days, last_months, month_of
from bot.posting.moderation import words_usage as words
from bot.posting.moderation.charts import usage_chart
from bot.posting.moderation.usage_text import MOST_LINES, budget_lines, usage_lines
from bot.posting.names import names_of
from bot.posting.suggestions import suggest_words
from bot.store.spending.usage_report import UsageFilter
from cogs.moderation.group import admin_group

_COLOR: Final = 0x5865F2
_CHART: Final = "usage.png"
_MONTHS: Final = 12


async def _show(
    interaction: discord.Interaction[GrokBot],
    days: int | None,
    month: str | None,
    member: discord.User | None,
    model: str | None,
) -> None:
    await defer(interaction)
    viewer = check_moderator(interaction)
    services = interaction.client.services
    span = _span(interaction, days, month)
    usage = await services.usage.usage(
        UsageFilter(
            span.since,
            span.until,
            guild_id=viewer.guild_id,
            member_id=None if member is None else member.id,
            model=model,
        )
    )
    facts = await services.policies.facts(viewer.guild_id, asker_of(interaction), Cost())
    named = await _with_names(usage, interaction.guild)
    about = [
        None if interaction.guild is None else interaction.guild.name,
        None if member is None else member.display_name,
        model,
    ]
    chart = await usage_chart(named, title=" · ".join(filter(None, about)))
    embed = discord.Embed(title=words.TITLE(), description=usage_lines(named), color=_COLOR)
    budgets = budget_lines(facts.gauges)
    if budgets:
        embed.add_field(name=words.BUDGET(), value=budgets, inline=False)
    embed.set_image(url=f"attachment://{_CHART}")
    picture = discord.File(io.BytesIO(chart), filename=_CHART, description=words.TITLE())
    await interaction.edit_original_response(embed=embed, attachments=[picture])


def _span(interaction: discord.Interaction[GrokBot], days: int | None, month: str | None) -> Span:
    now = interaction.client.services.clock.now()
    if days is not None and month is not None:
        raise InvalidRequestError(_("Please choose a number of days or a month, not both."))
    return last_days(days or USUAL_DAYS, now) if month is None else month_of(month, now)


async def _with_names(usage: Usage, guild: discord.Guild | None) -> Usage:
    """Call members by their names, as far as they are shown."""
    shown = [int(line.label) for line in usage.members[: MOST_LINES + 1]]
    names = await names_of(guild, shown)
    members = [
        replace(line, label=names.get(int(line.label), line.label)) for line in usage.members
    ]
    return replace(usage, members=tuple(members))


def make_command() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="usage", description="Jobs, seconds and money, with a chart")
    @app_commands.describe(
        days=f"The last days; otherwise {USUAL_DAYS}",
        month="A month of UTC, such as 2026-11",
        member="Only what they made",
        model="Only what it made",
    )
    async def usage(
        interaction: discord.Interaction[GrokBot],
        days: app_commands.Range[int, 1, MOST_DAYS] | None = None,
        month: str | None = None,
        member: discord.User | None = None,
        model: str | None = None,
    ) -> None:
        await _show(interaction, days, month, member, model)

    @usage.autocomplete("month")
    async def _months(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        now = interaction.client.services.clock.now()
        return suggest_words(typed, last_months(_MONTHS, now))

    @usage.autocomplete("model")
    async def _models(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return suggest_words(typed, [entry.key for entry in interaction.client.services.catalogue])

    return usage


async def setup(bot: GrokBot) -> None:
    """Add the command to the group."""
    admin_group(bot).add_command(make_command())
