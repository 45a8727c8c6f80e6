"""How large a file a server takes: what is set, what a refusal taught, else its boost tier."""

import logging
from typing import Final, Protocol

from bot.errors import PostRefusedError
from bot.posting.guilds import DEFAULT_LIMIT
from bot.store.places import UploadLimitStore

log = logging.getLogger(__name__)

_MEBIBYTE: Final = 1024 * 1024
_STEPS: Final = tuple(size * _MEBIBYTE for size in (50, 10, 8))
"""Limits that Discord has or had below its largest; a refused file is over one of them."""
_ROOM: Final = 0.95
"""Share of a limit that is used; what Discord counts is not only the file."""


class TierLimits(Protocol):
    """What Discord says about a server."""

    async def limit_of(self, guild_id: int) -> int:
        """Return the largest file in bytes that the server's tier allows.

        Raises:
            PostLaterError: Discord was out of reach or busy.
            PostRefusedError: The bot is not in that server any more.
        """
        ...


class UploadLimits:
    """Knows the room for a file in each server; `setting_bytes` goes before the tier."""

    def __init__(
        self, store: UploadLimitStore, tiers: TierLimits, *, setting_bytes: int | None = None
    ) -> None:
        self._store = store
        self._tiers = tiers
        self._setting = setting_bytes

    async def room(self, guild_id: int | None, size_bytes: int) -> int:
        """Return how large a file may be; without a server it is for direct messages.

        A video of `size_bytes` that fits everywhere needs no question to Discord.

        Raises:
            PostLaterError: Discord was out of reach or busy.
        """
        return int(await self._limit(guild_id, size_bytes) * _ROOM)

    async def lower(self, guild_id: int | None, refused_bytes: int) -> int:
        """Learn from the refusal of a file, and return how large the next one may be."""
        limit = next((step for step in _STEPS if step < refused_bytes), max(1, refused_bytes // 2))
        log.warning("A file of %d bytes was too large: %d is the limit now", refused_bytes, limit)
        if guild_id is not None:
            await self._store.learn(guild_id, limit)
        return int(limit * _ROOM)

    async def _limit(self, guild_id: int | None, size_bytes: int) -> int:
        if guild_id is None:
            return min(self._setting or DEFAULT_LIMIT, DEFAULT_LIMIT)
        learned = await self._store.learned(guild_id)
        if learned is not None:
            return min(learned, self._setting or learned)
        if self._setting is not None:
            return self._setting
        if size_bytes <= DEFAULT_LIMIT * _ROOM:
            return DEFAULT_LIMIT
        try:
            return await self._tiers.limit_of(guild_id)
        except PostRefusedError as error:
            log.info("The boost tier of server %d is not to be had: %s", guild_id, error)
            return DEFAULT_LIMIT
