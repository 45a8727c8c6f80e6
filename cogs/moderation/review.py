"""The commands /grok-admin review: whose jobs wait for a moderator, and which ones do."""

from typing import Any, ClassVar, Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Change, PolicyName, Scope
from bot.errors import InvalidRequestError
from bot.interactions import check_moderator, defer
from bot.posting.moderation import words_desk
from bot.posting.moderation.case_buttons import buttons_of
from bot.posting.moderation.case_cards import case_card
from bot.posting.moderation.desk_answers import review_text
from bot.posting.permissions import check_can_post_in
from bot.store.moderation.policies import Where, server
from bot.tree import answer
from cogs.moderation.group import admin_group

_LISTED: Final = 5
"""Cases in one answer: each has a row of buttons, and Discord takes five rows."""


class _Place(app_commands.Transformer):
    """A channel or a category, as the interaction has it."""

    types: ClassVar = [
        discord.ChannelType.text,
        discord.ChannelType.news,
        discord.ChannelType.forum,
        discord.ChannelType.category,
    ]

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Return Discord's type of the option."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Return what the client offers."""
        return list(self.types)

    async def transform(
        self, interaction: discord.Interaction[Any], value: app_commands.AppCommandChannel, /
    ) -> app_commands.AppCommandChannel:
        """Return the channel as it is."""
        return value


class _CaseChannel(_Place):
    """A channel that takes messages."""

    types: ClassVar = [discord.ChannelType.text, discord.ChannelType.news]


Place = app_commands.Transform[app_commands.AppCommandChannel, _Place]
CaseChannel = app_commands.Transform[app_commands.AppCommandChannel, _CaseChannel]


async def _set(
    interaction: discord.Interaction[GrokBot],
    channel: app_commands.AppCommandChannel | None,
    role: discord.Role | None,
    *,
    is_on: bool | None,
) -> None:
    """Change who is reviewed; None goes back to how it is when nothing is set."""
    await defer(interaction)
    guild_id, by_id = check_moderator(interaction).guild_id, interaction.user.id
    where = _where(guild_id, channel, role)
    policies = interaction.client.services.policies
    # Nothing is off for a channel by itself: only a role can be trusted whatever else is set.
    if is_on is None or (not is_on and role is None):
        change = await policies.remove_policy(where, PolicyName.REVIEW, by_id)
    else:
        change = await policies.set_policy(where, PolicyName.REVIEW, is_on, by_id)
    text = words_desk.CHANGED.format(
        where=_named(where),
        before=review_text(is_on=change.before),
        after=review_text(is_on=change.after),
    )
    await answer(interaction, await _with_hint(interaction, text) if is_on else text)


async def _set_newcomers(interaction: discord.Interaction[GrokBot], days: int) -> None:
    await defer(interaction)
    guild_id, by_id = check_moderator(interaction).guild_id, interaction.user.id
    policies, where = interaction.client.services.policies, server(guild_id)
    if days:
        change = await policies.set_policy(where, PolicyName.NEWCOMERS, days, by_id)
    else:
        change = await policies.remove_policy(where, PolicyName.NEWCOMERS, by_id)
    text = words_desk.NEWCOMERS_CHANGED.format(
        before=_newcomers(change.before), after=_newcomers(change.after)
    )
    await answer(interaction, await _with_hint(interaction, text) if days else text)


async def _set_channel(
    interaction: discord.Interaction[GrokBot], channel: app_commands.AppCommandChannel | None
) -> None:
    await defer(interaction)
    guild_id, by_id = check_moderator(interaction).guild_id, interaction.user.id
    policies, where = interaction.client.services.policies, server(guild_id)
    change: Change
    if channel is None:
        change = await policies.remove_policy(where, PolicyName.REVIEW_CHANNEL, by_id)
    else:
        check_can_post_in(channel.resolve(), interaction.guild)
        change = await policies.set_policy(where, PolicyName.REVIEW_CHANNEL, channel.id, by_id)
    text = words_desk.CHANNEL_CHANGED.format(
        before=_channel(change.before), after=_channel(change.after)
    )
    await answer(interaction, await _with_hint(interaction, text))


async def _list(interaction: discord.Interaction[GrokBot]) -> None:
    await defer(interaction)
    guild_id = check_moderator(interaction).guild_id
    services = interaction.client.services
    views = await services.cases.waiting(guild_id, limit=_LISTED)
    if not views:
        await answer(interaction, words_desk.NO_CASES)
        return
    text = words_desk.CASES.format(count=await services.cases.count_waiting(guild_id))
    embeds = [case_card(view, services.looks.facts(view.job)) for view in views]
    await answer(interaction, text, buttons_of(view.case for view in views), embeds=embeds)


def make_group() -> app_commands.Group:
    """Make the commands; fresh ones for each bot, because they remember their parent."""
    group = app_commands.Group(name="review", description="Whose jobs wait for a moderator")

    @group.command(name="on", description="Review jobs here, in a channel, or of a role")
    async def on(
        interaction: discord.Interaction[GrokBot],
        channel: Place | None = None,
        role: discord.Role | None = None,
    ) -> None:
        await _set(interaction, channel, role, is_on=True)

    @group.command(name="off", description="Review no jobs here or there; trust a role")
    async def off(
        interaction: discord.Interaction[GrokBot],
        channel: Place | None = None,
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
        channel: CaseChannel | None = None,
    ) -> None:
        await _set_channel(interaction, channel)

    @group.command(name="list", description="The open cases, with their buttons")
    async def list_(interaction: discord.Interaction[GrokBot]) -> None:
        await _list(interaction)


def _where(
    guild_id: int, channel: app_commands.AppCommandChannel | None, role: discord.Role | None
) -> Where:
    """Say what is set.

    Raises:
        InvalidRequestError: It would be two scopes at once.
    """
    if channel is not None and role is not None:
        raise InvalidRequestError(words_desk.ONE_SCOPE)
    if channel is not None:
        return Where(guild_id, Scope.CHANNEL, channel.id)
    return server(guild_id) if role is None else Where(guild_id, Scope.ROLE, role.id)


def _named(where: Where) -> str:
    match where.scope:
        case Scope.CHANNEL:
            return f"<#{where.target_id}>"
        case Scope.ROLE:
            return f"<@&{where.target_id}>"
        case _:
            return "this server"


def _newcomers(days: int | None) -> str:
    return words_desk.UNSET if days is None else words_desk.NEWCOMERS.format(days=days)


def _channel(channel_id: int | None) -> str:
    return words_desk.UNSET if channel_id is None else f"<#{channel_id}>"


async def _with_hint(interaction: discord.Interaction[GrokBot], text: str) -> str:
    """Add where cases can be found when no channel shows them."""
    guild_id: Any = interaction.guild_id
    book = await interaction.client.services.policies.book(guild_id)
    has_channel = any(one.name is PolicyName.REVIEW_CHANNEL for one in book.policies)
    return text if has_channel else f"{text}\n{words_desk.NO_CHANNEL}"


async def setup(bot: GrokBot) -> None:
    """Add the commands to the group that `group.py` made."""
    admin_group(bot).add_command(make_group())
