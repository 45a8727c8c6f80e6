"""Asks a child process whether a file is a video, and what sort of one."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.domain import JsonObject
from bot.errors import ConfigurationError, MediaError, NotAVideoError
from bot.media.child import Child, program_of

_CHILD: Final = program_of("bot.media.probe_child")
LONGEST_JOINED_SECONDS: Final = 720.0
"""Of a video that was joined: six of the longest that a service makes."""


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

    `longest_seconds` is how long a video may be, otherwise as long as a service makes one.
    `program` is the child's command line, to which the path and that are added.
    """

    def __init__(
        self,
        *,
        at_once: int = 2,
        seconds: float = 30.0,
        longest_seconds: float | None = None,
        program: Sequence[str] = _CHILD,
    ) -> None:
        self._more = () if longest_seconds is None else (str(longest_seconds),)
        self._room = asyncio.Semaphore(at_once)
        self._child = Child("the video probe", program, seconds=seconds)

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
        raise self._child.trouble("gave an unknown answer")

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
            return await self._child.ask(str(path), *self._more)
