"""The program that takes the last frame of a video; run by `bot.media.last_frame` as a child.

It prints one JSON object: the size of the picture that it wrote, or `{"reason": …}`.
"""

import io
import json
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from PIL import Image

from bot.media.restraint import restrain

MOST_BYTES: Final = 8 * 1024 * 1024
"""Of the picture: what is larger is made smaller, as an uploaded one would be."""
LIMITS: Final[Mapping[int, int]] = {
    resource.RLIMIT_AS: 2 * 1024**3,
    resource.RLIMIT_CPU: 60,
    resource.RLIMIT_FSIZE: MOST_BYTES,
    resource.RLIMIT_NOFILE: 32,
    resource.RLIMIT_CORE: 0,
}
"""Bytes of memory, seconds of processor, bytes written to files, open files, crash dumps."""
_MOST_SIDE: Final = 2048
"""Pixels; no model takes more."""
_LEAST_STEP: Final = 0.8
_TAIL_SECONDS: Final = 1.0
"""How far before the end is looked first; the keyframe before that begins what is decoded."""


def take(source: str, destination: str) -> dict[str, object]:
    """Write the last frame of the MP4 at `source` as a PNG, or say why there is none."""
    try:
        options = {"protocol_whitelist": "file"}
        with av.open(f"file:{source}", format="mp4", options=options) as container:
            picture = _last(container)
    except (av.FFmpegError, ValueError) as error:
        return {"reason": f"the decoder gave up: {type(error).__name__}"}
    if picture is None:
        return {"reason": "it has no frame"}
    data = _png(picture)
    Path(destination).write_bytes(data)
    return {"size_bytes": len(data)}


def _last(container: InputContainer) -> Image.Image | None:
    if not container.streams.video:
        return None
    video = container.streams.video[0]
    video.codec_context.thread_count = 1
    end = (container.duration or 0) - int(_TAIL_SECONDS * av.time_base)
    # A file whose index is wrong may have nothing where its end should be.
    for begin in (end, 0) if end > 0 else (0,):
        container.seek(begin)
        last = None
        for frame in container.decode(video):
            last = frame
        if last is not None:
            picture: Image.Image = last.to_image()  # type: ignore[no-untyped-call]  # PyAV's stub leaves it bare
            return picture
    return None


def _png(picture: Image.Image) -> bytes:
    picture.thumbnail((_MOST_SIDE, _MOST_SIDE))
    while True:
        out = io.BytesIO()
        picture.save(out, "PNG")
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
        picture.thumbnail((int(picture.width * _LEAST_STEP), int(picture.height * _LEAST_STEP)))


def main(arguments: Sequence[str], limits: Mapping[int, int] = LIMITS) -> None:
    """Take the last frame of the first file and write it to the second."""
    source, destination = arguments
    restrain(limits)
    os.umask(0o077)
    sys.stdout.write(json.dumps(take(source, destination)))


if __name__ == "__main__":
    main(sys.argv[1:])
