"""Calls to Discord that nobody cuts short, and whose foreign errors stop here."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, TypeVar

import aiohttp
import discord

from bot.errors import (
    MessageGoneError,
    PlaceClosedError,
    PostFilteredError,
    PostLaterError,
    PostRefusedError,
    PostTooLargeError,
)

Result = TypeVar("Result")

_UNKNOWN_MESSAGE: Final = 10008
_REQUEST_TOO_LARGE: Final = 40005
_FILTERED: Final = frozenset({200000, 200001, 240000, 20009})
"""AutoMod in a message and in a title, a harmful link, an explicit picture."""
_LOCKED: Final = 160005
"""A locked thread; it answers 400, as an archived one does (50083), which sending wakes up."""
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_TOO_LARGE: Final = 413
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


HTTP_TIMEOUT: Final = timedelta(minutes=5)
"""How long a request may be under way: discord.py leaves aiohttp's limit of five minutes."""
BEGUN_WITHIN: Final = timedelta(minutes=1)
"""How long after the commit that says "sending" a request may begin, a repeated one as well."""
LANDED_WITHIN: Final = BEGUN_WITHIN + HTTP_TIMEOUT
"""How long after that commit a message may still appear."""


class UndisturbedCalls:
    """Calls that go on when whoever waits for them gives up.

    discord.py, cancelled while it waits out a global rate limit, never sends anything again.
    """

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()

    async def make(self, call: Coroutine[Any, Any, Result]) -> Result:
        """Return what `call` returns.

        Raises:
            PostLaterError: Discord was out of reach or busy.
            PlaceClosedError: The channel is gone or closed to us.
            PostFilteredError: A filter there stopped it.
            PostRefusedError: Discord will not take it like that.
            PostTooLargeError: A file is over the limit of the place.
            MessageGoneError: The message was there and was deleted.
        """
        task = asyncio.create_task(call)
        self._under_way.add(task)
        task.add_done_callback(self._finished)
        with _foreign_errors():
            return await asyncio.shield(task)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # read, so that nobody hears of it as never retrieved


@contextmanager
def _foreign_errors() -> Iterator[None]:
    """Turn what discord.py and aiohttp raise into our errors.

    The codes are those of Discord's page Opcodes and Status Codes; 10008 is here a nonce whose
    message was deleted, 40005 a file over the limit.
    """
    try:
        yield
    except discord.HTTPException as error:
        told = f"{error.status} (code {error.code})"
        if error.code == _UNKNOWN_MESSAGE:
            raise MessageGoneError(told) from error
        if error.status == _TOO_LARGE or error.code == _REQUEST_TOO_LARGE:
            raise PostTooLargeError(told) from error
        # 401, or no code of Discord's own, is about the bot or its network and not about the
        # channel: a reset token, a block by the proxy in front. What is paid for waits.
        is_ours = error.status == _UNAUTHORIZED or error.code == 0
        if is_ours or error.status == _TOO_MANY or error.status >= _SERVER_ERROR:
            raise PostLaterError(told) from error
        if error.code in _FILTERED:
            raise PostFilteredError(told) from error
        if error.code == _LOCKED or error.status in {_FORBIDDEN, _NOT_FOUND}:
            raise PlaceClosedError(told) from error
        raise PostRefusedError(told) from error
    except discord.RateLimited as error:
        raise PostLaterError("rate limited") from error
    # discord.py lets these through: a reset connection is not retried there on Linux, and a
    # session that was closed meanwhile is a RuntimeError.
    except (aiohttp.ClientError, OSError, TimeoutError, RuntimeError) as error:
        raise PostLaterError(type(error).__name__) from None
