"""Takes the last frame of a video as a picture, in a child process: where another one begins."""

import asyncio
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.domain import UploadedImage
from bot.errors import NotAVideoError, StorageError
from bot.media.child import Child, program_of
from bot.media.work import on_disk

_CHILD: Final = program_of("bot.media.frame_child")
NAME: Final = "last-frame.png"


class FrameTaker:
    """Looks at the ends of videos, a few at a time; `seconds` is the longest that one may take."""

    def __init__(
        self, *, at_once: int = 2, seconds: float = 90.0, program: Sequence[str] = _CHILD
    ) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._child = Child("the frame taker", program, seconds=seconds)

    async def last(self, source: Path, work: Path) -> UploadedImage:
        """Return the last frame of the video at `source`, as a PNG to be cleaned like any other.

        `work` names a file on the local disk beside which the picture may be for a moment.

        Raises:
            NotAVideoError: The child read it, and there is no frame in it.
            FetchError: The child did not do its work, or the disk would not: not final.
        """
        part = work.with_name(f"{work.name}.{secrets.token_hex(4)}.part")
        try:
            async with self._room:
                answer = await self._child.ask(str(source), str(part))
            match answer:
                case {"size_bytes": int()}:
                    return UploadedImage(NAME, await on_disk(part.read_bytes))
                case {"reason": str(reason)}:
                    raise NotAVideoError(reason)
            raise self._child.trouble("gave an unknown answer")
        finally:
            await _forget(part)


async def _forget(part: Path) -> None:
    try:
        await on_disk(lambda: part.unlink(missing_ok=True))
    except StorageError:
        return  # what is left in the work folder is swept
