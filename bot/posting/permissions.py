"""May the bot answer here? Asked before anything is reserved, not after it is paid."""

from collections.abc import Mapping
from typing import Final

import discord

from bot.errors import NotAllowedError

_NEEDED: Final = {
    "view_channel": "View Channel",
    "attach_files": "Attach Files",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}
_NEEDED_TO_LOG: Final = {name: _NEEDED[name] for name in _NEEDED if name != "attach_files"}
THREAD_CLOSED: Final = "This thread is closed. Please reopen it or use another channel."


def check_can_post(interaction: discord.Interaction[discord.Client]) -> None:
    """Check that a card and a video can be posted where the command was given.

    `app_permissions` is what Discord itself grants the bot in that channel.

    Raises:
        NotAllowedError: Something is missing; the text names it.
    """
    channel = interaction.channel
    if interaction.guild_id is None or channel is None:
        raise NotAllowedError("Videos are made in servers only. Please use a channel of a server.")
    _check(channel, interaction.app_permissions)


def check_can_post_in(channel: object, guild: discord.Guild | None) -> None:
    """Check that a video can be posted in another channel of the server.

    Raises:
        NotAllowedError: Something is missing; the text names it.
    """
    if guild is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        raise NotAllowedError("I can't see that channel. Please ask a moderator, or use another.")
    _check(channel, channel.permissions_for(guild.me))


def check_can_log_in(channel: object, guild: discord.Guild | None) -> None:
    """Check that the record can be mirrored to a channel of the server.

    Raises:
        NotAllowedError: Something is missing; the text names it.
    """
    if guild is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        raise NotAllowedError("I can't see that channel. Let me see it, or choose another.")
    _check(channel, channel.permissions_for(guild.me), _NEEDED_TO_LOG, "write")


def _check(
    channel: object,
    granted: discord.Permissions,
    needs: Mapping[str, str] = _NEEDED,
    what: str = "post a video",
) -> None:
    if isinstance(channel, discord.CategoryChannel | discord.ForumChannel):
        raise NotAllowedError("Messages can't be posted here. Please use a text channel or thread.")
    needed = dict(needs)
    if isinstance(channel, discord.Thread):
        needed["send_messages_in_threads"] = "Send Messages in Threads"
        if channel.locked or channel.archived:
            raise NotAllowedError(THREAD_CLOSED)
    else:
        needed["send_messages"] = "Send Messages"
    missing = [title for name, title in needed.items() if not getattr(granted, name)]
    if missing:
        raise NotAllowedError(
            f"I can't {what} here: I need {', '.join(missing)} in this channel. "
            "Please ask a moderator, or use another channel."
        )
