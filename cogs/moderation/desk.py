"""What a press on a case does, and what becomes of the form with a reason."""

import logging

import discord
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import AlreadyDecided, CaseState, Decided, Denial, Ruling
from bot.interactions import check_moderator, defer
from bot.posting.moderation.case_buttons import SentForm, reason_form, sent_form
from bot.posting.moderation.desk_answers import decision_text
from bot.tree import answer, answering

log = logging.getLogger(__name__)


class CaseControls(commands.Cog):
    """The buttons and forms of cases; rights are asked for anew at each."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_case_button(
        self, interaction: discord.Interaction[GrokBot], case_id: int, ruling: Ruling
    ) -> None:
        """Answer a press; whatever goes wrong becomes a sentence."""
        async with answering(interaction):
            if ruling is Ruling.APPROVE:
                await defer(interaction)
                await self._decide(interaction, SentForm(case_id, ruling, ""))
            else:
                await self._ask_why(interaction, case_id, ruling)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Answer a form; discord.py forgets forms at a restart, so that it is not asked."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        form = sent_form(interaction)
        if form is None:
            return
        async with answering(interaction):
            await defer(interaction)
            await self._decide(interaction, form)

    async def _ask_why(
        self, interaction: discord.Interaction[GrokBot], case_id: int, ruling: Ruling
    ) -> None:
        moderator = check_moderator(interaction)
        view = await self._bot.services.desk.view(case_id, moderator)
        if view.case.state is CaseState.OPEN:
            await interaction.response.send_modal(reason_form(case_id, ruling))
        else:
            await _tell(interaction, AlreadyDecided(view.case))

    async def _decide(self, interaction: discord.Interaction[GrokBot], form: SentForm) -> None:
        moderator = check_moderator(interaction)
        outcome = await self._bot.services.desk.decide(
            form.case_id,
            form.ruling,
            moderator,
            interaction_id=interaction.id,
            reason=form.reason,
        )
        await _tell(interaction, outcome)


async def _tell(
    interaction: discord.Interaction[GrokBot], outcome: Decided | AlreadyDecided | Denial
) -> None:
    if isinstance(outcome, AlreadyDecided):
        log.info("Interaction %s came after case %d was over", interaction.id, outcome.case.id)
    await answer(interaction, decision_text(outcome))


async def setup(bot: GrokBot) -> None:
    """Add the buttons and forms to the bot."""
    await bot.add_cog(CaseControls(bot))
