"""The moderators' commands /grok-admin gallery: where the videos go that members favour."""

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import PolicyName
from bot.interactions import defer
from bot.limits.values import MOST_VOTES
from bot.posting.permissions import check_can_post_in
from cogs.moderation.changing import set_policy
from cogs.moderation.group import admin_group
from cogs.moderation.options import TextPlace, where_of


def make_group() -> app_commands.Group:
    """Make the subgroup; a fresh one for each bot, because it remembers its group."""
    group = app_commands.Group(name="gallery", description="Copies of the best videos")

    @group.command(name="set", description="Copy videos that enough members favour")
    @app_commands.describe(
        channel="Where to",
        votes="From how many members on, without its requester",
        weekly="Whether the best of each week are listed there",
    )
    async def choose(
        interaction: discord.Interaction[GrokBot],
        channel: TextPlace,
        votes: app_commands.Range[int, 1, MOST_VOTES],
        weekly: bool = False,  # noqa: FBT001, FBT002 - an option of a command
    ) -> None:
        await defer(interaction)
        check_can_post_in(channel.resolve(), interaction.guild)
        value = {"channel": channel.id, "votes": votes, "weekly": weekly}
        await set_policy(interaction, where_of(interaction), PolicyName.GALLERY, value)

    @group.command(name="off", description="Copy no videos any more")
    async def off(interaction: discord.Interaction[GrokBot]) -> None:
        await defer(interaction)
        await set_policy(interaction, where_of(interaction), PolicyName.GALLERY, None)

    return group


async def setup(bot: GrokBot) -> None:
    """Add the subgroup."""
    admin_group(bot).add_command(make_group())
