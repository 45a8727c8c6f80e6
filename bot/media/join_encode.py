"""Joins videos that differ: all are decoded, brought to the first one's size and encoded anew."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.filter import Graph
from av.video.stream import VideoStream

from bot.media.join_parts import Part

_BASE: Final = Fraction(1, 90_000)
"""Ticks that the pictures of every usual rate fall on."""
_USUAL_RATE: Final = Fraction(24)
_MOST_RATE: Final = Fraction(60)
_QUALITY: Final = {"preset": "veryfast", "crf": "20"}
_AUDIO_BITS: Final = 128_000
_AUDIO_RATE: Final = 48_000
_AAC_SAMPLES: Final = 1024
"""What an AAC frame holds; the encoder takes no other number."""
_THREADS: Final = 2


def encode(parts: Sequence[Part], destination: str, *, has_sound: bool) -> None:
    """Encode all of `parts` into `destination`.

    Raises:
        av.FFmpegError: The parts or the disk would not.
        ValueError: Their pictures can't be used.
    """
    options = {"movflags": "+faststart"}
    with av.open(destination, "w", format="mp4", options=options) as made:
        pictures = _Pictures(made, parts[0].picture)
        sound = _Sound(made) if has_sound else None
        begin = Fraction(0)
        for part in parts:
            end = begin + part.seconds
            _encode(part, pictures, sound, (begin, end))
            begin = max(end, pictures.end)
        pictures.finish()
        if sound is not None:
            sound.finish()


def _encode(
    part: Part, pictures: "_Pictures", sound: "_Sound | None", span: tuple[Fraction, Fraction]
) -> None:
    begin, end = span
    scaled = pictures.scaled(part.picture)
    heard = None if sound is None else _Heard(part, sound, end)
    streams = [part.picture, *([part.sound] if heard is not None and part.sound else [])]
    is_first = True
    for packet in part.container.demux(*streams):
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                # The first one is there at once, also where its part begins with sound alone.
                moment = begin if is_first else begin - part.start + _moment(frame)
                pictures.encode(scaled, frame, moment)
                is_first = False
            elif isinstance(frame, av.AudioFrame) and heard is not None:
                heard.add(frame)
    if heard is not None:
        heard.finish()


def _moment(frame: av.VideoFrame) -> Fraction:
    if frame.pts is None or not frame.time_base:
        raise ValueError("a picture without its time")
    return frame.pts * frame.time_base


class _Pictures:
    """The pictures of the joined file, at the size of the first part."""

    def __init__(self, made: OutputContainer, first: VideoStream) -> None:
        self._made = made
        rate = first.average_rate or _USUAL_RATE
        stream = made.add_stream("libx264", rate=min(rate, _MOST_RATE), options=dict(_QUALITY))
        # Sides must be even: the color format has half as many color points in each direction.
        stream.width = max(2, first.width // 2 * 2)
        stream.height = max(2, first.height // 2 * 2)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = _BASE
        stream.codec_context.thread_count = _THREADS
        self._stream = stream
        self._last = -1

    @property
    def end(self) -> Fraction:
        """When the next picture may come at the earliest, in seconds."""
        return (self._last + 1) * _BASE

    def scaled(self, source: VideoStream) -> Graph:
        """Make what brings the pictures of a part to the size, with bars where the shape differs.

        Raises:
            av.FFmpegError: The part does not say enough about itself.
        """
        source.codec_context.thread_count = _THREADS
        size = f"{self._stream.width}:{self._stream.height}"
        graph = Graph()
        graph.link_nodes(
            graph.add_buffer(template=source),
            graph.add("scale", f"{size}:force_original_aspect_ratio=decrease"),
            graph.add("pad", f"{size}:-1:-1"),
            graph.add("setsar", "1"),
            graph.add("format", "yuv420p"),
            graph.add("buffersink"),
        ).configure()
        return graph

    def encode(self, scaled: Graph, frame: av.VideoFrame, moment: Fraction) -> None:
        """Encode a picture that is to be seen from that moment on, in seconds."""
        scaled.vpush(frame)
        picture = scaled.vpull()
        self._last = max(round(moment / _BASE), self._last + 1)
        picture.pts, picture.time_base = self._last, _BASE
        picture.pict_type = av.video.frame.PictureType.NONE
        self._made.mux(self._stream.encode(picture))

    def finish(self) -> None:
        """Write what the encoder still holds."""
        self._made.mux(self._stream.encode(None))


class _Sound:
    """The sound of the joined file, without a gap."""

    def __init__(self, made: OutputContainer) -> None:
        self._made = made
        self._stream: AudioStream = made.add_stream("aac", rate=_AUDIO_RATE, layout="stereo")
        self._stream.bit_rate = _AUDIO_BITS
        self._waiting = av.AudioFifo()
        self.taken = 0
        """Samples so far."""
        self._encoded = 0

    def add(self, frame: av.AudioFrame) -> None:
        """Take a frame that comes right after the last one."""
        frame.pts = None
        self.taken += frame.samples
        self._waiting.write(frame)
        while (ready := self._waiting.read(_AAC_SAMPLES)) is not None:
            self._encode(ready)

    def finish(self) -> None:
        """Write what is left, and what the encoder still holds."""
        rest = self._waiting.read(0, partial=True)
        if rest is not None:
            self._encode(rest)
        self._made.mux(self._stream.encode(None))

    def _encode(self, frame: av.AudioFrame) -> None:
        frame.pts, frame.time_base = self._encoded, Fraction(1, _AUDIO_RATE)
        self._encoded += frame.samples
        self._made.mux(self._stream.encode(frame))


class _Heard:
    """The sound of one part: as long as the part, with silence where it has none."""

    def __init__(self, part: Part, sound: _Sound, end: Fraction) -> None:
        self._start = part.start
        self._sound = sound
        self._samples = round(end * _AUDIO_RATE) - sound.taken
        self._graph: Graph | None = None
        self._is_over = False

    def add(self, frame: av.AudioFrame) -> None:
        """Take a frame as the part has it."""
        if self._is_over:
            return
        base = frame.time_base or Fraction(1, frame.sample_rate)
        if self._graph is None:
            self._graph = self._level(
                frame.sample_rate, frame.format.name, frame.layout.name, time_base=base
            )
        if frame.pts is not None:
            frame.pts -= round(self._start / base)
        self._graph.push(frame)
        self._take(self._graph)

    def finish(self) -> None:
        """Fill up with silence what is missing."""
        if self._is_over:
            return
        graph = self._graph
        if graph is None:
            graph = self._level(_AUDIO_RATE, "fltp", "stereo", time_base=Fraction(1, _AUDIO_RATE))
        graph.push(None)
        self._take(graph)

    def _level(self, rate: int, kind: str, layout: str, *, time_base: Fraction) -> Graph:
        """Make what brings the sound to the rate, and cuts or fills it to its length."""
        graph = Graph()
        graph.link_nodes(
            graph.add_abuffer(sample_rate=rate, format=kind, layout=layout, time_base=time_base),
            graph.add("aresample", f"{_AUDIO_RATE}:async=1:first_pts=0"),
            graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo"),
            graph.add("apad", f"whole_len={self._samples}"),
            graph.add("atrim", f"end_sample={self._samples}"),
            graph.add("abuffersink"),
        ).configure()
        return graph

    def _take(self, graph: Graph) -> None:
        while not self._is_over:
            try:
                frame = graph.pull()
            except av.BlockingIOError:
                return
            except av.EOFError:
                self._is_over = True
                return
            if isinstance(frame, av.AudioFrame):
                self._sound.add(frame)
