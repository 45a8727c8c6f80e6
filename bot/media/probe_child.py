"""The program that opens an untrusted video; run by `bot.media.video` as a child of its own.

A decoder that crashes, hangs or eats memory does so here, under limits, and not in the bot.
It prints one JSON object: the facts, or `{"reason": …}`.
"""

import json
import resource
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from bot.media.restraint import restrain

LIMITS: Final[Mapping[int, int]] = {
    resource.RLIMIT_AS: 2 * 1024**3,
    resource.RLIMIT_CPU: 20,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NOFILE: 32,
    resource.RLIMIT_CORE: 0,
}
"""Bytes of memory, seconds of processor, bytes written to files, open files, crash dumps."""
_MAX_SECONDS: Final = 120.0
"""Of a video that a service made; what was joined of several may be longer."""
_SIDES: Final = range(16, 4097)
"""Pixels a side that a video for Discord can have."""
_WHOLE: Final = 0.95
"""Share of the declared frames that must be there; a cut file has visibly fewer."""


def examine(path: str, longest_seconds: float = _MAX_SECONDS) -> dict[str, object]:
    """Return the facts about the MP4 at `path`, or the reason why it is none."""
    try:
        # The format is named, and only files may be read: no playlist can lead elsewhere.
        options = {"protocol_whitelist": "file"}
        with av.open(f"file:{path}", format="mp4", options=options) as container:
            return _describe(container, longest_seconds)
    except av.FFmpegError as error:
        return {"reason": f"the decoder gave up: {type(error).__name__}"}


def _describe(container: InputContainer, longest_seconds: float) -> dict[str, object]:
    video = next(
        # A music file carries its cover as a video stream of one picture.
        (
            stream
            for stream in container.streams.video
            if not stream.disposition & Disposition.attached_pic
        ),
        None,
    )
    if video is None:
        return {"reason": "it has no video"}
    if video.width not in _SIDES or video.height not in _SIDES:
        return {"reason": f"it is {video.width} by {video.height} pixels"}
    seconds = (container.duration or 0) / av.time_base
    if not 0 < seconds <= longest_seconds:
        return {"reason": f"it lasts {seconds:.1f} seconds"}
    if not _is_whole(container, video):
        return {"reason": "a part of it is missing"}
    return {
        "seconds": seconds,
        "width": video.width,
        "height": video.height,
        "codec": video.codec_context.name,
        "has_audio": bool(container.streams.audio),
    }


def _is_whole(container: InputContainer, video: VideoStream) -> bool:
    """Read all of the file and decode the first frame; no more, for decoding all is slow."""
    video.codec_context.thread_count = 1
    decoded = False
    packets = 0
    for packet in container.demux(video):
        if packet.is_corrupt:
            return False
        # The last packet is empty: it asks the decoder for what it still holds.
        packets += packet.size > 0
        decoded = decoded or bool(packet.decode())
    return decoded and packets >= _WHOLE * video.frames


def main(arguments: Sequence[str], limits: Mapping[int, int] = LIMITS) -> None:
    """Examine the one file that is named; how many seconds it may last can follow."""
    restrain(limits)
    path, *longest = arguments
    sys.stdout.write(json.dumps(examine(path, *map(float, longest))))


if __name__ == "__main__":
    main(sys.argv[1:])
