"""Nothing new for a while: /grok-admin pause and resume."""

from typing import Any

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import EVERYWHERE, PolicyName, Scope
from bot.interactions import defer
from bot.limits.values import LONGEST_REASON
from bot.posting.moderation.words_access import PAUSED, STILL_PAUSED
from cogs.moderation.changing import set_policy
from cogs.moderation.group import admin_group
from cogs.moderation.options import where_of


def make_pause() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="pause", description="Take no new videos here for now")
    @app_commands.describe(reason="Why, for the members")
    async def pause(
        interaction: discord.Interaction[GrokBot],
        reason: app_commands.Range[str, 1, LONGEST_REASON] = "",
    ) -> None:
        await defer(interaction)
        value = {"reason": reason}
        await set_policy(interaction, where_of(interaction), PolicyName.PAUSE, value, hint=PAUSED())

    return pause


def make_resume() -> app_commands.Command[Any, ..., None]:
    """Make the command, fresh for each bot."""

    @app_commands.command(name="resume", description="Take new videos again")
    async def resume(interaction: discord.Interaction[GrokBot]) -> None:
        await defer(interaction)
        where = where_of(interaction)
        book = await interaction.client.services.policies.book(where.guild_id)
        is_everywhere = book.value(Scope.EVERYWHERE, EVERYWHERE, PolicyName.PAUSE) is not None
        hint = STILL_PAUSED() if is_everywhere else ""
        await set_policy(interaction, where, PolicyName.PAUSE, None, hint=hint)

    return resume


async def setup(bot: GrokBot) -> None:
    """Add the commands to /grok-admin."""
    admin_group(bot).add_command(make_pause())
    admin_group(bot).add_command(make_resume())
