"""An interaction in the bot's own words: acknowledged, read, and said who it is from."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import discord
from discord import app_commands

from bot.domain import Asker, Origin, UploadedImage, Viewer
from bot.errors import FetchError, InvalidRequestError, NotAllowedError
from bot.media.fetch import Fetcher
from bot.media.images import MAX_IMAGE_BYTES, check_size
from bot.posting.text import megabytes, safe

ALREADY_ACKNOWLEDGED: Final = 40060
"""Discord's code for a second answer; after a retried request the first one was ours."""
ADMIN: Final = "grok-admin"
"""The root of the moderators' commands."""
NOT_A_MODERATOR: Final = (
    "This is for moderators: it needs the permission Manage Server. Nothing was changed."
)
_NAME_LENGTH: Final = 60

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


def origin_of(interaction: discord.Interaction[Any]) -> Origin:
    """Say who asks, where, and by which interaction.

    Raises:
        NotAllowedError: It does not come from a server, or from one that did not invite the bot.
    """
    if interaction.guild_id is None or interaction.channel_id is None:
        raise NotAllowedError("This works in servers only. Please use a channel of a server.")
    if interaction.is_user_integration() and not interaction.is_guild_integration():
        # A member can bring an app along to a server whose moderators never invited it.
        raise NotAllowedError("This works where the bot is a member. Please have it invited.")
    return Origin(
        interaction_id=interaction.id,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        requester_id=interaction.user.id,
        parent_id=_parent_of(interaction),
    )


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
            "Discord has not told me about this server yet. Please try again in a minute."
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
        raise NotAllowedError(NOT_A_MODERATOR)
    return viewer


async def read_images(
    fetcher: Fetcher, attachments: Sequence[discord.Attachment | None]
) -> tuple[UploadedImage, ...]:
    """Download what the member attached; signed links expire, so the bytes are taken now.

    Raises:
        InvalidRequestError: One is too large, or could not be read.
    """
    given = [one for one in attachments if one is not None]
    for attachment in given:
        check_size(attachment.filename, attachment.size)
    return tuple(await asyncio.gather(*(_read(fetcher, one) for one in given)))


async def read_attachment(
    fetcher: Fetcher, attachment: discord.Attachment, *, max_bytes: int
) -> bytes:
    """Download one file that was attached.

    Raises:
        InvalidRequestError: It is larger, or could not be read.
    """
    if attachment.size > max_bytes:
        raise InvalidRequestError(
            f"“{safe(attachment.filename, _NAME_LENGTH)}” is too large: at most "
            f"{megabytes(max_bytes)} are read."
        )
    try:
        # discord.py would take whatever comes, from wherever it is sent.
        return await fetcher.read(attachment.url, max_bytes=max_bytes)
    except FetchError:
        raise InvalidRequestError(
            f"“{safe(attachment.filename, _NAME_LENGTH)}” could not be read from Discord. "
            "Please attach it again."
        ) from None


async def _read(fetcher: Fetcher, attachment: discord.Attachment) -> UploadedImage:
    data = await read_attachment(fetcher, attachment, max_bytes=MAX_IMAGE_BYTES)
    return UploadedImage(attachment.filename, data)
