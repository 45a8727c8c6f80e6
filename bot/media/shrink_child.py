"""The program that makes a video smaller; run by `bot.media.shrink` as a child of its own.

It prints one JSON object: what it made, or `{"reason": …}`.
"""

import json
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from bot.media.restraint import restrain

LIMITS: Final[Mapping[int, int]] = {
    resource.RLIMIT_AS: 4 * 1024**3,
    resource.RLIMIT_CPU: 600,
    resource.RLIMIT_NOFILE: 32,
    resource.RLIMIT_CORE: 0,
}
"""Bytes of memory, seconds of processor, open files, crash dumps; files follow the target."""
_AUDIO_BITS: Final = 96_000
_AUDIO_RATE: Final = 48_000
_AAC_SAMPLES: Final = 1024
"""What an AAC frame holds; the encoder takes no other number."""
_LEAST_BITS: Final = 100_000
"""A second of video; below this there is nothing to be seen."""
_AVERAGE: Final = 0.95
"""Share of the cap that is aimed at; what is hard to encode goes up to the cap."""
_BUFFER_SECONDS: Final = 0.5
"""How long the encoder may be above its cap; a full buffer at the start comes on top of it."""
_CONTAINER: Final = 0.98
"""Share of the file that is left for pictures and sound."""
_THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class Try:
    """One way to encode: at a share of the height, and of the bits."""

    height: float
    bits: float


TRIES: Final = (Try(1.0, 1.0), Try(2 / 3, 0.9))


def shrink(
    source: str, destination: str, target_bytes: int, tries: Sequence[Try] = TRIES
) -> dict[str, object]:
    """Write the MP4 at `source` anew in at most `target_bytes`, or say why that can't be.

    One pass and the fast preset: two passes take twice as long and look alike.
    """
    try:
        for one in tries:
            height = _encode(source, destination, target_bytes, one)
            if height is None:
                return {"reason": "it is too long for so few bytes"}
            size_bytes = Path(destination).stat().st_size
            if size_bytes <= target_bytes:
                return {"size_bytes": size_bytes, "height": height}
    except (av.FFmpegError, ValueError, OverflowError) as error:
        return {"reason": f"the encoder gave up: {type(error).__name__}"}
    return {"reason": "it stays too large"}


def _encode(source: str, destination: str, target_bytes: int, how: Try) -> int | None:
    """Encode once and return the height, None when too few bits are left for the pictures."""
    with av.open(f"file:{source}", format="mp4", options={"protocol_whitelist": "file"}) as given:
        video = given.streams.video[0]
        audio = given.streams.audio[0] if given.streams.audio else None
        seconds = (given.duration or 0) / av.time_base + _BUFFER_SECONDS
        bits = int(target_bytes * 8 * how.bits * _CONTAINER / seconds)
        bits -= _AUDIO_BITS if audio is not None else 0
        if bits < _LEAST_BITS:
            return None
        options = {"movflags": "+faststart"}
        with av.open(destination, "w", format="mp4", options=options) as made:
            pictures = _picture_stream(made, video, bits, how.height)
            sound = None if audio is None else _Sound(made, audio)
            _transcode(given, made, (video, pictures), sound)
            return pictures.height


def _picture_stream(
    made: OutputContainer, video: VideoStream, bits: int, share: float
) -> VideoStream:
    video.thread_type = "AUTO"
    video.codec_context.thread_count = _THREADS
    cap = {"maxrate": str(bits), "bufsize": str(int(bits * _BUFFER_SECONDS))}
    rate = video.average_rate or video.guessed_rate or 24
    stream = made.add_stream("libx264", rate=rate, options={"preset": "veryfast", **cap})
    # Sides must be even: the color format has half as many color points in each direction.
    stream.height = max(2, int(video.height * share) // 2 * 2)
    stream.width = max(2, round(video.width * stream.height / video.height / 2) * 2)
    stream.pix_fmt = "yuv420p"
    stream.bit_rate = int(bits * _AVERAGE)
    if video.time_base is not None:
        stream.codec_context.time_base = video.time_base
    stream.codec_context.thread_count = _THREADS
    return stream


class _Sound:
    """The sound, brought into frames that the encoder takes."""

    def __init__(self, made: OutputContainer, audio: AudioStream) -> None:
        self.source = audio
        self._stream = made.add_stream("aac", rate=_AUDIO_RATE, layout="stereo")
        self._stream.bit_rate = _AUDIO_BITS
        self._resampler = av.AudioResampler(
            format=self._stream.format,
            layout="stereo",
            rate=_AUDIO_RATE,
            frame_size=_AAC_SAMPLES,
        )

    def encode(self, frame: av.AudioFrame | None, made: OutputContainer) -> None:
        """Encode a frame into `made`; None is the end."""
        for ready in self._resampler.resample(frame):
            made.mux(self._stream.encode(ready))
        if frame is None:
            made.mux(self._stream.encode(None))


def _transcode(
    given: InputContainer,
    made: OutputContainer,
    pictures: tuple[VideoStream, VideoStream],
    sound: _Sound | None,
) -> None:
    source, target = pictures
    streams = [source] if sound is None else [source, sound.source]
    for packet in given.demux(*streams):
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                picture = frame.reformat(target.width, target.height, "yuv420p")
                picture.pict_type = av.video.frame.PictureType.NONE
                made.mux(target.encode(picture))
            elif isinstance(frame, av.AudioFrame) and sound is not None:
                sound.encode(frame, made)
    if sound is not None:
        sound.encode(None, made)
    made.mux(target.encode(None))


def main(arguments: Sequence[str], limits: Mapping[int, int] = LIMITS) -> None:
    """Make the first file smaller into the second, in at most as many bytes as the third says."""
    source, destination, target = arguments
    # A try that goes far over its target is stopped by the kernel, not by a full disk.
    restrain({**limits, resource.RLIMIT_FSIZE: 2 * int(target) + 1024**2})
    os.umask(0o077)
    sys.stdout.write(json.dumps(shrink(source, destination, int(target))))


if __name__ == "__main__":
    main(sys.argv[1:])
