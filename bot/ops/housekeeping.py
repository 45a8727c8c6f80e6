"""Chores that come back by the clock, beside the jobs: the hourly sweep, the nightly backup."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain, repeat
from typing import Final

from bot.clock import Clock
from bot.errors import BotError

log = logging.getLogger(__name__)

_NAP: Final = timedelta(minutes=10)
"""The longest sleep at a time, so that a clock that was set is noticed."""
_DICE: Final = secrets.SystemRandom()
_JITTER: Final = 0.25


@dataclass(frozen=True, slots=True)
class Chore:
    """What is to be done, and when next, seen from a moment."""

    name: str
    take: Callable[[], Awaitable[None]]
    next_at: Callable[[datetime], datetime]


class Housekeeper:
    """Does each chore when its time comes; one that fails is done again next time."""

    def __init__(self, chores: Sequence[Chore], clock: Clock) -> None:
        self._chores = chores
        self._clock = clock
        self._loops: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`; nothing else ends it."""
        self._loops = {asyncio.create_task(self._for_ever(chore)) for chore in self._chores}
        await asyncio.gather(*self._loops, return_exceptions=True)

    async def stop(self, grace: timedelta) -> None:
        """Begin nothing more, and let what is in hand finish for `grace`."""
        self._stopping.set()
        if self._loops:
            await asyncio.wait(self._loops, timeout=grace.total_seconds())
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)

    async def _for_ever(self, chore: Chore) -> None:
        while await self._rest_until(chore.next_at(self._clock.now())):
            try:
                await chore.take()
            except BotError as error:
                log.error("The %s failed; it is done again next time: %s", chore.name, error)
            except Exception:
                log.exception("The %s failed; it is done again next time", chore.name)

    async def _rest_until(self, moment: datetime) -> bool:
        """Tell whether the moment has come; the other way to return is `stop`."""
        while not self._stopping.is_set():
            left = moment - self._clock.now()
            if left <= timedelta(0):
                return True
            await self._nap(min(left, _NAP))
        return False

    async def _nap(self, length: timedelta) -> None:
        ends: list[asyncio.Task[object]] = [
            asyncio.create_task(self._clock.sleep(length.total_seconds())),
            asyncio.create_task(self._stopping.wait()),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()


def about_every(pause: timedelta) -> Callable[[datetime], datetime]:
    """Say when, about `pause` from then: bots that start together drift apart.

    The first time is sooner, so that a bot which is started often gets to it too.
    """
    pauses = chain([pause / 6], repeat(pause))
    return lambda now: now + next(pauses) * (1 + _DICE.uniform(-_JITTER, _JITTER))


def daily_at(clock_time: str) -> Callable[[datetime], datetime]:
    """Say when it is next that time of day in UTC, such as 03:30."""
    wanted = time.fromisoformat(clock_time)

    def next_at(now: datetime) -> datetime:
        today = now.replace(hour=wanted.hour, minute=wanted.minute, second=0, microsecond=0)
        return today if today > now else today + timedelta(days=1)

    return next_at
