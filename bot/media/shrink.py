"""Makes a video smaller than a server's limit, in a child process, one video at a time."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import FetchError, NotAVideoError, ShrinkerBusyError, ShrinkError
from bot.media.child import Child, program_of
from bot.media.video import VideoProbe

_CHILD: Final = program_of("bot.media.shrink_child")
_LENGTH_TOLERANCE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class ShrunkVideo:
    """A video that was made smaller."""

    path: Path
    size_bytes: int
    height: int


class Shrinker:
    """Encodes a video anew; `seconds` is the longest that it may take, both tries together."""

    def __init__(
        self, probe: VideoProbe, *, seconds: float = 240.0, program: Sequence[str] = _CHILD
    ) -> None:
        self._probe = probe
        self._child = Child("the encoder", program, seconds=seconds)
        self._turn = asyncio.Lock()

    async def shrink(
        self, source: Path, destination: Path, *, target_bytes: int, seconds: float
    ) -> ShrunkVideo:
        """Write the video at `source`, which lasts `seconds`, to `destination`; nothing else stays.

        Raises:
            ShrinkerBusyError: Another one is being made; ask again in a moment.
            ShrinkError: It can't be made so small (final), or this machine had trouble.
        """
        if self._turn.locked():
            raise ShrinkerBusyError("another video is being made smaller")
        # A name of its own: a bot that was killed may have left its encoder writing.
        part = destination.with_name(f"{destination.name}.{secrets.token_hex(4)}.part")
        try:
            async with self._turn:
                made = await self._make(source, part, target_bytes, seconds)
                await asyncio.to_thread(part.replace, destination)
        except (OSError, FetchError) as error:
            raise ShrinkError(str(error), is_final=False) from error
        except NotAVideoError as error:
            raise ShrinkError(f"what was made is no video: {error}", is_final=True) from error
        finally:
            part.unlink(missing_ok=True)
        return ShrunkVideo(destination, *made)

    async def _make(
        self, source: Path, part: Path, target_bytes: int, seconds: float
    ) -> tuple[int, int]:
        match await self._child.ask(str(source), str(part), str(target_bytes)):
            case {"reason": str(reason)}:
                raise ShrinkError(reason, is_final=True)
            case {"size_bytes": int(), "height": int(height)}:
                # The child opened a foreign file, so its word is not enough.
                facts = await self._probe.probe(part)
                size_bytes = (await asyncio.to_thread(part.stat)).st_size
                is_whole = abs(facts.seconds - seconds) <= _LENGTH_TOLERANCE_SECONDS
                if size_bytes > target_bytes or not is_whole:
                    raise ShrinkError("what was made is not what was asked for", is_final=True)
                return size_bytes, height
        raise self._child.trouble("gave an unknown answer")
