"""The root of /grok-admin, to which the other files of this folder add their commands."""

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.interactions import ADMIN


def make_group() -> app_commands.Group:
    """Make the group; Discord shows it to those who may manage the server.

    That is a hint which a server can change, so `GrokTree` asks again on every call.
    """
    return app_commands.Group(
        name=ADMIN,
        description="Limits, reviews and records, for moderators",
        default_permissions=discord.Permissions(manage_guild=True),
        guild_only=True,
    )


def admin_group(bot: GrokBot) -> app_commands.Group:
    """Return the group of a bot; this file is loaded before those that add to it."""
    group = bot.tree.get_command(ADMIN)
    assert isinstance(group, app_commands.Group)  # noqa: S101 - `bot.client` says the order
    return group


async def setup(bot: GrokBot) -> None:
    """Add the group to the bot."""
    bot.tree.add_command(make_group())
