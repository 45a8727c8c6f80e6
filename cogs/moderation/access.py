"""Who may use the bot and where: /grok-admin channels, roles and models."""

from typing import Literal

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import PolicyName
from bot.interactions import Place, defer
from bot.limits.listings import adding, removing
from cogs.moderation.changing import edit_policy, set_listing, show_policies
from cogs.moderation.group import admin_group
from cogs.moderation.options import SetPlace, where_of

_ANOTHER = "Another one"


class Channels(app_commands.Group, name="channels", description="Where videos may be made"):
    """Threads are in their channel, and channels in their category."""

    @app_commands.command(name="set", description="Say where; this replaces the list")
    @app_commands.describe(
        mode="What the list means",
        channel="A channel with its threads, or a category",
        channel2=_ANOTHER,
        channel3=_ANOTHER,
        channel4=_ANOTHER,
        channel5=_ANOTHER,
    )
    async def choose(
        self,
        interaction: discord.Interaction[GrokBot],
        mode: Literal["only in", "everywhere but", "everywhere"],
        channel: SetPlace | None = None,
        channel2: SetPlace | None = None,
        channel3: SetPlace | None = None,
        channel4: SetPlace | None = None,
        channel5: SetPlace | None = None,
    ) -> None:
        """Set the list."""
        await defer(interaction)
        items = _ids(channel, channel2, channel3, channel4, channel5)
        await set_listing(interaction, where_of(interaction), PolicyName.CHANNELS, mode, items)

    @app_commands.command(name="add", description="Put a channel on the list")
    @app_commands.describe(channel="A channel with its threads, or a category")
    async def add(
        self,
        interaction: discord.Interaction[GrokBot],
        channel: SetPlace,
    ) -> None:
        """Add to the list."""
        await defer(interaction)
        where, edit = where_of(interaction), adding([channel.id])
        await edit_policy(interaction, where, PolicyName.CHANNELS, edit)

    @app_commands.command(name="remove", description="Take a channel off the list")
    @app_commands.describe(channel="A channel or category of the list")
    async def remove(
        self,
        interaction: discord.Interaction[GrokBot],
        channel: SetPlace,
    ) -> None:
        """Remove from the list."""
        await defer(interaction)
        where, edit = where_of(interaction), removing([channel.id])
        await edit_policy(interaction, where, PolicyName.CHANNELS, edit)

    @app_commands.command(name="show", description="Show the list")
    async def show(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Show where videos may be made."""
        await defer(interaction)
        await show_policies(interaction, PolicyName.CHANNELS, PolicyName.AGE_RESTRICTED)


class Roles(app_commands.Group, name="roles", description="Who may make videos"):
    """A list for the server, and one for a channel if it has its own; both have to agree."""

    @app_commands.command(name="set", description="Say who; this replaces the list")
    @app_commands.describe(
        mode="What the list means",
        role="A role",
        role2=_ANOTHER,
        role3=_ANOTHER,
        role4=_ANOTHER,
        role5=_ANOTHER,
        channel="For one channel or category only",
    )
    async def choose(  # noqa: PLR0917 - Discord has no list of roles; each is an option
        self,
        interaction: discord.Interaction[GrokBot],
        mode: Literal["only for", "everyone but", "everyone"],
        role: discord.Role | None = None,
        role2: discord.Role | None = None,
        role3: discord.Role | None = None,
        role4: discord.Role | None = None,
        role5: discord.Role | None = None,
        channel: SetPlace | None = None,
    ) -> None:
        """Set the list."""
        await defer(interaction)
        items, where = _ids(role, role2, role3, role4, role5), where_of(interaction, channel)
        await set_listing(interaction, where, PolicyName.ROLES, mode, items)

    @app_commands.command(name="add", description="Put a role on the list")
    @app_commands.describe(role="A role", channel="Of one channel or category only")
    async def add(
        self,
        interaction: discord.Interaction[GrokBot],
        role: discord.Role,
        channel: SetPlace | None = None,
    ) -> None:
        """Add to the list."""
        await defer(interaction)
        where, edit = where_of(interaction, channel), adding([role.id])
        await edit_policy(interaction, where, PolicyName.ROLES, edit)

    @app_commands.command(name="remove", description="Take a role off the list")
    @app_commands.describe(role="A role of the list", channel="Of one channel or category only")
    async def remove(
        self,
        interaction: discord.Interaction[GrokBot],
        role: discord.Role,
        channel: SetPlace | None = None,
    ) -> None:
        """Remove from the list."""
        await defer(interaction)
        where, edit = where_of(interaction, channel), removing([role.id])
        await edit_policy(interaction, where, PolicyName.ROLES, edit)

    @app_commands.command(name="show", description="Show the lists")
    async def show(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Show who may make videos."""
        await defer(interaction)
        await show_policies(interaction, PolicyName.ROLES)


def _ids(*given: Place | discord.Role | None) -> list[int]:
    return [one.id for one in given if one is not None]


async def setup(bot: GrokBot) -> None:
    """Add the groups to /grok-admin."""
    admin_group(bot).add_command(Channels())
    admin_group(bot).add_command(Roles())
