"""The parent's side of a nursery: starts lives one after another and hears how each ended."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sandbox.crash.launch import Launch

_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
_END_SECONDS: Final = 20.0


class BrokenNurseryError(Exception):
    """A nursery does not do what it is for; the text says what it did."""


class Cradle:
    """One nursery, with one life at a time.

    `package_root` is a folder with another `bot` than the one that runs here.
    """

    def __init__(self, package_root: Path | None = None) -> None:
        self._package_root = package_root
        self.process_id: int | None = None
        """Of the life, while there is one."""

    async def __aenter__(self) -> Self:
        """Start the nursery and wait until it has imported the bot.

        Raises:
            BrokenNurseryError: It did not, or imported another one.
        """
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox.crash.nursery"),
            stdin=PIPE,
            stdout=PIPE,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            # What is in the working folder is imported before what is installed.
            cwd=self._package_root,
        )
        package = Path((await self._hear())["package"])
        if self._package_root is not None and package.parent != self._package_root.resolve():
            await self._end()
            raise BrokenNurseryError(f"it imported {package} and not what it was to")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the nursery, with whatever lives in it."""
        await self._end()

    async def start(self, launch: Launch) -> None:
        """Start a life."""
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - it was asked for
        pipe.write(f"{launch.as_line()}\n".encode())
        await pipe.drain()
        self.process_id = (await self._hear())["process_id"]
        self._life = asyncio.create_task(self._listen())

    def tell(self, number: signal.Signals) -> None:
        """Send the life a signal, if there is one."""
        if self.process_id is not None:
            # Its end may not have been heard of yet.
            with suppress(ProcessLookupError):
                os.kill(self.process_id, number)

    @property
    def is_empty(self) -> bool:
        """Whether the life is over."""
        return self._life.done()

    async def wait(self, seconds: float) -> None:
        """Return when the life is over, or after `seconds` of the machine's time."""
        await asyncio.wait({self._life}, timeout=seconds)

    async def end(self) -> int:
        """Wait for the end of the life and return its exit code, negative for a signal."""
        return await asyncio.shield(self._life)

    async def _listen(self) -> int:
        code = int((await self._hear())["exit_code"])
        self.process_id = None
        return code

    async def _end(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - it was asked for
        pipe.close()
        try:
            await asyncio.wait_for(self._process.wait(), _END_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _hear(self) -> Mapping[str, Any]:
        process: Process = self._process
        assert process.stdout is not None  # noqa: S101 - it was asked for
        line = await process.stdout.readline()
        if not line:
            raise BrokenNurseryError(f"it ended with {await process.wait()}")
        heard: Mapping[str, Any] = json.loads(line)
        return heard
