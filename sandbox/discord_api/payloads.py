"""Users, members, roles, channels and guilds in the full shape in which Discord sends them."""

from typing import Final

from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.state import (
    ChannelKind,
    ChannelState,
    EmojiState,
    GuildState,
    MemberState,
    RoleState,
    UserState,
)
from sandbox.discord_api.world import World

_UNSET_IN_GUILDS: Final = (
    "icon",
    "description",
    "home_header",
    "splash",
    "discovery_splash",
    "banner",
    "application_id",
    "afk_channel_id",
    "system_channel_id",
    "widget_channel_id",
    "max_presences",
    "vanity_url_code",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "public_updates_channel_id",
    "incidents_data",
)
"""Fields of a guild that a plain one leaves null."""


def user_payload(user: UserState) -> Json:
    """Show a user to others."""
    return {
        "id": str(user.id),
        "username": user.username,
        "avatar": user.avatar_hash,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "bot": user.is_bot,
        "system": False,
        "banner": None,
        "accent_color": None,
        "global_name": None if user.is_bot else user.username.capitalize(),
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }


def own_user_payload(user: UserState) -> Json:
    """Show the bot's user to the bot."""
    return user_payload(user) | {
        "mfa_enabled": True,
        "locale": user.locale,
        "premium_type": 0,
        "email": None,
        "verified": True,
    }


def member_payload(member: MemberState, *, permissions: int | None = None) -> Json:
    """Show a member; interactions tell the member's permissions too."""
    payload: Json = {
        "user": user_payload(member.user),
        "nick": None,
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "collectibles": None,
        "roles": [str(role_id) for role_id in member.role_ids],
        "joined_at": member.joined_at.isoformat(),
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    if permissions is not None:
        payload["permissions"] = str(permissions)
    return payload


def role_payload(role: RoleState) -> Json:
    """Show a role."""
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.is_managed,
        "mentionable": role.is_mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def channel_payload(world: World, channel: ChannelState) -> Json:
    """Show a channel of any kind."""
    payload: Json = {"id": str(channel.id), "type": int(channel.kind), "flags": 0}
    if channel.kind is not ChannelKind.CATEGORY:
        last = max(channel.messages, default=None)
        payload["last_message_id"] = None if last is None else str(last)
        payload["last_pin_timestamp"] = None
    if channel.kind is ChannelKind.DIRECT:
        recipient = world.users[channel.recipient_id or 0]
        return payload | {"recipients": [user_payload(recipient)]}
    payload |= {
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "parent_id": None if channel.parent_id is None else str(channel.parent_id),
        "rate_limit_per_user": 0,
    }
    if channel.kind is ChannelKind.THREAD:
        return payload | _thread_part(world, channel)
    overwrites = [
        {
            "id": str(one.target_id),
            "type": 0 if one.is_role else 1,
            "allow": str(one.allow),
            "deny": str(one.deny),
        }
        for one in channel.overwrites
    ]
    return payload | {
        "position": 0,
        "permission_overwrites": overwrites,
        "nsfw": channel.is_nsfw,
        "topic": None,
    }


def _thread_part(world: World, thread: ChannelState) -> Json:
    guild = world.guilds[thread.guild_id or 0]
    return {
        "owner_id": str(guild.owner_id),
        "message_count": len(thread.messages),
        "member_count": 1,
        "total_message_sent": len(thread.messages),
        "thread_metadata": {
            "archived": thread.is_archived,
            "archive_timestamp": world.clock.now().isoformat(),
            "auto_archive_duration": 1440,
            "locked": thread.is_locked,
        },
    }


def guild_emoji_payload(emoji: EmojiState) -> Json:
    """Show an emoji of a guild."""
    return {
        "id": str(emoji.id),
        "name": emoji.name,
        "roles": [],
        "require_colons": True,
        "managed": False,
        "animated": False,
        "available": True,
    }


def guild_payload(guild: GuildState) -> Json:
    """Show a guild over REST."""
    return dict.fromkeys(_UNSET_IN_GUILDS) | {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "roles": [role_payload(role) for role in guild.roles.values()],
        "premium_tier": guild.tier,
        "premium_subscription_count": 0,
        "preferred_locale": guild.locale,
        "features": [],
        "emojis": [guild_emoji_payload(emoji) for emoji in guild.emojis.values()],
        "stickers": [],
        "region": "deprecated",
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "verification_level": 0,
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
    }


def guild_create_payload(world: World, guild: GuildState, *, with_members: bool) -> Json:
    """Show a guild over the gateway; without the members intent only the bot is in it."""
    members = [
        member_payload(member)
        for member in guild.members.values()
        if with_members or member.user.id == world.bot.id
    ]
    threads = [
        channel_payload(world, thread)
        for thread in world.channels_of(guild, ChannelKind.THREAD)
        if not thread.is_archived
    ]
    return guild_payload(guild) | {
        "joined_at": guild.members[world.bot.id].joined_at.isoformat(),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": members,
        "channels": [
            channel_payload(world, channel)
            for channel in world.channels_of(guild, ChannelKind.TEXT, ChannelKind.CATEGORY)
        ],
        "threads": threads,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_payload(world: World) -> Json:
    """Show the application to its bot."""
    owner = next(user for user in world.users.values() if not user.is_bot)
    return {
        "id": str(world.application_id),
        "name": world.bot.username,
        "icon": None,
        "description": "Videos from a prompt.",
        "type": None,
        "bot": user_payload(world.bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": (1 << 18 if world.rules.has_message_content else 0)
        | (1 << 14 if world.rules.has_members else 0),
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user_payload(owner),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }
