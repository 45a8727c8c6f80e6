"""Buttons that make a new video of a posted one, and the forms that ask for its prompt."""

from typing import Final

import discord
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import Relation
from bot.interactions import defer, open_form, viewer_of, wish_of
from bot.posting.buttons import Action
from bot.posting.permissions import check_can_post
from bot.posting.prompt_form import FilledPrompt, Subject, filled_prompt, prompt_form
from bot.tree import answer_made, answering

_FORMS: Final = {
    Action.REMIX: Subject.REMIX,
    Action.CONTINUE: Subject.CONTINUE,
    Action.EXTEND: Subject.EXTEND,
    Action.EDIT: Subject.EDIT,
}
_RELATIONS: Final = {
    Subject.REMIX: Relation.REMIX,
    Subject.CONTINUE: Relation.CONTINUE,
    Subject.EXTEND: Relation.EXTEND,
    Subject.EDIT: Relation.EDIT,
}


class SequelControls(commands.Cog):
    """Whoever sees a video may go on from it, unless the server leaves that to its requester."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_job_button(
        self, interaction: discord.Interaction[GrokBot], action: Action, job_id: str
    ) -> None:
        """Answer a press; whatever goes wrong becomes a sentence."""
        if action is Action.REPEAT:
            async with answering(interaction):
                await defer(interaction)
                await self._again(interaction, job_id)
        elif action in _FORMS:
            async with answering(interaction):
                await self._ask(interaction, _FORMS[action], job_id)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Take a form that was sent, also one that was opened before a restart."""
        filled = filled_prompt(interaction)
        if filled is None or filled.subject not in _RELATIONS:
            return
        async with answering(interaction):
            await defer(interaction)
            await self._make(interaction, filled)

    async def _again(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        check_can_post(interaction)
        services, wish = self._bot.services, wish_of(interaction)
        job = await services.pressing.job(job_id, wish.viewer)
        made = await services.sequels.again(job.id, wish)
        await answer_made(interaction, services.looks, made)

    async def _ask(
        self, interaction: discord.Interaction[GrokBot], subject: Subject, job_id: str
    ) -> None:
        """Open the form at once: only what says that it would be in vain comes before."""
        check_can_post(interaction)
        services, viewer = self._bot.services, viewer_of(interaction)
        await services.pressing.job(job_id, viewer)
        job = await services.sequels.check(job_id, viewer, _RELATIONS[subject])
        form = prompt_form(
            subject,
            job.id,
            most=services.intake.longest_prompt,
            filled=job.spec.prompt if subject is Subject.REMIX else "",
        )
        await open_form(interaction, form)

    async def _make(self, interaction: discord.Interaction[GrokBot], filled: FilledPrompt) -> None:
        check_can_post(interaction)
        services, wish = self._bot.services, wish_of(interaction)
        job = await services.pressing.job(filled.of, wish.viewer)
        relation = _RELATIONS[filled.subject]
        made = await services.sequels.make(job.id, relation, filled.prompt, wish)
        await answer_made(interaction, services.looks, made)


async def setup(bot: GrokBot) -> None:
    """Add the buttons and forms to the bot."""
    await bot.add_cog(SequelControls(bot))
