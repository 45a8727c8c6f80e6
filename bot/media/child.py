"""Runs a child process that handles untrusted media: no environment, a deadline, a short answer."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, cast

from bot.domain import JsonObject
from bot.errors import FetchError

_MAX_OUTPUT_BYTES: Final = 4096


def program_of(module: str) -> tuple[str, ...]:
    """Return the command line that runs `module` with this Python, apart from the environment."""
    return (sys.executable, "-I", "-m", module)


class Child:
    """A program that is given arguments and prints a little; `name` is how it is spoken of."""

    def __init__(self, name: str, program: Sequence[str], *, seconds: float) -> None:
        self._name = name
        self._program = tuple(program)
        self._seconds = seconds

    async def ask(self, *arguments: str) -> JsonObject:
        """Return the one JSON object that it printed; an empty one for anything else.

        Raises:
            FetchError: It did not do its work, as of `run`, or what it printed is no JSON.
        """
        output = await self.run(*arguments)
        try:
            answer = json.loads(output)
        except (ValueError, RecursionError):
            raise self.trouble("gave no answer") from None
        return answer if isinstance(answer, dict) else {}

    async def run(self, *arguments: str) -> bytes:
        """Return what it printed; it is killed when it is late, or when nobody waits any more.

        Raises:
            FetchError: It did not start, or crashed, hung or said too much: that may be this
                machine's trouble as well as the file's, so it is not final.
        """
        try:
            # A session of its own: Ctrl+C ends the bot in order, and not the child first.
            process = await asyncio.create_subprocess_exec(
                *self._program,
                *arguments,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=DEVNULL,
                env={},
                start_new_session=True,
            )
        except OSError as error:
            raise FetchError(
                f"{self._name} can't be started: {error.strerror}", is_final=False
            ) from error
        try:
            async with asyncio.timeout(self._seconds):
                return await self._listen(process)
        except TimeoutError:
            raise self.trouble("took too long") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
            # Reads on to the end, without which the pipe would never close.
            await process.communicate()

    def trouble(self, what: str) -> FetchError:
        """Say that the child did not do its work, which another try may mend."""
        return FetchError(f"{self._name} {what}", is_final=False)

    async def _listen(self, process: Process) -> bytes:
        # It was started with a pipe, so this is one.
        output = cast("asyncio.StreamReader", process.stdout)
        try:
            await output.readexactly(_MAX_OUTPUT_BYTES)
        except asyncio.IncompleteReadError as error:
            if await process.wait() != 0:
                raise self.trouble(f"ended with {process.returncode}") from None
            return error.partial
        raise self.trouble("says too much")
