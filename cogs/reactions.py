"""Every reaction under a message of ours, old ones too: raw events, handed on without waiting."""

import asyncio
from datetime import timedelta
from typing import Final

import discord
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import PostedVideo, Unreacted, Wiped
from bot.pipeline.reacting.inbox import ReactionInbox
from bot.posting.reactors import emoji_of, reacted

_GRACE: Final = timedelta(seconds=5)


class ReactionEvents(commands.Cog):
    """Turns events into the bot's own words; nothing here waits for anything."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot
        self._work: tuple[asyncio.Task[None], asyncio.Task[None]] | None = None

    @property
    def _inbox(self) -> ReactionInbox:
        return self._bot.services.reactions.inbox

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """Begin to take events: without the gateway there are none."""
        if self._work is None:
            services = self._bot.services
            self._work = (
                asyncio.create_task(services.reactions.inbox.run(), name="reactions"),
                asyncio.create_task(services.reconciler.run(), name="missed reactions"),
            )

    async def cog_unload(self) -> None:
        """Let what is in hand finish; votes that are not written are made up for at the start."""
        if self._work is None:
            return
        worker, reader = self._work
        reader.cancel()
        await self._bot.services.reactions.close(_GRACE)
        await asyncio.wait({worker}, timeout=_GRACE.total_seconds())
        worker.cancel()
        await asyncio.gather(worker, reader, return_exceptions=True)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Make up for what was missed: a new session begins without what happened before it."""
        self._bot.services.reconciler.soon()

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Take a reaction in that somebody put under a message of ours."""
        event = reacted(self._bot, payload)
        if event is not None and self._bot.tree.is_open:
            self._inbox.put(event)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Take in that one is gone; Discord does not say from whose message."""
        if payload.guild_id is None:
            return
        message = PostedVideo(payload.channel_id, payload.message_id)
        self._inbox.put(Unreacted(message, emoji_of(payload.emoji), payload.user_id))

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Take in that a moderator took all of them off."""
        if payload.guild_id is not None:
            self._inbox.put(Wiped(PostedVideo(payload.channel_id, payload.message_id)))

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(
        self, payload: discord.RawReactionClearEmojiEvent
    ) -> None:
        """Take in that a moderator took all of one emoji off."""
        if payload.guild_id is not None:
            message = PostedVideo(payload.channel_id, payload.message_id)
            self._inbox.put(Wiped(message, emoji_of(payload.emoji)))


async def setup(bot: GrokBot) -> None:
    """Listen to reactions."""
    await bot.add_cog(ReactionEvents(bot))
