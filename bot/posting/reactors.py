"""Who reacts to what, read from an event of the gateway and from what it said before."""

import discord

from bot.domain import Asker, Emoji, PostedVideo, Reacted, Reactor, Viewer
from bot.errors import NotAllowedError
from bot.language import language_of
from bot.posting.permissions import check_can_post_in
from bot.posting.surroundings import is_age_restricted


def emoji_of(emoji: discord.PartialEmoji | discord.Emoji | str) -> Emoji:
    """Read an emoji in any shape that discord.py has it in; a deleted one has no name left."""
    if isinstance(emoji, str):
        return Emoji(emoji)
    return Emoji(emoji.name or "_", emoji.id)


def reacted(client: discord.Client, payload: discord.RawReactionActionEvent) -> Reacted | None:
    """Read a reaction of a person under a message of ours; None of another.

    The event brings the member; their roles and the channel are known from before.
    """
    own, member = client.user, payload.member
    if own is None or payload.message_author_id != own.id or member is None or member.bot:
        return None
    channel = place_of(member.guild.get_channel_or_thread(payload.channel_id))
    if channel is None:
        return None
    message = PostedVideo(payload.channel_id, payload.message_id)
    return Reacted(message, emoji_of(payload.emoji), reactor_of(member, channel))


def reactor_of(
    member: discord.Member, channel: discord.abc.GuildChannel | discord.Thread
) -> Reactor:
    """Say what a member may do in a channel, and what the bot may."""
    guild = member.guild
    granted = channel.permissions_for(member)
    thread = channel if isinstance(channel, discord.Thread) else None
    home = channel if thread is None else thread.parent
    is_public = thread is not None and not thread.is_private() and granted.send_messages
    return Reactor(
        viewer=Viewer(guild.id, channel.id, member.id, is_moderator=granted.manage_messages),
        asker=Asker(
            member_id=member.id,
            role_ids=frozenset({guild.id, *(role.id for role in member.roles)}),
            channel_id=channel.id,
            parent_channel_id=None if thread is None else thread.parent_id,
            category_id=getattr(home, "category_id", None),
            is_age_restricted=is_age_restricted(channel),
            joined_at=member.joined_at,
        ),
        may_ask=granted.use_application_commands,
        may_write=granted.view_channel
        and (granted.send_messages if thread is None else granted.send_messages_in_threads),
        why_not=_why_not(channel),
        parent_id=thread.parent_id if thread is not None and is_public else None,
        language=language_of(guild.preferred_locale.value),
    )


def place_of(
    channel: object,
) -> discord.abc.GuildChannel | discord.Thread | None:
    """Return a channel of a server whose permissions can be told: of a thread its parent's."""
    if isinstance(channel, discord.Thread):
        return channel if channel.parent is not None else None
    return channel if isinstance(channel, discord.abc.GuildChannel) else None


def _why_not(channel: discord.abc.GuildChannel | discord.Thread) -> str:
    try:
        check_can_post_in(channel, channel.guild)
    except NotAllowedError as error:
        return str(error)
    return ""
