"""Removing and reporting posted videos: /grok remove, and two entries of the message menu."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import PostedVideo
from bot.interactions import defer, open_form, origin_of, viewer_of
from bot.pipeline.removals import Pointed
from bot.posting.marks import marked_job
from bot.posting.report_form import FilledReport, filled_report, report_form
from bot.posting.suggestions import MOST, suggest_jobs
from bot.posting.words_removal import REMOVALS, REPORTS
from bot.tree import answer, answering


def make_command() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="remove", description="Remove a posted video")
    @app_commands.rename(job_id="id")
    @app_commands.describe(job_id="The job's id, as its card shows it")
    async def remove(interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        await defer(interaction)
        removals = interaction.client.services.removals
        outcome, job = await removals.remove(job_id, viewer_of(interaction))
        await answer(interaction, REMOVALS[outcome](job_id=job.id))

    @remove.autocomplete("job_id")
    async def _job_ids(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        removals = interaction.client.services.removals
        return suggest_jobs(typed, await removals.removable(viewer_of(interaction), limit=MOST))

    return remove


@app_commands.guild_only()
async def _remove_pointed(
    interaction: discord.Interaction[GrokBot], message: discord.Message
) -> None:
    await defer(interaction)
    removals = interaction.client.services.removals
    outcome, job = await removals.remove_pointed(
        _pointed(interaction, message), viewer_of(interaction)
    )
    await answer(interaction, REMOVALS[outcome](job_id=job.id))


@app_commands.guild_only()
async def _report_pointed(
    interaction: discord.Interaction[GrokBot], message: discord.Message
) -> None:
    """Open the form at once: nothing may be awaited before it but what says that it is a video."""
    pointed = _pointed(interaction, message)
    await interaction.client.services.removals.find(pointed, viewer_of(interaction))
    await open_form(interaction, report_form(message.id, pointed.marked))


def _pointed(interaction: discord.Interaction[GrokBot], message: discord.Message) -> Pointed:
    own = interaction.client.user
    is_own = own is not None and message.author.id == own.id
    place = PostedVideo(message.channel.id, message.id)
    return Pointed(place, marked_job(message) if is_own else None)


class Removal(commands.Cog):
    """What comes without a command: forms that were sent."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Take the form of a report, also one that was opened before a restart."""
        filled = filled_report(interaction)
        if filled is None:
            return
        async with answering(interaction):
            await defer(interaction)
            await self._report(interaction, filled)

    async def _report(
        self, interaction: discord.Interaction[GrokBot], filled: FilledReport
    ) -> None:
        place = PostedVideo(origin_of(interaction).channel_id, filled.message_id)
        outcome = await self._bot.services.removals.report(
            Pointed(place, filled.marked), viewer_of(interaction), filled.reason
        )
        await answer(interaction, REPORTS[outcome]())


async def setup(bot: GrokBot) -> None:
    """Add the command to the group that `cogs/grok.py` made, and the entries of the menu."""
    bot.members_group.add_command(make_command())
    for name, callback in (
        ("Remove Grok video", _remove_pointed),
        ("Report Grok video", _report_pointed),
    ):
        bot.tree.add_command(app_commands.ContextMenu(name=name, callback=callback))
    await bot.add_cog(Removal(bot))
