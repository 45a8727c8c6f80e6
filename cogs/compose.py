"""The member's command /grok compose: a form with room for a long prompt and many images."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import VideoRequest
from bot.errors import InvalidRequestError
from bot.interactions import asker_of, defer, open_form, origin_of
from bot.posting.compose_form import Composed, compose_form, composed
from bot.posting.permissions import check_can_post
from bot.posting.uploads import read_files
from bot.posting.words_forms import NO_MODELS
from bot.tree import answer_made, answering


def make_command() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(
        name="compose", description="Make a video from a long prompt and up to ten images"
    )
    @app_commands.describe(private="Yes: it comes to you alone, until you publish it")
    async def compose(
        interaction: discord.Interaction[GrokBot],
        private: bool | None = None,  # noqa: FBT001 - an option
    ) -> None:
        check_can_post(interaction)
        services = interaction.client.services
        if not services.catalogue.entries:
            raise InvalidRequestError(NO_MODELS())
        most = services.intake.longest_prompt
        if private is None:
            private = (await services.preferences.of(interaction.user.id)).is_private
        form = compose_form(services.catalogue, most=most, is_private=private)
        await open_form(interaction, form)

    return compose


class Compose(commands.Cog):
    """What becomes of the form."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Take a form that was sent, also one that was opened before a restart."""
        filled = composed(interaction)
        if filled is None:
            return
        async with answering(interaction):
            await defer(interaction)
            await self._make(interaction, filled)

    async def _make(self, interaction: discord.Interaction[GrokBot], filled: Composed) -> None:
        check_can_post(interaction)
        services = self._bot.services
        request = VideoRequest(
            origin=origin_of(interaction),
            prompt=filled.prompt,
            model=filled.model,
            seconds=filled.seconds,
            aspect_ratio=filled.shape,
            images=await read_files(services.fetcher, filled.images),
            is_private=filled.is_private,
        )
        made = await services.intake.accept(request, asker_of(interaction))
        await answer_made(interaction, services.looks, made)


async def setup(bot: GrokBot) -> None:
    """Add the command to the group that `cogs/grok.py` made, and what takes its form."""
    bot.members_group.add_command(make_command())
    await bot.add_cog(Compose(bot))
