"""How a life goes on: processes are started, struck, and watched until nothing is left to do."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from sandbox.crash.cradle import Cradle
from sandbox.crash.fate import Fate
from sandbox.crash.launch import read_points
from sandbox.crash.scene import Scene

_LOOK_SECONDS: Final = 0.02
_HELD_SECONDS: Final = (0.05, 1.5)
"""Of the machine's time: the other one has just begun to take over, or is done with it."""
# Told to end before it listens, a process ends by the signal.
_GOOD_ENDS: Final = {0, -signal.SIGTERM}


class Course:
    """One life, in one nursery or, beside another process, in two."""

    def __init__(self, cradle: Cradle, other: Cradle | None, scene: Scene, fate: Fate) -> None:
        self._cradle = cradle
        self._other = other
        self._scene = scene
        self._fate = fate
        self.strikes = 0
        """Signals that struck so far."""
        self.problems: list[str] = []

    async def run(self) -> None:
        """Go on until nothing is left to do and nobody runs."""
        if self._other is None:
            await self._run_alone()
        else:
            await self._run_beside(self._other)

    async def break_off(self) -> None:
        """End whoever still runs."""
        for cradle in self._cradles:
            if cradle.process_id is not None:
                cradle.tell(signal.SIGKILL)
                await cradle.end()

    async def _run_alone(self) -> None:
        """Start the bot as often as it is killed."""
        fate, scene = self._fate, self._scene
        strikes = [*fate.strikes]
        exit_code = -signal.SIGKILL
        while exit_code == -signal.SIGKILL:
            await self._cradle.start(scene.launch(strikes.pop(0) if strikes else None, fate.strike))
            if fate.strike is signal.SIGSTOP and fate.strikes:
                await self._hold(_LOOK_SECONDS)
            await self._until(self._is_over)
            exit_code = await self._stop(self._cradle)
            if exit_code == -signal.SIGKILL:
                self.strikes += 1
                scene.clock.leap(fate.pause)
                if fate.wound is not None and scene.database.file is not None:
                    fate.wound(scene.database.file)
        self._note(exit_code)

    async def _run_beside(self, worker: Cradle) -> None:
        """Start a second process without the gateway; what one had in hand the other inherits."""
        scene, strike = self._scene, self._fate.strike
        random = Random(self._fate.seed)  # noqa: S311 - repeatable on purpose
        point = self._fate.strikes[0] if self._fate.strikes else None
        # The first one there has more of the work.
        for cradle in random.sample((self._cradle, worker), 2):
            has_gateway = cradle is self._cradle
            launch = scene.launch(point, strike, is_for_one=True, has_gateway=has_gateway)
            await cradle.start(launch)
        if strike is signal.SIGSTOP and point is not None:
            await self._hold(random.uniform(*_HELD_SECONDS))
        await self._until(self._is_worked_off)
        # Whoever has the gateway keeps the cards in step, and is struck at that, too.
        await self._call_back()
        while not await self._is_over():
            await asyncio.sleep(_LOOK_SECONDS)
            await self._call_back()
        for cradle in (self._cradle, worker):
            # Some points are come to on the way out only.
            self._count(await self._stop(cradle))

    async def _call_back(self) -> None:
        """Start whoever has ended once more, and let nothing happen to them this time."""
        for cradle in self._cradles:
            if not cradle.is_empty:
                continue
            self._count(await cradle.end())
            has_gateway = cradle is self._cradle
            await cradle.start(self._scene.launch(None, self._fate.strike, has_gateway=has_gateway))

    async def _hold(self, seconds: float) -> None:
        """Wait until a process has stopped itself, and let it go on later, if one has."""
        while not read_points(self._scene.folder):
            if self._is_deserted or await self._is_over():
                return
            await asyncio.sleep(_LOOK_SECONDS)
        self.strikes += 1
        self._scene.clock.leap(self._fate.pause)
        await asyncio.sleep(seconds)
        for cradle in self._cradles:
            cradle.tell(signal.SIGCONT)

    @property
    def _cradles(self) -> list[Cradle]:
        return [one for one in (self._cradle, self._other) if one is not None]

    @property
    def _is_deserted(self) -> bool:
        return all(cradle.is_empty for cradle in self._cradles)

    async def _is_worked_off(self) -> bool:
        """Whether nothing is left but what needs the gateway, if nobody has that."""
        had_work = self._scene.has_work
        pending = await self._scene.database.books.pending()
        is_awaited = had_work or pending.held
        return pending.is_worked_off and (self._cradle.is_empty or not is_awaited)

    async def _is_over(self) -> bool:
        # What people asked for is in the books once they are answered, so they are looked at first.
        had_work = self._scene.has_work
        pending = await self._scene.database.books.pending()
        is_idle = not (had_work or self._scene.has_work)
        return pending.is_forgotten or (pending.is_nothing and is_idle)

    async def _until(self, is_enough: Callable[[], Awaitable[bool]]) -> None:
        """Return when enough is done, or nobody is there who could."""
        while not self._is_deserted:
            if await is_enough():
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _stop(self, cradle: Cradle) -> int:
        cradle.tell(signal.SIGTERM)
        while not cradle.is_empty:
            # Some points are come to on the way out only, and there nobody else waits for a hold.
            cradle.tell(signal.SIGCONT)
            await cradle.wait(_LOOK_SECONDS)
        return await cradle.end()

    def _count(self, exit_code: int) -> None:
        """Count an end as a strike, if it is one."""
        if exit_code == -signal.SIGKILL:
            self.strikes += 1
        else:
            self._note(exit_code)

    def _note(self, exit_code: int) -> None:
        if exit_code not in _GOOD_ENDS:
            self.problems.append(f"the bot ended with {exit_code}")
