"""The member's command /grok continue: a new video that begins where another one ended."""

from typing import Any

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Mode, Relation
from bot.interactions import defer, entries_so_far, viewer_of, wish_of
from bot.posting.permissions import check_can_post
from bot.posting.suggestions import MOST, suggest_jobs, suggest_models, suggest_seconds
from bot.providers.override_form import LONGEST_SECONDS
from bot.tree import answer_made


async def _continue(
    interaction: discord.Interaction[GrokBot],
    job_id: str,
    prompt: str,
    model: str | None,
    duration: int | None,
) -> None:
    await defer(interaction)
    check_can_post(interaction)
    services = interaction.client.services
    made = await services.sequels.make(
        job_id,
        Relation.CONTINUE,
        prompt,
        wish_of(interaction),
        model=model,
        seconds=duration,
    )
    await answer_made(interaction, services.looks, made)


def make_command() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(
        name="continue", description="Make a new video that begins with the last frame of another"
    )
    @app_commands.rename(job_id="job")
    @app_commands.describe(
        job_id="The video: its job's id, as its card shows it",
        prompt="How it goes on",
        model="Which model makes it; otherwise the one that made the video, if it can",
        duration="Length in seconds",
    )
    async def continue_(
        interaction: discord.Interaction[GrokBot],
        job_id: str,
        prompt: str,
        model: str | None = None,
        duration: app_commands.Range[int, 1, LONGEST_SECONDS] | None = None,
    ) -> None:
        await _continue(interaction, job_id, prompt, model, duration)

    @continue_.autocomplete("job_id")
    async def _videos(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        access = interaction.client.services.access
        return suggest_jobs(typed, await access.videos(viewer_of(interaction), limit=MOST))

    @continue_.autocomplete("model")
    async def _models(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return suggest_models(interaction.client.services.catalogue, typed, Mode.IMAGE)

    @continue_.autocomplete("duration")
    async def _durations(
        interaction: discord.Interaction[GrokBot], typed: int | str
    ) -> list[app_commands.Choice[int]]:
        entries = entries_so_far(interaction, Mode.IMAGE)
        lengths = [length for entry in entries for length in entry.seconds]
        return suggest_seconds(str(typed), lengths)

    return continue_


async def setup(bot: GrokBot) -> None:
    """Add the command to the group that `cogs/grok.py` made."""
    bot.members_group.add_command(make_command())
