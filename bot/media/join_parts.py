"""The videos that are to be joined, as the child that joins them opened them."""

from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

_MOST_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Part:
    """One of them."""

    container: InputContainer
    picture: VideoStream
    sound: AudioStream | None
    start: Fraction
    """The time at which it starts by its own clock, in seconds."""
    seconds: Fraction
    """How long it lasts: its pictures or its sound, whichever is longer."""

    @property
    def picture_key(self) -> tuple[object, ...]:
        """Return all that a player is told once for a whole stream of pictures."""
        codec = self.picture.codec_context
        return (
            codec.name,
            codec.extradata,
            codec.pix_fmt,
            self.picture.width,
            self.picture.height,
            self.picture.average_rate,
            codec.sample_aspect_ratio,
        )

    @property
    def sound_key(self) -> tuple[object, ...]:
        """Return all that a player is told once for a whole stream of sound."""
        if self.sound is None:
            return ()
        codec = self.sound.codec_context
        return (codec.name, codec.extradata, codec.sample_rate, codec.layout.name)


def open_part(opened: ExitStack, source: str) -> Part:
    """Open one of them until `opened` is closed.

    Raises:
        av.FFmpegError: It is no MP4.
        ValueError: It has no pictures, or no length.
    """
    options = {"protocol_whitelist": "file"}
    container = opened.enter_context(av.open(f"file:{source}", format="mp4", options=options))
    # A music file carries its cover as a video stream of one picture.
    pictures = [
        one for one in container.streams.video if not one.disposition & Disposition.attached_pic
    ]
    seconds = Fraction(container.duration or 0, av.time_base)
    if not pictures or not 0 < seconds <= _MOST_SECONDS:
        raise ValueError("it has no pictures, or no length")
    return Part(
        container,
        pictures[0],
        container.streams.audio[0] if container.streams.audio else None,
        Fraction(container.start_time or 0, av.time_base),
        seconds,
    )
