"""The options that several commands of moderators share: places, for whom something is set."""

from typing import Any, Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Scope
from bot.errors import InvalidRequestError
from bot.interactions import Place, PlaceOption, check_moderator
from bot.language import Phrase
from bot.posting.moderation.words_access import ONE_SCOPE
from bot.posting.suggestions import suggest_models, suggest_words
from bot.store.moderation.policies import Where, server

Suggestions = list[app_commands.Choice[str]]
_TEXT: Final = (discord.ChannelType.text, discord.ChannelType.news)
_THREADS: Final = (
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
)
_VOICE: Final = discord.ChannelType.voice
_STAGE: Final = discord.ChannelType.stage_voice
_FORUM: Final = discord.ChannelType.forum
_CATEGORY: Final = discord.ChannelType.category


Channel = app_commands.AppCommandChannel
SetPlace = app_commands.Transform[Place, PlaceOption(*_TEXT, _VOICE, _FORUM, _CATEGORY, *_THREADS)]
"""A place for which something is set."""
LimitedPlace = app_commands.Transform[
    Place, PlaceOption(*_TEXT, _VOICE, _STAGE, _FORUM, *_THREADS, _CATEGORY)
]
"""A place for which a limit is set."""
AskingPlace = app_commands.Transform[Place, PlaceOption(*_TEXT, _VOICE, _STAGE, _FORUM, *_THREADS)]
"""A place where somebody could ask for a video."""
ListedPlace = app_commands.Transform[Place, PlaceOption(*_TEXT, _CATEGORY, _VOICE, *_THREADS)]
"""A place whose jobs are listed."""
ReviewedPlace = app_commands.Transform[Channel, PlaceOption(*_TEXT, _FORUM, _CATEGORY)]
"""A place whose jobs are reviewed."""
TextPlace = app_commands.Transform[Channel, PlaceOption(*_TEXT)]
"""A place in which the bot writes to moderators."""


def where_of(
    interaction: discord.Interaction[Any],
    *named: Place | discord.Role | discord.User | None,
    or_say: Phrase = ONE_SCOPE,
) -> Where:
    """Say for what something is set; for the whole server where nothing is named.

    Raises:
        InvalidRequestError: Several are named; the text is `or_say`.
        NotAllowedError: Whoever asks is no moderator.
    """
    guild_id = check_moderator(interaction).guild_id
    match [one for one in named if one is not None]:
        case []:
            return server(guild_id)
        case [discord.Role() as role]:
            return Where(guild_id, Scope.ROLE, role.id)
        case [discord.User() | discord.Member() as member]:
            return Where(guild_id, Scope.MEMBER, member.id)
        case [place]:
            return Where(guild_id, Scope.CHANNEL, place.id)
    raise InvalidRequestError(or_say())


async def offer_models(interaction: discord.Interaction[GrokBot], typed: str) -> Suggestions:
    """Suggest models and looks."""
    return suggest_models(interaction.client.services.catalogue, typed)


async def offer_sizes(interaction: discord.Interaction[GrokBot], typed: str) -> Suggestions:
    """Suggest the sizes that some model can make."""
    entries = interaction.client.services.catalogue.entries
    return suggest_words(typed, [size for entry in entries for size in entry.resolutions])
