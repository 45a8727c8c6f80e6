"""The door to the log channels: rows of the record go out under a nonce and are found again."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import discord

from bot.clock import Clock
from bot.domain import AuditRow
from bot.language import language_of, speaking
from bot.posting.budget import beginning_by
from bot.posting.doors import ClosedPlaces, Doors
from bot.posting.record.lines import mark_of, mirror_embed
from bot.posting.undisturbed import UndisturbedCalls

_SKEW: Final = timedelta(minutes=2)
"""By how much our clock and Discord's, which dates the messages, may differ."""
_LOOKED_AT: Final = 1000
"""Messages at most, in pages of a hundred."""


class RecordPoster:
    """Sends rows of the record over REST; it needs no gateway and no cache."""

    def __init__(self, client: discord.Client, places: ClosedPlaces, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._doors = Doors(places)
        self._calls = UndisturbedCalls()

    async def post(
        self,
        channel_id: int,
        rows: Sequence[AuditRow],
        *,
        begun_by: datetime,
        language: str | None = None,
        is_plain: bool = False,
    ) -> None:
        """Send rows in one message; see `bot.pipeline.mirror.LogChannels`."""
        with speaking(language or self._spoken_in(rows[-1].guild_id)):
            embed = mirror_embed(rows, is_plain=is_plain)
        nonce = nonce_of(channel_id, rows[-1])
        channel = self._client.get_partial_messageable(channel_id)

        async def send() -> object:
            return await self._calls.make(
                channel.send(
                    embed=embed, nonce=nonce, allowed_mentions=discord.AllowedMentions.none()
                )
            )

        with beginning_by(self._clock, begun_by):
            await self._doors.pass_through(channel_id, send)

    def _spoken_in(self, guild_id: int) -> str:
        """Return what Discord says that is spoken on a server, as far as it has said so yet."""
        guild = self._client.get_guild(guild_id)
        return language_of(None if guild is None else guild.preferred_locale.value)

    async def marks(self, channel_id: int, since: datetime) -> list[tuple[int, str]]:
        """Read which rows the messages there have; see `bot.pipeline.mirror.LogChannels`."""
        # Not by the doors: a channel that can be read may still refuse what is sent.
        return await self._calls.make(self._look(channel_id, since - _SKEW))

    async def _look(self, channel_id: int, begin: datetime) -> list[tuple[int, str]]:
        own = self._client.user
        channel = self._client.get_partial_messageable(channel_id)
        after = discord.Object(discord.utils.time_snowflake(begin))
        history = channel.history(limit=_LOOKED_AT, after=after, oldest_first=True)
        found = [
            mark_of(message.embeds)
            async for message in history
            if own is not None and message.author.id == own.id
        ]
        return [mark for mark in found if mark is not None]


def nonce_of(channel_id: int, last: AuditRow) -> str:
    """Return the nonce of a message by its last row; Discord takes 25 characters.

    One for each channel, for Discord would answer a second one with the first one's message; and
    after a restore a number may stand for another row.
    """
    digest = hashlib.sha256(f"{channel_id} {last.hash}".encode()).hexdigest()
    return f"audit-{last.id}-{digest[:8]}"
