"""Keeps one bot process running: starts it, kills it, holds it, and weighs it."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandbox.crash.cradle import Cradle
from sandbox.crash.launch import Launch

_STATUS: Final = "/proc/{}/status"
_KIBI: Final = 1024
_SETTLE_SECONDS: Final = 2.0
"""After its start a process has its code and its connections, and grows by its work alone."""
_EXPECTED: Final = {-signal.SIGKILL, -signal.SIGTERM, 0}


@dataclass(slots=True)
class Weights:
    """How much memory the processes had, in bytes; 0 where the system doesn't say."""

    largest: int = 0
    growth: int = 0
    """The largest from the start of one process to its end."""
    _first: int = field(default=0, repr=False)

    def begin(self) -> None:
        """Forget the process before."""
        self._first = 0

    def note(self, weight: int) -> None:
        """Take one more reading of the present process."""
        if not weight:
            return
        self._first = self._first or weight
        self.largest = max(self.largest, weight)
        self.growth = max(self.growth, weight - self._first)


class Keeper:
    """One place for a bot, in which there is one process after another."""

    def __init__(self, cradle: Cradle, launch: Callable[[], Launch]) -> None:
        self._cradle = cradle
        self._launch = launch
        self._began = 0.0
        self.starts = 0
        self.kills = 0
        self.stops = 0
        self.weights = Weights()
        self.problems: list[str] = []

    @property
    def is_down(self) -> bool:
        """Whether there is no process at the moment."""
        return self.starts == 0 or self._cradle.is_empty

    async def start(self) -> None:
        """Start the next process."""
        self.starts += 1
        self.weights.begin()
        self._began = asyncio.get_running_loop().time()
        await self._cradle.start(self._launch())

    async def kill(self) -> None:
        """End the process as a power cut would."""
        self.weigh()
        self.kills += 1
        self._cradle.tell(signal.SIGKILL)
        await self._see_off()

    async def stop(self) -> None:
        """End it in order."""
        self.weigh()
        self._cradle.tell(signal.SIGTERM)
        await self._see_off()

    def hold(self) -> None:
        """Let the process do nothing until it is told to go on."""
        self._cradle.tell(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a process go on that was held; of no effect on others."""
        self._cradle.tell(signal.SIGCONT)

    async def mourn(self) -> None:
        """Hear of an end that nobody ordered."""
        await self._see_off()

    def weigh(self) -> None:
        """Read how much memory the process has, where the system tells."""
        age = asyncio.get_running_loop().time() - self._began
        if not self.is_down and age > _SETTLE_SECONDS:
            self.weights.note(_weight(self._cradle.process_id))

    async def _see_off(self) -> None:
        code = await self._cradle.end()
        if code not in _EXPECTED:
            self.problems.append(f"the bot ended with {code}")


def _weight(process_id: int | None) -> int:
    status = Path(_STATUS.format(process_id))
    if not status.exists():
        return 0
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    return int(lines.get("VmRSS", "0 kB").split()[0]) * _KIBI
