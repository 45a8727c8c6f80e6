"""The door to Discord for reactions: taken off, put up, and read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import discord

from bot.domain import Emoji, PostedVideo, Reactor
from bot.errors import PostRefusedError
from bot.posting.reactors import emoji_of, place_of, reactor_of
from bot.posting.undisturbed import UndisturbedCalls
from bot.posting.wire import only

_PLAIN: Final = 0
_BURST: Final = 1
_PAGE: Final = 100
"""Of Get Reactions, at most."""


@dataclass(frozen=True, slots=True)
class Pile:
    """The reactions of one emoji under a message."""

    emoji: Emoji
    count: int
    is_own: bool
    """Whether the bot's own is among them."""
    has_bursts: bool = False
    """Whether super reactions are among them, which Discord lists by themselves."""


class Reactions:
    """Speaks to Discord over REST; discord.py keeps to the rate of each route."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._calls = UndisturbedCalls()

    async def take_off(self, message: PostedVideo, emoji: Emoji, member_id: int) -> bool:
        """Take somebody's reaction off, if the bot may manage messages there.

        Raises:
            PostingError: Discord would not, or was out of reach.
        """
        if not self._may_manage(message.channel_id):
            return False
        partial, member = self._partial(message), discord.Object(member_id)
        await self._calls.make(partial.remove_reaction(emoji.address, member))
        return True

    async def put_up(self, message: PostedVideo, emoji: Emoji) -> None:
        """Put a reaction of the bot's own under a message; a second time changes nothing.

        Raises:
            PostLaterError: Out of reach or busy.
            PostRefusedError: It is not allowed there, or there is no such emoji.
            MessageGoneError: The message is gone.
        """
        await self._calls.make(self._partial(message).add_reaction(emoji.address))

    async def piles(self, message: PostedVideo) -> list[Pile]:
        """List the reactions of a message by their emojis.

        Raises:
            PostLaterError: Out of reach or busy.
            PostRefusedError: The channel is closed to us.
            MessageGoneError: The message is gone.
        """
        found = await self._calls.make(self._partial(message).fetch())
        return [
            Pile(emoji_of(one.emoji), one.count, one.me, has_bursts=one.burst_count > 0)
            for one in found.reactions
        ]

    async def people(
        self, message: PostedVideo, pile: Pile, *, most: int
    ) -> tuple[frozenset[int], bool]:
        """List who reacts with an emoji, without bots, and say whether that is everybody.

        Raises:
            PostingError: As `piles`.
        """
        kinds: Sequence[Literal[0, 1]] = (_PLAIN, _BURST) if pile.has_bursts else (_PLAIN,)
        found: set[int] = set()
        is_whole = True
        for kind in kinds:
            some, is_all = await self._calls.make(self._people(message, pile.emoji, kind, most))
            found |= some
            is_whole &= is_all
        return frozenset(found), is_whole

    async def reactor_in(self, guild_id: int, channel_id: int, member_id: int) -> Reactor | None:
        """Say what a member may do in a channel; None when one of them is not known there.

        Raises:
            PostLaterError: Out of reach or busy.
        """
        guild = self._client.get_guild(guild_id)
        channel = None if guild is None else place_of(guild.get_channel_or_thread(channel_id))
        if guild is None or channel is None:
            return None
        try:
            member = await self._calls.make(guild.fetch_member(member_id))
        except PostRefusedError:
            return None
        return reactor_of(member, channel)

    async def post_note(self, channel_id: int, member_id: int, text: str) -> PostedVideo:
        """Say something to a member where everybody reads it.

        Raises:
            PostingError: Discord would not, or was out of reach.
        """
        channel = self._client.get_partial_messageable(channel_id)
        sending = channel.send(f"<@{member_id}> {text}", allowed_mentions=only(member_id))
        sent = await self._calls.make(sending)
        return PostedVideo(channel_id, sent.id)

    async def remove_note(self, note: PostedVideo) -> None:
        """Take it back.

        Raises:
            PostingError: Discord would not, or was out of reach.
        """
        await self._calls.make(self._partial(note).delete())

    async def _people(
        self, message: PostedVideo, emoji: Emoji, kind: Literal[0, 1], most: int
    ) -> tuple[frozenset[int], bool]:
        found: set[int] = set()
        last, seen = 0, 0
        while seen < most:
            page = await self._client.http.get_reaction_users(
                message.channel_id, message.message_id, emoji.address, _PAGE, last, kind
            )
            found |= {int(one["id"]) for one in page if not one.get("bot")}
            seen += len(page)
            if len(page) < _PAGE:
                return frozenset(found), True
            last = int(page[-1]["id"])
        return frozenset(found), False

    def _may_manage(self, channel_id: int) -> bool:
        channel = place_of(self._client.get_channel(channel_id))
        return channel is not None and channel.permissions_for(channel.guild.me).manage_messages

    def _partial(self, message: PostedVideo) -> discord.PartialMessage:
        channel = self._client.get_partial_messageable(message.channel_id)
        return channel.get_partial_message(message.message_id)
