"""How a life goes on: processes are started, struck, and watched until nothing is left to do."""

import signal
from collections.abc import Callable
from random import Random
from typing import Final

from sandbox.crash.books import Pending
from sandbox.crash.cradle import Cradle
from sandbox.crash.fate import Fate, Role
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
        for cradle in (self._cradle, self._other):
            if cradle is not None and cradle.process_id is not None:
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
            await self._until(self._cradle, _is_over)
            exit_code = await self._stop(self._cradle)
            if exit_code == -signal.SIGKILL:
                self.strikes += 1
                scene.clock.leap(fate.pause)
                if fate.wound is not None and scene.database.file is not None:
                    fate.wound(scene.database.file)
        self._note(exit_code)

    async def _run_beside(self, other: Cradle) -> None:
        """Start two processes, of which the other one inherits what the struck one had in hand."""
        fate, scene = self._fate, self._scene
        point = fate.strikes[0] if fate.strikes else None
        is_gateway = fate.role is Role.GATEWAY
        await self._cradle.start(scene.launch(point, fate.strike, has_gateway=is_gateway))
        await other.start(scene.launch(None, fate.strike, has_gateway=not is_gateway))
        if fate.strike is signal.SIGSTOP and fate.strikes:
            held = Random(fate.seed).uniform(*_HELD_SECONDS)  # noqa: S311 - repeatable on purpose
            await self._hold(held)
        await self._until(other, lambda pending: pending.is_worked_off)
        if self._cradle.is_empty and await self._cradle.end() == -signal.SIGKILL:
            self.strikes += 1
            # Cards are kept in step by whoever has the gateway, so that one has to come back.
            await self._cradle.start(scene.launch(None, fate.strike, has_gateway=is_gateway))
        await self._until(other, _is_over)
        for cradle in (self._cradle, other):
            self._note(await self._stop(cradle))

    async def _hold(self, seconds: float) -> None:
        """Wait until the process has stopped itself, and let it go on later, if it has."""
        while not read_points(self._scene.folder):
            if self._cradle.is_empty or _is_over(await self._scene.database.books.pending()):
                return
            await self._cradle.wait(_LOOK_SECONDS)
        self.strikes += 1
        self._scene.clock.leap(self._fate.pause)
        await self._cradle.wait(seconds)
        self._cradle.tell(signal.SIGCONT)

    async def _until(self, cradle: Cradle, is_enough: Callable[[Pending], bool]) -> None:
        """Return when enough is done, or whoever should do it has ended."""
        while not cradle.is_empty:
            if is_enough(await self._scene.database.books.pending()):
                return
            await cradle.wait(_LOOK_SECONDS)

    async def _stop(self, cradle: Cradle) -> int:
        cradle.tell(signal.SIGTERM)
        return await cradle.end()

    def _note(self, exit_code: int) -> None:
        if exit_code not in _GOOD_ENDS:
            self.problems.append(f"the bot ended with {exit_code}")


def _is_over(pending: Pending) -> bool:
    return pending.is_nothing or pending.is_forgotten
