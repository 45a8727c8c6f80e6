"""Asks a child process whether a file is a video, and what sort of one."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from bot.domain import JsonObject
from bot.errors import ConfigurationError, FetchError, MediaError, NotAVideoError

_CHILD: Final = (sys.executable, "-I", "-m", "bot.media.probe_child")
_MAX_OUTPUT_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a file turned out to be."""

    seconds: float
    width: int
    height: int
    codec: str
    has_audio: bool


class VideoProbe:
    """Examines files, a few at a time, each in a child process with limits.

    `program` is the child's command line, to which the path is added.
    """

    def __init__(
        self, *, at_once: int = 2, seconds: float = 30.0, program: Sequence[str] = _CHILD
    ) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._seconds = seconds
        self._program = tuple(program)

    async def probe(self, path: Path) -> VideoFacts:
        """Return the facts about the MP4 at `path`.

        Raises:
            NotAVideoError: The child read it, and it is none.
            FetchError: The child did not start, or crashed, hung or talked nonsense: that may be
                this machine's trouble as well as the file's, so it is not final.
        """
        match await self._ask(path):
            case {
                "seconds": float(seconds),
                "width": int(width),
                "height": int(height),
                "codec": str(codec),
                "has_audio": bool(has_audio),
            }:
                return VideoFacts(seconds, width, height, codec, has_audio)
            case {"reason": str(reason)}:
                raise NotAVideoError(reason)
        raise _trouble("gave an unknown answer")

    async def check(self) -> None:
        """Make sure that the child can do its work on this machine.

        Raises:
            ConfigurationError: It can't; every good video would be taken for a bad one.
        """
        try:
            answer = await self._ask(Path(os.devnull))
        except MediaError as error:
            raise ConfigurationError(f"The video library does not work here: {error}") from error
        if "reason" not in answer:
            raise ConfigurationError("The video library does not work here: unknown answer")

    async def _ask(self, path: Path) -> JsonObject:
        async with self._room:
            output = await self._run(str(path))
        try:
            answer = json.loads(output)
        except (ValueError, RecursionError):
            raise _trouble("gave no answer") from None
        return answer if isinstance(answer, dict) else {}

    async def _run(self, path: str) -> bytes:
        try:
            # A session of its own: Ctrl+C ends the bot in order, and not the probe first.
            process = await asyncio.create_subprocess_exec(
                *self._program,
                path,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=DEVNULL,
                env={},
                start_new_session=True,
            )
        except OSError as error:
            raise FetchError(
                f"the video probe can't be started: {error.strerror}", is_final=False
            ) from error
        try:
            async with asyncio.timeout(self._seconds):
                return await _listen(process)
        except TimeoutError:
            raise _trouble("took too long") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
            # Reads on to the end, without which the pipe would never close.
            await process.communicate()


async def _listen(process: Process) -> bytes:
    # It was started with a pipe, so this is one.
    output = cast("asyncio.StreamReader", process.stdout)
    try:
        await output.readexactly(_MAX_OUTPUT_BYTES)
    except asyncio.IncompleteReadError as error:
        if await process.wait() != 0:
            raise _trouble(f"ended with {process.returncode}") from None
        return error.partial
    raise _trouble("says too much")


def _trouble(what: str) -> FetchError:
    return FetchError(f"the video probe {what}", is_final=False)
