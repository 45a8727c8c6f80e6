"""Everything about one job, for whoever asks: a button, and an entry of the message menu."""

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import Job, Viewer, hides_prompt
from bot.errors import NotAllowedError
from bot.interactions import defer, viewer_of
from bot.posting.buttons import Action
from bot.posting.cards import video_message
from bot.posting.details import (
    PROMPT_ROOM,
    detail_lines,
    tree_embed,
    whole_prompt,
)
from bot.posting.marks import named_job
from bot.posting.words_controls import NOT_MINE
from bot.posting.words_details import WHOLE_PROMPT
from bot.tree import answer, answering

_MENU: Final = "Grok details"


@app_commands.guild_only()
async def _details_pointed(
    interaction: discord.Interaction[GrokBot], message: discord.Message
) -> None:
    await defer(interaction)
    own = interaction.client.user
    job_id = named_job(message) if own is not None and message.author.id == own.id else None
    if job_id is None:
        raise NotAllowedError(NOT_MINE())
    viewer = viewer_of(interaction)
    job = await interaction.client.services.access.visible(job_id, viewer)
    await _tell(interaction, job, viewer)


class Details(commands.Cog):
    """What a press on the button tells."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_job_button(
        self, interaction: discord.Interaction[GrokBot], action: Action, job_id: str
    ) -> None:
        """Answer a press; whatever goes wrong becomes a sentence."""
        if action is not Action.DETAILS:
            return
        async with answering(interaction):
            await defer(interaction)
            viewer = viewer_of(interaction)
            job = await self._bot.services.pressing.job(job_id, viewer)
            await _tell(interaction, job, viewer)


async def _tell(interaction: discord.Interaction[GrokBot], job: Job, viewer: Viewer) -> None:
    services = interaction.client.services
    history = await services.questions.history(job.id)
    is_hidden = hides_prompt(job, viewer)
    embed = services.looks.details(
        job,
        result=video_message(await services.outbox.sent(job.id)),
        pause=(await services.pauses.current()).get(job.spec.provider),
        is_moderator=viewer.is_moderator,
        hides_prompt=is_hidden,
        prompt_room=PROMPT_ROOM,
        more=[
            "",
            *detail_lines(
                job, services.looks.service(job), history, shows_price=services.shows_prices
            ),
        ],
    )
    tree = tree_embed(await services.family.of(job, viewer))
    file = None if is_hidden else whole_prompt(job)
    await answer(
        interaction,
        "" if file is None else WHOLE_PROMPT(),
        embeds=[embed] if tree is None else [embed, tree],
        files=[] if file is None else [file],
    )


async def setup(bot: GrokBot) -> None:
    """Add the button and the entry of the menu."""
    bot.tree.add_command(app_commands.ContextMenu(name=_MENU, callback=_details_pointed))
    await bot.add_cog(Details(bot))
