"""What moderators give to single members and take from them: grant, block, unblock, blocks."""

from typing import Any, Final, Literal

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import LimitKind, Unit
from bot.interactions import check_moderator, defer
from bot.limits.amounts import read_amount
from bot.limits.moments import SUGGESTED, parse_end
from bot.limits.values import LONGEST_REASON
from bot.posting.moderation.people_text import block_change_text, block_line, grant_text
from bot.posting.moderation.words_access import NO_BLOCKS
from bot.posting.suggestions import suggest_words
from bot.tree import answer
from cogs.moderation.changing import show_lines
from cogs.moderation.group import admin_group

_LISTED: Final = 100
_WEEK: Final = "1w"
_UNITS: Final = {"jobs": Unit.JOBS, "seconds": Unit.SECONDS, "dollars": Unit.MONEY}
_UNTIL: Final = "How long, such as 12h, 3d or 2w, or a day such as 2027-01-31"
Reason = app_commands.Range[str, 1, LONGEST_REASON]


async def _ends(
    _interaction: discord.Interaction[GrokBot], typed: str
) -> list[app_commands.Choice[str]]:
    return suggest_words(typed, SUGGESTED)


def make_grant() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="grant", description="Give a member more, once")
    @app_commands.describe(
        amount="How much more",
        unit="Of what",
        until=f"{_UNTIL}; otherwise a week",
        reason="Why, for the record",
    )
    @app_commands.autocomplete(until=_ends)
    async def grant(
        interaction: discord.Interaction[GrokBot],
        member: discord.User,
        amount: str,
        unit: Literal["jobs", "seconds", "dollars"],
        until: str = _WEEK,
        reason: Reason = "",
    ) -> None:
        await defer(interaction)
        moderator, members = check_moderator(interaction), interaction.client.services.members
        given = await members.grant(
            moderator.guild_id,
            member.id,
            unit=_UNITS[unit],
            amount=read_amount(amount, LimitKind.DAY, _UNITS[unit]),
            expires_at=parse_end(until, now=interaction.created_at),
            reason=reason,
            by_id=moderator.member_id,
        )
        found = await members.grants(moderator.guild_id, member.id)
        after = sum(one.left for one in found if one.unit is given.unit)
        text = grant_text(given, before=after - given.left, after=after)
        await answer(interaction, text)

    return grant


def make_block() -> app_commands.Command[Any, ..., None]:
    """Make the command, fresh for each bot."""

    @app_commands.command(name="block", description="Let a member make no videos here")
    @app_commands.describe(until=f"{_UNTIL}; otherwise for good", reason="Why, for the member")
    @app_commands.autocomplete(until=_ends)
    async def block(
        interaction: discord.Interaction[GrokBot],
        member: discord.User,
        until: str | None = None,
        reason: Reason = "",
    ) -> None:
        await defer(interaction)
        moderator = check_moderator(interaction)
        change = await interaction.client.services.members.block(
            moderator.guild_id,
            member.id,
            until_at=None if until is None else parse_end(until, now=interaction.created_at),
            reason=reason,
            by_id=moderator.member_id,
        )
        await answer(interaction, block_change_text(member.id, change))

    return block


def make_unblock() -> app_commands.Command[Any, ..., None]:
    """Make the command, fresh for each bot."""

    @app_commands.command(name="unblock", description="Let a member make videos again")
    async def unblock(interaction: discord.Interaction[GrokBot], member: discord.User) -> None:
        await defer(interaction)
        moderator = check_moderator(interaction)
        members = interaction.client.services.members
        change = await members.unblock(moderator.guild_id, member.id, by_id=moderator.member_id)
        await answer(interaction, block_change_text(member.id, change))

    return unblock


def make_blocks() -> app_commands.Command[Any, ..., None]:
    """Make the command, fresh for each bot."""

    @app_commands.command(name="blocks", description="Who is blocked here")
    async def blocks(interaction: discord.Interaction[GrokBot]) -> None:
        await defer(interaction)
        guild_id = check_moderator(interaction).guild_id
        found = await interaction.client.services.members.blocks(guild_id, limit=_LISTED)
        await show_lines(interaction, [*map(block_line, found)] or [NO_BLOCKS()])

    return blocks


async def setup(bot: GrokBot) -> None:
    """Add the commands to /grok-admin."""
    for command in (make_grant(), make_block(), make_unblock(), make_blocks()):
        admin_group(bot).add_command(command)
