"""Buttons on posted messages, alive after any restart: all they need is in their id."""

import asyncio
from typing import Any, Final

import discord
from discord.ext import commands

from bot.client import GrokBot
from bot.errors import NotAllowedError
from bot.interactions import defer, origin_of, viewer_of
from bot.posting.buttons import Action, JobButton
from bot.posting.permissions import check_can_post
from bot.posting.words import CANCEL_ANSWERS, GONE, STOPPING
from bot.tree import answer, answer_error

_PATIENCE_SECONDS: Final = 1.5
"""Half of what Discord waits for an answer."""


class Controls(commands.Cog):
    """What a press on a job's button does."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_job_button(
        self, interaction: discord.Interaction[GrokBot], action: Action, job_id: str
    ) -> None:
        """Answer a press; whatever goes wrong becomes a sentence."""
        try:
            if not self._bot.tree.is_open:
                await answer(interaction, STOPPING)
                return
            await defer(interaction)
            match action:
                case Action.CANCEL:
                    outcome = await self._bot.services.access.cancel(job_id, viewer_of(interaction))
                    await answer(interaction, CANCEL_ANSWERS[outcome])
                case Action.SUBMIT_AGAIN:
                    await self._submit_again(interaction, job_id)
        except Exception as error:  # noqa: BLE001 - the last place before Discord says "failed"
            await answer_error(interaction, error)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Answer for a button that nothing knows any more."""
        if interaction.type is not discord.InteractionType.component:
            return
        data: Any = interaction.data
        if JobButton.owns(data["custom_id"]):
            return
        await asyncio.sleep(_PATIENCE_SECONDS)
        if not interaction.response.is_done():
            await answer(interaction, GONE)

    async def _submit_again(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        services = self._bot.services
        viewer = viewer_of(interaction)
        job = await services.access.visible(job_id, viewer)
        if job.origin.requester_id != viewer.member_id:
            raise NotAllowedError("Only its requester may submit this job again.")
        check_can_post(interaction)
        again = await services.intake.repeat(job, origin_of(interaction))
        await answer(interaction, services.looks.accepted(again))


async def setup(bot: GrokBot) -> None:
    """Add the buttons to the bot."""
    await bot.add_cog(Controls(bot))
