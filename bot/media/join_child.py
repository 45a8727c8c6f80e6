"""The program that joins videos into one; run by `bot.media.join` as a child of its own.

It prints one JSON object: how it joined them, or `{"reason": …}`.
"""

import json
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import av

from bot.media.join_encode import encode
from bot.media.join_parts import Part, open_part
from bot.media.join_remux import remux
from bot.media.restraint import restrain

LIMITS: Final[Mapping[int, int]] = {
    resource.RLIMIT_AS: 4 * 1024**3,
    resource.RLIMIT_CPU: 900,
    resource.RLIMIT_NOFILE: 64,
    resource.RLIMIT_CORE: 0,
}
"""Bytes of memory, seconds of processor, open files, crash dumps; files follow the parts."""
_TIMES: Final = 3
"""How much larger than its parts the joined file may become."""
_ROOM: Final = 16 * 1024**2


def join(destination: str, sources: Sequence[str]) -> dict[str, object]:
    """Write the MP4s at `sources`, one after another, to `destination`, or say why not.

    What is alike in everything is copied as it is; otherwise all is encoded anew, in the size
    of the first. The sound is kept where every one has it.
    """
    for way in (remux, encode):
        try:
            with ExitStack() as opened:
                parts = [open_part(opened, source) for source in sources]
                has_sound = all(part.sound is not None for part in parts)
                if way is remux and not _are_alike(parts, has_sound=has_sound):
                    continue
                way(parts, destination, has_sound=has_sound)
        except (av.FFmpegError, ValueError, OverflowError) as error:
            if way is encode:
                return {"reason": f"they can't be joined: {type(error).__name__}"}
        else:
            return {"way": way.__name__}
    return {"reason": "they can't be joined"}


def _are_alike(parts: Sequence[Part], *, has_sound: bool) -> bool:
    """Tell whether a player that is set up for the first can play all of them."""
    first, *others = parts
    if any(part.picture_key != first.picture_key for part in others):
        return False
    return not has_sound or all(part.sound_key == first.sound_key for part in others)


def main(arguments: Sequence[str], limits: Mapping[int, int] = LIMITS) -> None:
    """Join all but the first file into the first."""
    destination, *sources = arguments
    together = sum(Path(source).stat().st_size for source in sources)
    restrain({**limits, resource.RLIMIT_FSIZE: together * _TIMES + _ROOM})
    os.umask(0o077)
    sys.stdout.write(json.dumps(join(destination, sources)))


if __name__ == "__main__":
    main(sys.argv[1:])
