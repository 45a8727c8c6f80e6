"""The commands /grok-admin review: whose jobs wait for a moderator, and which ones do."""

from typing import Any, Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import PolicyName, Scope
from bot.interactions import check_moderator, defer
from bot.posting.moderation import words_desk
from bot.posting.moderation.case_buttons import buttons_of
from bot.posting.moderation.case_cards import case_card
from bot.posting.moderation.desk_answers import review_text
from bot.posting.permissions import check_can_post_in
from bot.store.moderation.policies import Where
from bot.tree import answer
from cogs.moderation.changing import change_policy
from cogs.moderation.group import admin_group
from cogs.moderation.options import Channel, ReviewedPlace, TextPlace, where_of

_LISTED: Final = 5
"""Cases in one answer: each has a row of buttons, and Discord takes five rows."""


async def _set(
    interaction: discord.Interaction[GrokBot],
    channel: Channel | None,
    role: discord.Role | None,
    *,
    is_on: bool | None,
) -> None:
    """Change who is reviewed; None goes back to how it is when nothing is set."""
    await defer(interaction)
    where = where_of(interaction, channel, role, or_say=words_desk.ONE_SCOPE)
    # Nothing is off for a channel by itself: only a role can be trusted whatever else is set.
    value = None if role is None and not is_on else is_on
    change = await change_policy(interaction, where, PolicyName.REVIEW, value)
    text = words_desk.CHANGED(
        where=_named(where),
        before=review_text(is_on=change.before),
        after=review_text(is_on=change.after),
    )
    await answer(interaction, await _with_hint(interaction, text) if is_on else text)


async def _set_newcomers(interaction: discord.Interaction[GrokBot], days: int) -> None:
    await defer(interaction)
    here = where_of(interaction)
    change = await change_policy(interaction, here, PolicyName.NEWCOMERS, days or None)
    text = words_desk.NEWCOMERS_CHANGED(
        before=_newcomers(change.before), after=_newcomers(change.after)
    )
    await answer(interaction, await _with_hint(interaction, text) if days else text)


async def _set_channel(interaction: discord.Interaction[GrokBot], channel: Channel | None) -> None:
    await defer(interaction)
    here, channel_id = where_of(interaction), None
    if channel is not None:
        check_can_post_in(channel.resolve(), interaction.guild)
        channel_id = channel.id
    change = await change_policy(interaction, here, PolicyName.REVIEW_CHANNEL, channel_id)
    text = words_desk.CHANNEL_CHANGED(before=_channel(change.before), after=_channel(change.after))
    await answer(interaction, await _with_hint(interaction, text))


async def _list(interaction: discord.Interaction[GrokBot]) -> None:
    await defer(interaction)
    guild_id = check_moderator(interaction).guild_id
    services = interaction.client.services
    views = await services.cases.waiting(guild_id, limit=_LISTED)
    if not views:
        await answer(interaction, words_desk.NO_CASES())
        return
    text = words_desk.CASES(count=await services.cases.count_waiting(guild_id))
    embeds = [case_card(view, services.looks.facts(view.job)) for view in views]
    await answer(interaction, text, buttons_of(view.case for view in views), embeds=embeds)


def make_group() -> app_commands.Group:
    """Make the commands; fresh ones for each bot, because they remember their parent."""
    group = app_commands.Group(name="review", description="Whose jobs wait for a moderator")

    @group.command(name="on", description="Review jobs here, in a channel, or of a role")
    async def on(
        interaction: discord.Interaction[GrokBot],
        channel: ReviewedPlace | None = None,
        role: discord.Role | None = None,
    ) -> None:
        await _set(interaction, channel, role, is_on=True)

    @group.command(name="off", description="Review no jobs here or there; trust a role")
    async def off(
        interaction: discord.Interaction[GrokBot],
        channel: ReviewedPlace | None = None,
        role: discord.Role | None = None,
    ) -> None:
        await _set(interaction, channel, role, is_on=False)

    @group.command(name="clear", description="Neither review nor trust a role")
    async def clear(interaction: discord.Interaction[GrokBot], role: discord.Role) -> None:
        await _set(interaction, None, role, is_on=None)

    _add_others(group)
    return group


def _add_others(group: app_commands.Group) -> None:
    @group.command(name="newcomers", description="Review members who are new here")
    @app_commands.describe(days="For how many days after they came; 0 for none")
    async def newcomers(
        interaction: discord.Interaction[GrokBot], days: app_commands.Range[int, 0, 365]
    ) -> None:
        await _set_newcomers(interaction, days)

    @group.command(name="channel", description="Where cases are shown")
    @app_commands.describe(channel="For moderators only; none to show them nowhere")
    async def channel_(
        interaction: discord.Interaction[GrokBot],
        channel: TextPlace | None = None,
    ) -> None:
        await _set_channel(interaction, channel)

    @group.command(name="list", description="The open cases, with their buttons")
    async def list_(interaction: discord.Interaction[GrokBot]) -> None:
        await _list(interaction)


def _named(where: Where) -> str:
    match where.scope:
        case Scope.CHANNEL:
            return f"<#{where.target_id}>"
        case Scope.ROLE:
            return f"<@&{where.target_id}>"
        case _:
            return words_desk.THIS_SERVER()


def _newcomers(days: int | None) -> str:
    return words_desk.UNSET() if days is None else words_desk.NEWCOMERS(days)


def _channel(channel_id: int | None) -> str:
    return words_desk.UNSET() if channel_id is None else f"<#{channel_id}>"


async def _with_hint(interaction: discord.Interaction[GrokBot], text: str) -> str:
    """Add where cases can be found when no channel shows them."""
    guild_id: Any = interaction.guild_id
    book = await interaction.client.services.policies.book(guild_id)
    has_channel = any(one.name is PolicyName.REVIEW_CHANNEL for one in book.policies)
    return text if has_channel else f"{text}\n{words_desk.NO_CHANNEL()}"


async def setup(bot: GrokBot) -> None:
    """Add the commands to the group that `group.py` made."""
    admin_group(bot).add_command(make_group())
