"""Makes real, labelled MP4 videos: what the stand-ins serve and what tests download."""

import io
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from PIL import Image

from sandbox.pictures import paint

_PICTURES_PER_SECOND: Final = 4
"""Distinct pictures; each is shown for several frames, which costs next to nothing."""
_GRAIN: Final = 60
_RATE_MARGIN: Final = 1.06


def make_clip(
    *,
    label: str,
    seconds: float,
    width: int,
    height: int,
    frames_per_second: int = 24,
    least_bytes: int = 0,
) -> bytes:
    """Return an H.264 MP4 that shows `label` and lasts `seconds`, to one frame.

    An odd width or height is lowered by one: the color format has no odd sides. With
    `least_bytes` it shows noise and has a constant, high rate, as a camera's would.
    """
    width, height = width - width % 2, height - height % 2
    frames = max(1, round(seconds * frames_per_second))
    held = max(1, frames_per_second // _PICTURES_PER_SECOND)
    # The index can be moved to the front in a real file only: it is opened a second time.
    with tempfile.TemporaryDirectory(prefix="clip-") as folder:
        path = Path(folder) / "clip.mp4"
        with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream(
                "libx264",
                rate=Fraction(frames_per_second),
                options=_options(seconds, least_bytes),
            )
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for first in range(0, frames, held):
                picture = paint(label, width, height, progress=(first + held) / (frames + held))
                if least_bytes:
                    grain = Image.effect_noise((width, height), _GRAIN).convert("RGB")
                    picture = Image.blend(picture, grain, 0.5)
                pixels = av.VideoFrame.from_bytes(picture.convert("RGBA").tobytes(), width, height)
                frame = pixels.reformat(format="yuv420p")
                for moment in range(first, min(first + held, frames)):
                    frame.pts = moment
                    container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path.read_bytes()


def _options(seconds: float, least_bytes: int) -> dict[str, str]:
    if not least_bytes:
        return {"preset": "ultrafast", "tune": "stillimage", "crf": "28"}
    bits = str(int(least_bytes * 8 * _RATE_MARGIN / seconds))
    # What the pictures don't need is filled up: that is what a constant rate means.
    constant = {"nal-hrd": "cbr", "x264-params": "force-cfr=1"}
    rate = {"b": bits, "minrate": bits, "maxrate": bits, "bufsize": str(int(bits) // 4)}
    return {"preset": "ultrafast", **constant, **rate}


def first_frame_png(mp4: bytes) -> bytes:
    """Return the first frame of a video as a PNG."""
    with av.open(io.BytesIO(mp4), "r", format="mp4") as container:
        frame = next(container.decode(video=0))
        picture = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV's stub leaves it bare
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
