"""Videos to be joined, and what can be measured of the whole."""

import itertools
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image

_SAMPLES = 1024


def make_part(
    path: Path,
    *,
    seconds: float = 2.0,
    size: tuple[int, int] = (160, 96),
    rate: int = 24,
    sound: int | None = 48_000,
    late: int = 0,
    options: dict[str, str] | None = None,
) -> Path:
    """Write an MP4 with frames that are predicted from later ones, as services make them.

    `sound` is how many samples a second has, `late` after how many frames the pictures begin.
    """
    with av.open(str(path), "w", format="mp4", options=options or {}) as made:
        stream: Any = made.add_stream("libx264", rate=Fraction(rate), options={"bf": "3"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        heard: Any = None if sound is None else made.add_stream("aac", rate=sound, layout="stereo")
        for number in range(round(seconds * rate)):
            picture = Image.effect_noise(size, 40).convert("RGBA")
            frame = av.VideoFrame.from_bytes(picture.tobytes(), *size).reformat(format="yuv420p")
            frame.pts = number + late
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
        for number in range(int(seconds * sound / _SAMPLES) if sound else 0):
            silence = av.AudioFrame("fltp", "stereo", _SAMPLES)
            silence.sample_rate, silence.pts = sound or 0, number * _SAMPLES
            for plane in silence.planes:
                plane.update(bytes(plane.buffer_size))
            made.mux(heard.encode(silence))
        if heard is not None:
            made.mux(heard.encode(None))
    return path


@dataclass(frozen=True, slots=True)
class Measured:
    """What a decoder finds in a file."""

    seconds: float
    size: tuple[int, int]
    frames: int
    is_increasing: bool
    sound_seconds: float | None


def measure(path: Path) -> Measured:
    with av.open(str(path), format="mp4") as container:
        video = container.streams.video[0]
        moments = [frame.pts for frame in container.decode(video) if frame.pts is not None]
        seconds = (container.duration or 0) / av.time_base
        size, has_sound = (video.width, video.height), bool(container.streams.audio)
    heard = None
    if has_sound:
        with av.open(str(path), format="mp4") as container:
            heard = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    increasing = all(one < two for one, two in itertools.pairwise(moments))
    return Measured(seconds, size, len(moments), increasing, heard)
