"""An interaction in the bot's own words: acknowledged, read, and said who it is from."""

import logging
from dataclasses import replace
from typing import Any, Final

import discord
from discord import app_commands

from bot.domain import Asker, Mode, Origin, Viewer
from bot.errors import NotAllowedError, StoreUnavailableError, UserError
from bot.language import Phrase, _, language_of, speak
from bot.pipeline.sequels import Wish
from bot.providers.entries import ModelEntry

log = logging.getLogger(__name__)

ALREADY_ACKNOWLEDGED: Final = 40060
"""Discord's code for a second answer; after a retried request the first one was ours."""
ADMIN: Final = "grok-admin"
"""The root of the moderators' commands."""
NOT_A_MODERATOR: Final = Phrase(
    "This is for moderators: it needs the permission Manage Server. Nothing was changed."
)

Place = app_commands.AppCommandChannel | app_commands.AppCommandThread


class PlaceOption(app_commands.Transformer):
    """A place of some types as the interaction has it: the bot need not see it."""

    def __init__(self, *types: discord.ChannelType) -> None:
        self._types = types

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Return Discord's type of the option."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Return what the client offers."""
        return list(self._types)

    async def transform(self, interaction: discord.Interaction[Any], value: Place, /) -> Place:
        """Return the place as it is."""
        return value


async def defer(interaction: discord.Interaction[Any]) -> None:
    """Acknowledge for the member alone; Discord waits three seconds and no longer.

    Raises:
        discord.NotFound: It came too late (10062); nothing was begun yet.
    """
    # A form has no message of its own that discord.py could defer to change.
    is_form = interaction.type is discord.InteractionType.modal_submit
    try:
        await interaction.response.defer(ephemeral=True, thinking=is_form)
    except discord.HTTPException as error:
        if error.code != ALREADY_ACKNOWLEDGED:
            raise


async def speak_to(interaction: discord.Interaction[Any]) -> None:
    """Speak, for the rest of this task, the language of the member: chosen here, or Discord's."""
    speak(language_of(interaction.locale.value))
    chosen = interaction.client.services.chosen_language
    if chosen is None:
        return
    try:
        language = await chosen(interaction.user.id)
    except StoreUnavailableError as error:
        # What is said about that is better said in some language than not at all.
        log.info("Interaction %s is answered as Discord shows it: %s", interaction.id, error)
    else:
        if language is not None:
            speak(language)


