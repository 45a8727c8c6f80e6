"""What the commands that set something have in common: one change, told with before and after."""

from collections.abc import Iterable, Sequence

import discord

from bot.client import GrokBot
from bot.domain import Change, LimitKind, PolicyName, Unit
from bot.errors import InvalidRequestError
from bot.interactions import check_moderator
from bot.limits.listings import Edit
from bot.posting.command_texts import said_choice
from bot.posting.moderation.policy_text import (
    LONG_LINE,
    limit_change_text,
    policy_change_text,
    policy_line,
)
from bot.posting.moderation.words_access import LATER, LISTED_WITHOUT_MODE, NOTHING_SET
from bot.posting.pages import pages
from bot.store.moderation.policies import Where
from bot.tree import answer, answer_pages


async def change_policy(
    interaction: discord.Interaction[GrokBot], where: Where, name: PolicyName, value: object
) -> Change:
    """Set a policy in the name of who asks, or with None go back to how it is without."""
    policies, by_id = interaction.client.services.policies, check_moderator(interaction).member_id
    if value is None:
        return await policies.remove_policy(where, name, by_id)
    return await policies.set_policy(where, name, value, by_id)


async def set_policy(
    interaction: discord.Interaction[GrokBot],
    where: Where,
    name: PolicyName,
    value: object,
    *,
    hint: str = "",
) -> None:
    """Set a policy, or with None remove it, and say what is different now."""
    change = await change_policy(interaction, where, name, value)
    text = policy_change_text(where.scope, where.target_id, name, change)
    await answer(interaction, f"{text}\n{hint}" if hint else text)


async def set_limit(
    interaction: discord.Interaction[GrokBot],
    where: Where,
    kind: LimitKind,
    unit: Unit,
    amount: int | None,
) -> None:
    """Set a limit, or with None remove it, and say what is different now."""
    policies, by_id = interaction.client.services.policies, check_moderator(interaction).member_id
    change = (
        await policies.remove_limit(where, kind, unit, by_id)
        if amount is None
        else await policies.set_limit(where, kind, unit, amount, by_id)
    )
    text = limit_change_text(where.scope, where.target_id, kind, unit, change)
    await answer(interaction, text)


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
        raise InvalidRequestError(LISTED_WITHOUT_MODE(mode=said_choice(mode)))
    else:
        value = None
    await set_policy(interaction, where, name, value)


async def edit_policy(
    interaction: discord.Interaction[GrokBot], where: Where, name: PolicyName, edit: Edit
) -> None:
    """Make of what is set something else, and say what is different now."""
    by_id = check_moderator(interaction).member_id
    change = await interaction.client.services.policies.edit_policy(where, name, edit, by_id)
    await answer(interaction, policy_change_text(where.scope, where.target_id, name, change))


async def show_lines(interaction: discord.Interaction[GrokBot], lines: Iterable[str]) -> None:
    """Show what is set, in as many messages as it takes."""
    shown = pages([*lines] or [NOTHING_SET()], between="\n", left_out=LATER)
    await answer_pages(interaction, shown)


async def show_policies(interaction: discord.Interaction[GrokBot], *names: PolicyName) -> None:
    """Show what is set under some names, in all scopes of the server."""
    guild_id = check_moderator(interaction).guild_id
    book = await interaction.client.services.policies.book(guild_id)
    found = [one for one in book.policies if one.guild_id == guild_id and one.name in names]
    await show_lines(interaction, (f"• {policy_line(one, room=LONG_LINE)}" for one in found))
