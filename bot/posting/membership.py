"""Whether somebody may write in a channel now, asked of Discord: for presses from elsewhere."""

from collections.abc import Coroutine
from typing import Any, TypeVar

import discord

from bot.domain import Origin
from bot.errors import NotAllowedError, PostLaterError, PostRefusedError
from bot.posting import words_private as words
from bot.posting.permissions import check_granted
from bot.posting.undisturbed import UndisturbedCalls

Result = TypeVar("Result")


class Membership:
    """Asks over REST: the bot keeps no list of members, and a direct message has no server."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._calls = UndisturbedCalls()

    async def check(self, origin: Origin) -> None:
        """Check that both the requester and the bot may still post where a job was asked for.

        Raises:
            NotAllowedError: One of them may not, or Discord does not say; the text says which.
        """
        where = f"<#{origin.channel_id}>"
        gone = words.CHANNEL_GONE(channel=where)
        guild = await self._ask(self._client.fetch_guild(origin.guild_id), gone)
        left = words.LEFT_SERVER()
        member = await self._ask(guild.fetch_member(origin.requester_id), left)
        channel = await self._ask(guild.fetch_channel(origin.channel_id), gone)
        ruling = channel
        if isinstance(channel, discord.Thread):
            ruling = await self._ask(guild.fetch_channel(channel.parent_id), gone)
        if not _may_write(ruling.permissions_for(member), is_thread=ruling is not channel):
            raise NotAllowedError(words.MAY_NOT_WRITE(channel=where))
        own = self._client.user
        assert own is not None  # noqa: S101 - it has logged in
        me = await self._ask(guild.fetch_member(own.id), gone)
        try:
            check_granted(channel, ruling.permissions_for(me))
        except NotAllowedError:
            raise NotAllowedError(words.BOT_MAY_NOT(channel=where)) from None

    async def _ask(self, call: Coroutine[Any, Any, Result], told: str) -> Result:
        try:
            return await self._calls.make(call)
        except PostRefusedError:
            raise NotAllowedError(told) from None
        except PostLaterError:
            raise NotAllowedError(words.DISCORD_AWAY()) from None


def _may_write(granted: discord.Permissions, *, is_thread: bool) -> bool:
    may_send = granted.send_messages_in_threads if is_thread else granted.send_messages
    return granted.view_channel and may_send