async def open_form(interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
    """Answer with a form; nothing else may have been answered before.

    Raises:
        discord.NotFound: It came too late (10062).
    """
    try:
        await interaction.response.send_modal(form)
    except discord.HTTPException as error:
        if error.code != ALREADY_ACKNOWLEDGED:
            raise


def origin_of(interaction: discord.Interaction[Any]) -> Origin:
    """Say who asks, where, and by which interaction.

    Raises:
        NotAllowedError: It does not come from a server, or from one that did not invite the bot.
    """
    if interaction.guild_id is None or interaction.channel_id is None:
        raise NotAllowedError(_("This works in servers only. Please use a channel of a server."))
    if interaction.is_user_integration() and not interaction.is_guild_integration():
        # A member can bring an app along to a server whose moderators never invited it.
        raise NotAllowedError(_("This works where the bot is a member. Please have it invited."))
    return Origin(
        interaction_id=interaction.id,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        requester_id=interaction.user.id,
        parent_id=_parent_of(interaction),
        language=_public_language(interaction),
    )


def _public_language(interaction: discord.Interaction[Any]) -> str:
    """Return what Discord says that is spoken there; a policy of the server may say otherwise."""
    locale = interaction.guild_locale
    return language_of(None if locale is None else locale.value)


def _parent_of(interaction: discord.Interaction[Any]) -> int | None:
    """Return the channel that a thread belongs to, if the member could say the same there.

    What is said in a private thread stays there. In a thread the permission to send messages is
    that of its channel (Discord's page Threads, Permissions): news are not for everybody to post.
    """
    channel = interaction.channel
    if not isinstance(channel, discord.Thread) or channel.is_private():
        return None
    return channel.parent_id if interaction.permissions.send_messages else None


def asker_of(interaction: discord.Interaction[Any]) -> Asker:
    """Say what limits have to know of who asks, and of the place.

    Raises:
        NotAllowedError: It does not come from a server, or Discord has not told the bot about
            that server yet: which roles count is not known then.
    """
    origin, guild, member = origin_of(interaction), interaction.guild, interaction.user
    if guild is None or guild.unavailable or not isinstance(member, discord.Member):
        raise NotAllowedError(
            _("Discord has not told me about this server yet. Please try again in a minute.")
        )
    channel = interaction.channel
    home = channel.parent if isinstance(channel, discord.Thread) else channel
    return Asker(
        member_id=origin.requester_id,
        role_ids=frozenset({guild.id, *(role.id for role in member.roles)}),
        channel_id=origin.channel_id,
        parent_channel_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
        category_id=getattr(home, "category_id", None),
        is_age_restricted=bool(getattr(channel, "is_nsfw", bool)()),
        joined_at=member.joined_at,
    )


def asker_at(
    interaction: discord.Interaction[Any], member: discord.Member, place: Place | None
) -> Asker:
    """Say what limits would have to know if `member` asked: in `place`, or here.

    Raises:
        NotAllowedError: As with `asker_of`.
    """
    here, guild = asker_of(interaction), interaction.guild
    assert guild is not None  # noqa: S101 - `asker_of` has looked
    asker = replace(
        here,
        member_id=member.id,
        role_ids=frozenset({guild.id, *(role.id for role in member.roles)}),
        joined_at=member.joined_at,
    )
    if place is None:
        return asker
    home: object = place
    parent_id = None
    if isinstance(place, app_commands.AppCommandThread):
        parent_id = place.parent_id
        home = guild.get_channel(parent_id)
    return replace(
        asker,
        channel_id=place.id,
        parent_channel_id=parent_id,
        category_id=getattr(home, "category_id", None),
        is_age_restricted=bool(getattr(home, "is_nsfw", bool)()),
    )


def viewer_of(interaction: discord.Interaction[Any]) -> Viewer:
    """Say who looks, and whether as a moderator of that channel.

    Raises:
        NotAllowedError: It does not come from a server.
    """
    origin = origin_of(interaction)
    return Viewer(
        guild_id=origin.guild_id,
        channel_id=origin.channel_id,
        member_id=origin.requester_id,
        is_moderator=interaction.permissions.manage_messages,
    )


def wish_of(interaction: discord.Interaction[Any]) -> Wish:
    """Say who wants something of a job, and what limits have to know of them.

    Raises:
        NotAllowedError: As with `asker_of`.
    """
    return Wish(viewer_of(interaction), origin_of(interaction), asker_of(interaction))


def is_for_moderators(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether a command is part of /grok-admin."""
    command = interaction.command
    root = getattr(command, "root_parent", None) or command
    return root is not None and root.name == ADMIN


def check_moderator(interaction: discord.Interaction[Any]) -> Viewer:
    """Say who moderates; asked on every command, button and form, for rights can be taken away.

    Raises:
        NotAllowedError: They may not manage the server, or it comes from none.
    """
    viewer = viewer_of(interaction)
    if not interaction.permissions.manage_guild:
        raise NotAllowedError(NOT_A_MODERATOR())
    return viewer


def entries_so_far(
    interaction: discord.Interaction[Any], mode: Mode | None
) -> tuple[ModelEntry, ...]:
    """List the models that the command as typed so far would be checked against; else all."""
    typed = str(getattr(interaction.namespace, "model", None) or "")
    services = interaction.client.services
    try:
        found: tuple[ModelEntry, ...] = services.intake.choose(typed or None, mode).entries
    except UserError:
        found = services.catalogue.entries
    return found
