"""What is done to the bot and to its time, one thing after another."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

from sandbox.chaos.keeper import Keeper
from sandbox.crash.torn import tear_next_commit
from sandbox.crash.world_clock import WorldClock

_PAUSE_SECONDS: Final = (1.5, 6.0)
_PAST_LEASES: Final = timedelta(minutes=15)
_OUTAGE: Final = timedelta(minutes=10)
_HELD_SECONDS: Final = 1.0
_LANDING_SECONDS: Final = 0.2
"""In which a request that was sent is answered."""
_LEAPS: Final = (timedelta(minutes=5), timedelta(hours=1), timedelta(minutes=-2))

Deed = Callable[[Keeper, Sequence[Keeper]], Awaitable[None]]


class Mischief:
    """Something nasty every few seconds, to one bot or another."""

    def __init__(self, clock: WorldClock, database: Path | None, seed: int) -> None:
        self._clock = clock
        self._database = database
        """None when it is not a file of ours."""
        self._random = Random(f"{seed} mischief")  # noqa: S311 - repeatable on purpose
        self.done: Counter[str] = Counter()
        self.deeds: Mapping[str, tuple[int, Deed]] = {
            "killed": (6, self._kill),
            "killed for ten minutes": (3, self._kill_for_long),
            "killed in a commit": (2, self._tear),
            "held past its leases": (3, self._hold),
            "stopped in order": (2, self._stop),
            "clock set": (3, self._set),
        }
        """By name, with how often each is done."""

    async def rest(self) -> None:
        """Wait for the next opportunity."""
        await asyncio.sleep(self._random.uniform(*_PAUSE_SECONDS))

    async def do_something(self, keepers: Sequence[Keeper]) -> None:
        """Do one thing to one bot."""
        weights = [weight for weight, _ in self.deeds.values()]
        (name,) = self._random.choices(list(self.deeds), weights)
        await self.do(name, self._random.choice(keepers), keepers)

    async def do(self, name: str, keeper: Keeper, keepers: Sequence[Keeper]) -> None:
        """Do this to that one of the bots, and let it run again."""
        if keeper.is_down:
            await keeper.mourn()
        else:
            _, deed = self.deeds[name]
            self.done[name] += 1
            await deed(keeper, keepers)
        if keeper.is_down:
            await keeper.start()

    async def _kill(self, keeper: Keeper, _: Sequence[Keeper]) -> None:
        await keeper.kill()

    async def _kill_for_long(self, keeper: Keeper, keepers: Sequence[Keeper]) -> None:
        await keeper.kill()
        await self._leap(_OUTAGE, keepers)

    async def _tear(self, keeper: Keeper, _: Sequence[Keeper]) -> None:
        await keeper.kill()
        if self._database is not None:
            tear_next_commit(self._database, self._random)

    async def _hold(self, keeper: Keeper, keepers: Sequence[Keeper]) -> None:
        keeper.stops += 1
        keeper.hold()
        await asyncio.sleep(_HELD_SECONDS / 2)
        await self._leap(_PAST_LEASES, [one for one in keepers if one is not keeper])
        await asyncio.sleep(_HELD_SECONDS / 2)
        keeper.go_on()

    async def _stop(self, keeper: Keeper, _: Sequence[Keeper]) -> None:
        await keeper.stop()

    async def _set(self, _: Keeper, keepers: Sequence[Keeper]) -> None:
        await self._leap(self._random.choice(_LEAPS), keepers)

    async def _leap(self, by: timedelta, keepers: Sequence[Keeper]) -> None:
        """Let time leap while nobody moves, as it does for a machine that slept.

        The stand-ins share the clock. Without the standstill they would date a request that is
        on its way by minutes that it never took, which no Discord does.
        """
        running = [keeper for keeper in keepers if not keeper.is_down]
        for keeper in running:
            keeper.hold()
        await asyncio.sleep(_LANDING_SECONDS)
        self._clock.leap(by)
        for keeper in running:
            keeper.go_on()
