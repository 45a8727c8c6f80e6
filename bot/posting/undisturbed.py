"""Calls to Discord that nobody cuts short, and whose foreign errors stop here."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import aiohttp
import discord

from bot.errors import (
    MessageGoneError,
    PostLaterError,
    PostRefusedError,
    PostTooLargeError,
)

Result = TypeVar("Result")

_UNKNOWN_MESSAGE: Final = 10008
_REQUEST_TOO_LARGE: Final = 40005
_UNAUTHORIZED: Final = 401
_TOO_LARGE: Final = 413
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


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
            PostRefusedError: The channel is gone, closed to us, or filtered it.
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

    Discord's codes: 10008 is a nonce whose message was deleted, 40005 a file over the limit.
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
        raise PostRefusedError(told) from error
    except discord.RateLimited as error:
        raise PostLaterError("rate limited") from error
    # discord.py lets these through: a reset connection is not retried there on Linux, and a
    # session that was closed meanwhile is a RuntimeError.
    except (aiohttp.ClientError, OSError, TimeoutError, RuntimeError) as error:
        raise PostLaterError(type(error).__name__) from None
