"""What else is allowed, and to whom: /grok-admin allow."""

from typing import Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import PolicyName
from bot.interactions import defer
from bot.limits.values import LONGEST_SECONDS
from cogs.moderation.changing import set_policy, show_policies
from cogs.moderation.group import admin_group
from cogs.moderation.options import SetPlace, offer_sizes, where_of

_CHANNEL: Final = "In one channel or category only"
_ROLE: Final = "For one role only"
_MEMBER: Final = "For one member only"


class Allow(app_commands.Group, name="allow", description="What else is allowed"):
    """One command a policy; what is left out is not limited any more."""

    @app_commands.command(name="longest", description="How long a video may be")
    @app_commands.describe(
        seconds="At most; leave it out for any length", channel=_CHANNEL, role=_ROLE, member=_MEMBER
    )
    async def longest(
        self,
        interaction: discord.Interaction[GrokBot],
        seconds: app_commands.Range[int, 1, LONGEST_SECONDS] | None = None,
        channel: SetPlace | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """Set the longest length."""
        await defer(interaction)
        where = where_of(interaction, channel, role, member)
        await set_policy(interaction, where, PolicyName.LONGEST, seconds)

    @app_commands.command(name="resolution", description="How large a video may be")
    @app_commands.describe(
        size="At most, such as 720p; leave it out for any size",
        channel=_CHANNEL,
        role=_ROLE,
        member=_MEMBER,
    )
    @app_commands.autocomplete(size=offer_sizes)
    async def resolution(
        self,
        interaction: discord.Interaction[GrokBot],
        size: str | None = None,
        channel: SetPlace | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """Set the largest size."""
        await defer(interaction)
        where = where_of(interaction, channel, role, member)
        await set_policy(interaction, where, PolicyName.RESOLUTION, size)

    @app_commands.command(name="references", description="Whether reference images may be used")
    @app_commands.describe(
        allowed="Leave it out to remove the rule", channel=_CHANNEL, role=_ROLE, member=_MEMBER
    )
    async def references(
        self,
        interaction: discord.Interaction[GrokBot],
        allowed: bool | None = None,  # noqa: FBT001 - an option of a command
        channel: SetPlace | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """Set whether there may be images."""
        await defer(interaction)
        where = where_of(interaction, channel, role, member)
        await set_policy(interaction, where, PolicyName.REFERENCES, allowed)

    @app_commands.command(name="age-restricted", description="Age-restricted channels only")
    @app_commands.describe(only="Whether videos are made there only")
    async def age_restricted(
        self,
        interaction: discord.Interaction[GrokBot],
        only: bool,  # noqa: FBT001 - an option of a command
    ) -> None:
        """Set whether other channels may be used."""
        await defer(interaction)
        value = only or None
        await set_policy(interaction, where_of(interaction), PolicyName.AGE_RESTRICTED, value)

    @app_commands.command(name="show", description="Show what is allowed")
    async def show(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Show what the commands of this group have set."""
        await defer(interaction)
        await show_policies(
            interaction,
            PolicyName.LONGEST,
            PolicyName.RESOLUTION,
            PolicyName.REFERENCES,
            PolicyName.AGE_RESTRICTED,
        )


async def setup(bot: GrokBot) -> None:
    """Add the group to /grok-admin."""
    admin_group(bot).add_command(Allow())
