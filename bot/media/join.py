"""Joins videos into one file, in a child process, one such work at a time."""

import asyncio
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.errors import FetchError, JoinError, NotAVideoError, StorageError
from bot.media.child import Child, program_of
from bot.media.video import VideoFacts, VideoProbe
from bot.media.work import on_disk

_CHILD: Final = program_of("bot.media.join_child")
LENGTH_TOLERANCE_SECONDS: Final = 0.2
"""By how much the whole may be longer or shorter than its parts together."""


class Joiner:
    """Puts videos one after another; `seconds` is the longest that it may take."""

    def __init__(
        self, probe: VideoProbe, *, seconds: float = 480.0, program: Sequence[str] = _CHILD
    ) -> None:
        self._probe = probe
        self._child = Child("the joiner", program, seconds=seconds)
        self._turn = asyncio.Lock()

    async def join(
        self, sources: Sequence[Path], destination: Path, *, seconds: float
    ) -> VideoFacts:
        """Write the videos at `sources`, `seconds` together, to `destination`; nothing else stays.

        Pictures and sound are copied where all are alike, and encoded anew otherwise; the sound
        is kept where every one has it.

        Raises:
            JoinError: They can't be joined (final), or this machine had trouble.
        """
        # A name of its own: a bot that was killed may have left its child writing.
        part = destination.with_name(f"{destination.name}.{secrets.token_hex(4)}.part")
        try:
            async with self._turn:
                facts = await self._make(sources, part, seconds)
            await on_disk(lambda: part.replace(destination))
        except FetchError as error:
            raise JoinError(str(error), is_final=False) from error
        except NotAVideoError as error:
            raise JoinError(f"what was made is no video: {error}", is_final=True) from error
        finally:
            await _forget(part)
        return facts

    async def _make(self, sources: Sequence[Path], part: Path, seconds: float) -> VideoFacts:
        match await self._child.ask(str(part), *map(str, sources)):
            case {"reason": str(reason)}:
                raise JoinError(reason, is_final=True)
            case {"way": str()}:
                # The child opened foreign files, so its word is not enough.
                facts = await self._probe.probe(part)
                if abs(facts.seconds - seconds) > LENGTH_TOLERANCE_SECONDS:
                    raise JoinError(
                        f"it lasts {facts.seconds:.2f} s, not {seconds:.2f} s", is_final=True
                    )
                return facts
        raise self._child.trouble("gave an unknown answer")


async def _forget(part: Path) -> None:
    try:
        await on_disk(lambda: part.unlink(missing_ok=True))
    except StorageError:
        return  # what is left in the work folder is swept
