"""May the bot answer here? Asked before anything is reserved, not after it is paid."""

from collections.abc import Mapping
from typing import Final

import discord

from bot.errors import NotAllowedError
from bot.language import Phrase, _, strung

_NEEDED: Final = {
    "view_channel": Phrase("View Channel"),
    "attach_files": Phrase("Attach Files"),
    "embed_links": Phrase("Embed Links"),
    "read_message_history": Phrase("Read Message History"),
}
_NEEDED_TO_LOG: Final = {name: _NEEDED[name] for name in _NEEDED if name != "attach_files"}
THREAD_CLOSED: Final = Phrase("This thread is closed. Please reopen it or use another channel.")
_CAN_NOT_POST: Final = Phrase(
    "I can't post a video here: I need {rights} in this channel. "
    "Please ask a moderator, or use another channel."
)
_CAN_NOT_WRITE: Final = Phrase(
    "I can't write here: I need {rights} in this channel. "
    "Please ask a moderator, or use another channel."
)


def check_can_post(interaction: discord.Interaction[discord.Client]) -> None:
    """Check that a card and a video can be posted where the command was given.

    `app_permissions` is what Discord itself grants the bot in that channel.

    Raises:
        NotAllowedError: Something is missing; the text names it.
    """
    channel = interaction.channel
    if interaction.guild_id is None or channel is None:
        raise NotAllowedError(
            _("Videos are made in servers only. Please use a channel of a server.")
        )
    _check(channel, interaction.app_permissions)


def check_can_post_in(channel: object, guild: discord.Guild | None) -> None:
    """Check that a video can be posted in another channel of the server.

    Raises:
        NotAllowedError: Something is missing; the text names it.
    """
    if guild is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        raise NotAllowedError(
            _("I can't see that channel. Please ask a moderator, or use another.")
        )
    _check(channel, channel.permissions_for(guild.me))


def check_can_log_in(channel: object, guild: discord.Guild | None) -> None:
    """Check that the record can be mirrored to a channel of the server.

    Raises:
        NotAllowedError: Something is missing; the text names it.
    """
    if guild is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        raise NotAllowedError(_("I can't see that channel. Let me see it, or choose another."))
    _check(channel, channel.permissions_for(guild.me), _NEEDED_TO_LOG, _CAN_NOT_WRITE)


def check_granted(channel: object, granted: discord.Permissions) -> None:
    """Check that a video can be posted in a channel with what the bot is granted there.

    Raises:
        NotAllowedError: Something is missing; the text names it.
    """
    _check(channel, granted)


def _check(
    channel: object,
    granted: discord.Permissions,
    needs: Mapping[str, Phrase] = _NEEDED,
    words: Phrase = _CAN_NOT_POST,
) -> None:
    if isinstance(channel, discord.CategoryChannel | discord.ForumChannel):
        raise NotAllowedError(
            _("Messages can't be posted here. Please use a text channel or thread.")
        )
    needed = dict(needs)
    if isinstance(channel, discord.Thread):
        needed["send_messages_in_threads"] = Phrase("Send Messages in Threads")
        if channel.locked or channel.archived:
            raise NotAllowedError(THREAD_CLOSED())
    else:
        needed["send_messages"] = Phrase("Send Messages")
    missing = [title() for name, title in needed.items() if not getattr(granted, name)]
    if missing:
        raise NotAllowedError(words(rights=strung(missing)))
