"""The options that several commands of moderators share: a place, and for whom something is set."""

from typing import Any, Final

import discord
from discord import app_commands

from bot.domain import Scope
from bot.errors import InvalidRequestError
from bot.interactions import check_moderator
from bot.posting.moderation.words_access import ONE_SCOPE
from bot.store.moderation.policies import Where, server

_TYPES: Final = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.forum,
    discord.ChannelType.category,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
)
Place = app_commands.AppCommandChannel | app_commands.AppCommandThread


class PlaceOption(app_commands.Transformer):
    """A channel, thread or category as the interaction has it; only its id is of interest."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Return Discord's type of the option."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Return what the client offers."""
        return list(_TYPES)

    async def transform(self, interaction: discord.Interaction[Any], value: Place, /) -> Place:
        """Return the channel as it is."""
        return value


def where_of(
    interaction: discord.Interaction[Any],
    *,
    channel: Place | None = None,
    role: discord.Role | None = None,
    member: discord.User | None = None,
) -> Where:
    """Say for whom something is set; for the whole server where nobody is named.

    Raises:
        InvalidRequestError: Several are named.
        NotAllowedError: Whoever asks is no moderator.
    """
    guild_id = check_moderator(interaction).guild_id
    targets = ((Scope.CHANNEL, channel), (Scope.ROLE, role), (Scope.MEMBER, member))
    named = [(scope, target.id) for scope, target in targets if target is not None]
    match named:
        case []:
            return server(guild_id)
        case [(scope, target_id)]:
            return Where(guild_id, scope, target_id)
    raise InvalidRequestError(ONE_SCOPE)
