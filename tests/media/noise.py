"""Videos that are hard to make smaller: noise, with sound when asked for."""

from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

_RATE = 48_000
_SAMPLES = 1024


def make_noise(
    path: Path,
    *,
    seconds: float = 2.0,
    width: int = 320,
    height: int = 180,
    frames_per_second: int = 12,
    has_sound: bool = False,
) -> Path:
    """Write an MP4 of noise, at a quality that makes it large."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream(
            "libx264",
            rate=Fraction(frames_per_second),
            options={"preset": "ultrafast", "qp": "10"},
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        sound = container.add_stream("aac", rate=_RATE, layout="stereo") if has_sound else None
        for number in range(round(seconds * frames_per_second)):
            picture = Image.effect_noise((width, height), 80).convert("RGBA")
            frame = av.VideoFrame.from_bytes(picture.tobytes(), width, height)
            frame = frame.reformat(format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            for number in range(int(seconds * _RATE / _SAMPLES)):
                silence = av.AudioFrame("fltp", "stereo", _SAMPLES)
                silence.sample_rate, silence.pts = _RATE, number * _SAMPLES
                for plane in silence.planes:
                    plane.update(bytes(plane.buffer_size))
                container.mux(sound.encode(silence))
            container.mux(sound.encode(None))
    return path
