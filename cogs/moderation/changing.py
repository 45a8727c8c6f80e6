"""What the commands that set a policy have in common: one change, told with before and after."""

from collections.abc import Sequence

import discord

from bot.client import GrokBot
from bot.domain import PolicyName
from bot.errors import InvalidRequestError
from bot.interactions import check_moderator
from bot.limits.listings import Edit
from bot.posting.moderation.settings_text import change_text, policy_line, settings_pages
from bot.posting.moderation.words_access import LISTED_WITHOUT_MODE
from bot.store.moderation.policies import Where
from bot.tree import answer


async def set_value(
    interaction: discord.Interaction[GrokBot], where: Where, name: PolicyName, value: object
) -> None:
    """Set a policy, or with None remove it, and say what is different now."""
    policies, by_id = interaction.client.services.policies, check_moderator(interaction).member_id
    change = (
        await policies.remove_policy(where, name, by_id)
        if value is None
        else await policies.set_policy(where, name, value, by_id)
    )
    await answer(interaction, change_text(name, where.scope, where.target_id, change))


async def set_listing(
    interaction: discord.Interaction[GrokBot],
    where: Where,
    name: PolicyName,
    mode: str,
    items: Sequence[int | str],
) -> None:
    """Set a list; “only …” and “… but” go before its names, every other mode removes it.

    Raises:
        InvalidRequestError: Names are given where there is no list, or none where there is one.
    """
    if mode.startswith("only"):
        value = {"mode": "only", "items": list(items)}
    elif mode.endswith("but"):
        value = {"mode": "except", "items": list(items)}
    elif items:
        raise InvalidRequestError(LISTED_WITHOUT_MODE.format(mode=mode))
    else:
        value = None
    await set_value(interaction, where, name, value)


async def edit_listing(
    interaction: discord.Interaction[GrokBot], where: Where, name: PolicyName, edit: Edit
) -> None:
    """Put a name on a list or take one off, and say what is different now."""
    by_id = check_moderator(interaction).member_id
    change = await interaction.client.services.policies.edit_policy(where, name, edit, by_id)
    await answer(interaction, change_text(name, where.scope, where.target_id, change))


async def show_lines(interaction: discord.Interaction[GrokBot], lines: Sequence[str]) -> None:
    """Show what is set, in as many messages as it takes."""
    first, *more = settings_pages(lines)
    await interaction.edit_original_response(embed=first)
    for page in more:
        await interaction.followup.send(embed=page, ephemeral=True)


async def show_policies(interaction: discord.Interaction[GrokBot], *names: PolicyName) -> None:
    """Show what is set under some names, in all scopes of the server."""
    guild_id = check_moderator(interaction).guild_id
    book = await interaction.client.services.policies.book(guild_id)
    found = [one for one in book.policies if one.guild_id == guild_id and one.name in names]
    await show_lines(interaction, [policy_line(one) for one in found])
