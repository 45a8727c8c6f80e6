"""What Discord says about a server: how large a file it takes."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

import discord

from bot.clock import Clock
from bot.posting.undisturbed import UndisturbedCalls

_MEBIBYTE: Final = 1024 * 1024
_BY_TIER: Final = {2: 50 * _MEBIBYTE, 3: 100 * _MEBIBYTE}
DEFAULT_LIMIT: Final = 10 * _MEBIBYTE
"""Without boosts, and in direct messages (Discord's reference, Uploading Files)."""
_LIFE: Final = timedelta(hours=1)
_REMEMBERED: Final = 1024


class GuildLimits:
    """Asks for a server's boost tier, over REST and not too often."""

    def __init__(
        self, client: discord.Client, clock: Clock, *, remembered: int = _REMEMBERED
    ) -> None:
        self._client = client
        self._clock = clock
        self._remembered = remembered
        self._calls = UndisturbedCalls()
        self._known: OrderedDict[int, tuple[int, datetime]] = OrderedDict()

    async def limit_of(self, guild_id: int) -> int:
        """Return the largest file in bytes that the server's tier allows.

        Raises:
            PostLaterError: Discord was out of reach or busy.
            PostRefusedError: The bot is not in that server any more.
        """
        limit, asked_at = self._known.get(guild_id, (0, None))
        if asked_at is not None and self._clock.now() - asked_at < _LIFE:
            return limit
        guild = await self._calls.make(self._client.fetch_guild(guild_id, with_counts=False))
        limit = _BY_TIER.get(int(guild.premium_tier), DEFAULT_LIMIT)
        self._known[guild_id] = (limit, self._clock.now())
        self._known.move_to_end(guild_id)
        while len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return limit
