"""Makes real, labelled MP4 videos: what the stand-ins serve and what tests download."""

import io
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

from sandbox.pictures import paint

_PICTURES_PER_SECOND: Final = 4
"""Distinct pictures; each is shown for several frames, which costs next to nothing."""


def make_clip(
    *, label: str, seconds: float, width: int, height: int, frames_per_second: int = 24
) -> bytes:
    """Return an H.264 MP4 that shows `label` and lasts `seconds`, to one frame.

    An odd width or height is lowered by one: the color format has no odd sides.
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
                options={"preset": "ultrafast", "tune": "stillimage", "crf": "28"},
            )
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for first in range(0, frames, held):
                picture = paint(label, width, height, progress=(first + held) / (frames + held))
                pixels = av.VideoFrame.from_bytes(picture.convert("RGBA").tobytes(), width, height)
                frame = pixels.reformat(format="yuv420p")
                for moment in range(first, min(first + held, frames)):
                    frame.pts = moment
                    container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path.read_bytes()


def first_frame_png(mp4: bytes) -> bytes:
    """Return the first frame of a video as a PNG."""
    with av.open(io.BytesIO(mp4), "r", format="mp4") as container:
        frame = next(container.decode(video=0))
        picture = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV's stub leaves it bare
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
