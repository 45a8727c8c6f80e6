"""Nothing new for a while: /grok-admin pause and resume."""

from typing import Any

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import EVERYWHERE, PolicyName, Scope
from bot.interactions import check_moderator, defer
from bot.limits.values import LONGEST_REASON
from bot.posting.moderation.settings_text import change_text
from bot.posting.moderation.words_access import PAUSED, STILL_PAUSED
from bot.store.moderation.policies import server
from bot.tree import answer
from cogs.moderation.group import admin_group


def make_pause() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="pause", description="Take no new videos here for now")
    @app_commands.describe(reason="Why, for the members")
    async def pause(
        interaction: discord.Interaction[GrokBot],
        reason: app_commands.Range[str, 1, LONGEST_REASON] = "",
    ) -> None:
        await defer(interaction)
        moderator = check_moderator(interaction)
        change = await interaction.client.services.policies.set_policy(
            server(moderator.guild_id), PolicyName.PAUSE, {"reason": reason}, moderator.member_id
        )
        text = change_text(PolicyName.PAUSE, Scope.SERVER, moderator.guild_id, change)
        await answer(interaction, f"{text}\n{PAUSED}")

    return pause


def make_resume() -> app_commands.Command[Any, ..., None]:
    """Make the command, fresh for each bot."""

    @app_commands.command(name="resume", description="Take new videos again")
    async def resume(interaction: discord.Interaction[GrokBot]) -> None:
        await defer(interaction)
        moderator, policies = check_moderator(interaction), interaction.client.services.policies
        change = await policies.remove_policy(
            server(moderator.guild_id), PolicyName.PAUSE, moderator.member_id
        )
        text = change_text(PolicyName.PAUSE, Scope.SERVER, moderator.guild_id, change)
        book = await policies.book(moderator.guild_id)
        if book.value(Scope.EVERYWHERE, EVERYWHERE, PolicyName.PAUSE) is not None:
            text = f"{text}\n{STILL_PAUSED}"
        await answer(interaction, text)

    return resume


async def setup(bot: GrokBot) -> None:
    """Add the commands to /grok-admin."""
    admin_group(bot).add_command(make_pause())
    admin_group(bot).add_command(make_resume())
