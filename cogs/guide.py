"""The member's commands /grok models and help: what there is, and how it works."""

from typing import Any

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.interactions import defer
from bot.posting.model_list import model_pages
from bot.posting.words import HELP, MORE_HELP
from bot.posting.words_reactions import HELP as REACTIONS_HELP


def make_models() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="models", description="What can be used here, and what it makes")
    async def models(interaction: discord.Interaction[GrokBot]) -> None:
        """List the looks and the models, in as many messages as it takes."""
        await defer(interaction)
        services = interaction.client.services
        usual = {
            entry.key: await services.foresight.usual(entry.provider, entry.model)
            for entry in services.catalogue
        }
        first, *more = model_pages(
            services.catalogue, shows_prices=services.shows_prices, usual=usual
        )
        await interaction.edit_original_response(embed=first)
        for page in more:
            await interaction.followup.send(embed=page, ephemeral=True)

    return models


def make_help() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="help", description="How this works")
    async def explain(interaction: discord.Interaction[GrokBot]) -> None:
        await interaction.response.send_message(HELP(), ephemeral=True)
        # Discord takes 2,000 characters in one message, and not every language has room in that.
        more = f"{MORE_HELP()}\n{REACTIONS_HELP()}"
        await interaction.followup.send(more, ephemeral=True)

    return explain


async def setup(bot: GrokBot) -> None:
    """Add the commands to the group that `cogs/grok.py` made."""
    bot.members_group.add_command(make_models())
    bot.members_group.add_command(make_help())
