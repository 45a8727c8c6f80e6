"""Joins videos that are alike in everything: their packets are copied, moved in time."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from bot.media.join_parts import Part

_LATEST: Final = Fraction(1, 5)
"""Seconds for which a part may show what was before; then it has to be encoded anew."""


class _Track:
    """One stream of the joined file: what comes next must be later than what is there."""

    def __init__(self, made: OutputContainer, template: VideoStream | AudioStream) -> None:
        self._made = made
        self._target = made.add_stream_from_template(template)
        self._last: Fraction | None = None
        self.end = Fraction(0)
        """When what is there ends, in seconds."""

    def add(self, packet: "Packet[Stream]", shift: Fraction) -> None:
        """Copy a packet, `shift` seconds later.

        Raises:
            ValueError: It would have to be decoded before what is there already.
        """
        base = packet.time_base
        if packet.pts is None or packet.dts is None or not base or packet.is_corrupt:
            raise ValueError("a packet without its time")
        ticks = round(shift / base)
        packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
        if self._last is not None and packet.dts * base <= self._last:
            raise ValueError("a packet comes too late")
        self._last = packet.dts * base
        self.end = max(self.end, (packet.pts + (packet.duration or 0)) * base)
        packet.stream = self._target
        self._made.mux(packet)


def remux(parts: Sequence[Part], destination: str, *, has_sound: bool) -> None:
    """Copy all packets of `parts` to `destination`.

    Raises:
        av.FFmpegError: The parts or the disk would not.
        ValueError: Their times do not go together.
    """
    options = {"movflags": "+faststart"}
    with av.open(destination, "w", format="mp4", options=options) as made:
        pictures = _Track(made, parts[0].picture)
        first_sound = parts[0].sound if has_sound else None
        sound = None if first_sound is None else _Track(made, first_sound)
        begin = Fraction(0)
        for part in parts:
            _copy(part, pictures, sound, begin)
            ends = (begin + part.seconds, pictures.end, begin if sound is None else sound.end)
            begin = max(ends)


def _copy(part: Part, pictures: _Track, sound: _Track | None, begin: Fraction) -> None:
    shift = begin - part.start
    streams = [part.picture, *([part.sound] if sound is not None and part.sound else [])]
    is_first = True
    for packet in part.container.demux(*streams):
        if not packet.size:
            continue  # the last one of each stream is empty
        if packet.stream.type == "video":
            if is_first and _begins(packet) - part.start > _LATEST:
                raise ValueError("its pictures begin late")
            is_first = False
            pictures.add(packet, shift)
        # What lies before the start of a part's sound warms a decoder up, which the part
        # before has done.
        elif sound is not None and (not begin or _begins(packet) >= part.start):
            sound.add(packet, shift)


def _begins(packet: "Packet[Stream]") -> Fraction:
    return (packet.pts or 0) * (packet.time_base or Fraction(0))
