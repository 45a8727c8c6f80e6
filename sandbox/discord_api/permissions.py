"""Who may do what where, computed as Discord's Permissions page says."""

from enum import IntFlag
from typing import Final

from sandbox.discord_api.state import ChannelKind, ChannelState, GuildState, Overwrite


class Permission(IntFlag):
    """Discord's permission bits that the stand-in knows."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    SEND_MESSAGES_IN_THREADS = 1 << 38


EVERYTHING: Final = (1 << 53) - 1
BOT_PERMISSIONS: Final = 274878024768
"""View, send, send in threads, embed, attach, read history, react."""
EVERYONE_PERMISSIONS: Final = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
)
DIRECT_PERMISSIONS: Final = EVERYONE_PERMISSIONS | BOT_PERMISSIONS
WITH_SENDING: Final = Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.MENTION_EVERYONE
"""What nobody has where they can't send (docs, Implicit Permissions)."""


def guild_permissions(guild: GuildState, user_id: int) -> int:
    """Return what a member may do before any channel says otherwise."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return EVERYTHING
    held = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        held |= guild.roles[role_id].permissions
    return EVERYTHING if held & Permission.ADMINISTRATOR else held


def channel_permissions(
    guild: GuildState, channel: ChannelState, overwrites: list[Overwrite], user_id: int
) -> int:
    """Return what a member may do in a channel.

    `overwrites` are the channel's own, or the parent's for a thread.
    """
    held = guild_permissions(guild, user_id)
    if held == EVERYTHING:
        return held
    member = guild.members.get(user_id)
    role_ids = set(member.role_ids) if member else set()
    for group in (
        [one for one in overwrites if one.target_id == guild.id],
        [one for one in overwrites if one.is_role and one.target_id in role_ids],
        [one for one in overwrites if not one.is_role and one.target_id == user_id],
    ):
        for one in group:
            held &= ~one.deny
        for one in group:
            held |= one.allow
    if not held & Permission.VIEW_CHANNEL:
        return 0
    return held if held & sending_permission(channel) else held & ~WITH_SENDING


def sending_permission(channel: ChannelState) -> Permission:
    """Return the bit that sending in this kind of channel needs."""
    if channel.kind is ChannelKind.THREAD:
        return Permission.SEND_MESSAGES_IN_THREADS
    return Permission.SEND_MESSAGES
