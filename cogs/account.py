"""The member's commands /grok privacy export and forget: what is kept about them."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.errors import NotAllowedError
from bot.interactions import defer, origin_of
from bot.posting.forget_button import forget_view
from bot.posting.words_privacy import ASK_FORGET, EXPORTED, FORGETTING, NOT_FOR_YOU
from bot.tree import answer, answering


def make_group() -> app_commands.Group:
    """Make the subgroup; a fresh one for each bot, because it remembers its group."""
    group = app_commands.Group(name="privacy", description="What is kept about you")

    @group.command(name="export", description="Have everything that is kept about you sent to you")
    async def export(interaction: discord.Interaction[GrokBot]) -> None:
        await defer(interaction)
        origin = origin_of(interaction)
        exporter = interaction.client.services.exporter
        count = await exporter.export(origin.guild_id, origin.requester_id)
        await answer(interaction, EXPORTED(count=count))

    @group.command(name="forget", description="Have your prompts, pictures and videos deleted")
    async def forget(interaction: discord.Interaction[GrokBot]) -> None:
        await defer(interaction)
        member_id = origin_of(interaction).requester_id
        await answer(interaction, ASK_FORGET(), forget_view(member_id))

    return group


class Account(commands.Cog):
    """What a press on the button does."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_forget_button(
        self, interaction: discord.Interaction[GrokBot], member_id: int
    ) -> None:
        """Have the member forgotten who presses their own button."""
        async with answering(interaction):
            await defer(interaction)
            await self._forget(interaction, member_id)

    async def _forget(self, interaction: discord.Interaction[GrokBot], member_id: int) -> None:
        origin = origin_of(interaction)
        if origin.requester_id != member_id:
            raise NotAllowedError(NOT_FOR_YOU())
        await self._bot.services.privacy.forget(origin.guild_id, member_id)
        await answer(interaction, FORGETTING())


async def setup(bot: GrokBot) -> None:
    """Add the subgroup to the group that `cogs/grok.py` made."""
    bot.members_group.add_command(make_group())
    await bot.add_cog(Account(bot))
