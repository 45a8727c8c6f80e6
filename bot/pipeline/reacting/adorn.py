"""Puts the reactions up that servers want to stand under each new video."""

import logging
from datetime import timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import Emoji, PostedVideo
from bot.errors import MessageGoneError, PostingError, PostLaterError
from bot.store.community.adornments import Adornment, AdornmentStore

log = logging.getLogger(__name__)

PATIENCE: Final = timedelta(hours=1)
"""After that nobody misses them any more."""
_AGAIN_AFTER: Final = timedelta(seconds=30)
_AT_A_TIME: Final = 5


class PutUp(Protocol):
    """The door to Discord, for reactions of the bot's own."""

    async def put_up(self, message: PostedVideo, emoji: Emoji) -> None:
        """Put one under a message; a second time changes nothing.

        Raises:
            PostLaterError: Out of reach or busy.
            PostRefusedError: It is not allowed there, or there is no such emoji.
            MessageGoneError: The message is gone.
        """
        ...


class AdornmentRound:
    """Does what is due, in one process; what broke off in between is done again as a whole."""

    def __init__(self, store: AdornmentStore, reactions: PutUp, clock: Clock) -> None:
        self._store = store
        self._reactions = reactions
        self._clock = clock

    async def round(self) -> None:
        """Look once at what is due."""
        for adornment in await self._store.due(limit=_AT_A_TIME):
            if await self._is_done(adornment):
                await self._store.finish(adornment.message)
            else:
                await self._store.retry(adornment.message, self._clock.now() + _AGAIN_AFTER)

    async def _is_done(self, adornment: Adornment) -> bool:
        is_done = True
        for emoji in adornment.emojis:
            try:
                await self._reactions.put_up(adornment.message, emoji)
            except PostLaterError as error:
                log.info("%s is put up later: %s", emoji.address, error)
                is_done = False
            except MessageGoneError:
                return True
            except PostingError as error:
                log.info("%s can't be put up: %s", emoji.address, error)
        return is_done or self._clock.now() - adornment.posted_at >= PATIENCE
