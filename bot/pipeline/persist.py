"""Writes down what the world outside already did, also when the database is away for a while."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bot.clock import Clock
from bot.errors import StoreUnavailableError

log = logging.getLogger(__name__)

_TRIES: Final = 30
_PAUSE_SECONDS: Final = 1.0

Result = TypeVar("Result")


async def persist(write: Callable[[], Awaitable[Result]], clock: Clock) -> Result:
    """Repeat `write` until the database takes it; guarded writes may be repeated safely.

    Raises:
        StoreUnavailableError: It was away for all of half a minute.
    """
    for _ in range(_TRIES - 1):
        try:
            return await write()
        except StoreUnavailableError as error:
            log.warning("Something that happened can't be written down yet: %s", error)
            await clock.sleep(_PAUSE_SECONDS)
    return await write()
