"""Buttons on posted messages, alive after any restart: all they need is in their id."""

import asyncio
import logging
from typing import Any, Final

import discord
from discord.ext import commands

from bot.client import CONTROLS, GrokBot
from bot.errors import NotAllowedError
from bot.interactions import asker_of, defer, origin_of, viewer_of
from bot.language import _
from bot.posting.buttons import Action
from bot.posting.compose_form import composed
from bot.posting.moderation import words_desk
from bot.posting.moderation.case_buttons import sent_form
from bot.posting.permissions import check_can_post
from bot.posting.prompt_form import filled_prompt
from bot.posting.report_form import filled_report
from bot.posting.story_form import filled_story
from bot.posting.words import CANCEL_ANSWERS, GONE, LEFT
from bot.posting.words_removal import REMOVALS
from bot.tree import answer, answer_made, answering

log = logging.getLogger(__name__)

_PATIENCE_SECONDS: Final = 1.5
"""Half of what Discord waits for an answer."""
_OURS: Final = frozenset(
    {
        Action.CANCEL,
        Action.SUBMIT_AGAIN,
        Action.CONFIRM,
        Action.DECLINE,
        Action.APPEAL,
        Action.REMOVE,
    }
)
"""The others have cogs of their own, because they answer with forms and files."""


class Controls(commands.Cog):
    """What a press on a job's button does."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_job_button(
        self, interaction: discord.Interaction[GrokBot], action: Action, job_id: str
    ) -> None:
        """Answer a press; whatever goes wrong becomes a sentence."""
        if action not in _OURS:
            return
        async with answering(interaction):
            await defer(interaction)
            match action:
                case Action.CANCEL:
                    viewer = viewer_of(interaction)
                    cancelled = await self._bot.services.access.cancel(job_id, viewer)
                    await answer(interaction, CANCEL_ANSWERS[cancelled]())
                case Action.SUBMIT_AGAIN:
                    await self._submit_again(interaction, job_id)
                case Action.CONFIRM:
                    await self._confirm(interaction, job_id)
                case Action.DECLINE:
                    confirmer = self._bot.services.confirmer
                    job = await confirmer.decline(job_id, viewer_of(interaction))
                    await answer(interaction, LEFT(job_id=job.id))
                case Action.APPEAL:
                    await self._appeal(interaction, job_id)
                case Action.REMOVE:
                    removals = self._bot.services.removals
                    outcome, job = await removals.remove(job_id, viewer_of(interaction))
                    await answer(interaction, REMOVALS[outcome](job_id=job.id))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Answer for a button or a form that nothing knows any more."""
        if _is_known(interaction):
            return
        await asyncio.sleep(_PATIENCE_SECONDS)
        if not interaction.response.is_done():
            log.info("Interaction %s refused: nothing knows its control", interaction.id)
            async with answering(interaction):
                await answer(interaction, GONE())

    async def _submit_again(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        services = self._bot.services
        viewer = viewer_of(interaction)
        job = await services.access.visible(job_id, viewer)
        if job.origin.requester_id != viewer.member_id:
            raise NotAllowedError(_("Only its requester may submit this job again."))
        check_can_post(interaction)
        made = await services.intake.repeat(job, origin_of(interaction), asker_of(interaction))
        await answer_made(interaction, services.looks, made)

    async def _appeal(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        desk = self._bot.services.desk
        appealed = await desk.appeal(job_id, viewer_of(interaction), asker_of(interaction))
        told = words_desk.APPEALED if appealed.is_new else words_desk.APPEALED_BEFORE
        await answer(interaction, told(job_id=job_id))

    async def _confirm(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        services = self._bot.services
        check_can_post(interaction)
        viewer, asker = viewer_of(interaction), asker_of(interaction)
        made = await services.confirmer.confirm(job_id, viewer, asker)
        await answer_made(interaction, services.looks, made)


def _is_known(interaction: discord.Interaction[GrokBot]) -> bool:
    """Tell whether somebody else answers: a slow answer must not look like none."""
    data: Any = interaction.data
    match interaction.type:
        case discord.InteractionType.component:
            templates = [one.__discord_ui_compiled_template__ for one in CONTROLS]
            return any(one.fullmatch(data["custom_id"]) for one in templates)
        case discord.InteractionType.modal_submit:
            forms = (sent_form, filled_report, filled_prompt, filled_story, composed)
            return any(read(interaction) is not None for read in forms)
        case _:
            return True


async def setup(bot: GrokBot) -> None:
    """Add the buttons to the bot."""
    await bot.add_cog(Controls(bot))
