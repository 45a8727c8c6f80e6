import io
import json
import resource
import subprocess
import sys
from pathlib import Path

import av
import pytest

from bot.media import probe_child
from sandbox.clips import make_clip
from sandbox.pictures import make_picture

FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}


def save(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def make_song(path: Path, *, cover: bytes | None) -> str:
    """Write an MP4 with sound only, and with a cover picture if one is given."""
    with av.open(str(path), "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=48000, layout="stereo")
        if cover is not None:
            with av.open(io.BytesIO(cover), "r") as picture:
                stream = container.add_stream_from_template(picture.streams.video[0])
                stream.disposition = av.stream.Disposition.attached_pic
                packet = next(picture.demux(video=0))
                packet.stream = stream
                container.mux(packet)
        for _ in range(50):
            frame = av.AudioFrame("fltp", "stereo", 1024)
            frame.sample_rate = 48000
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return str(path)


def rewrap(clip: bytes, path: Path, options: dict[str, str]) -> str:
    """Write the same video in another layout of the container."""
    with (
        av.open(io.BytesIO(clip), "r") as source,
        av.open(str(path), "w", format="mp4", options=options) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    return str(path)


def test_a_clip_is_described(clip: bytes, tmp_path: Path) -> None:
    facts = probe_child.examine(save(tmp_path / "a.mp4", clip))

    assert facts == {
        "seconds": 2.0,
        "width": 320,
        "height": 180,
        "codec": "h264",
        "has_audio": False,
    }


@pytest.mark.parametrize("options", [{}, FRAGMENTS])
def test_the_index_may_be_anywhere(options: dict[str, str], clip: bytes, tmp_path: Path) -> None:
    facts = probe_child.examine(rewrap(clip, tmp_path / "a.mp4", options))

    assert facts["seconds"] == pytest.approx(2.0, abs=0.05)


def test_a_fragmented_video_that_was_cut_is_refused(clip: bytes, tmp_path: Path) -> None:
    path = Path(rewrap(clip, tmp_path / "a.mp4", FRAGMENTS))
    save(path, path.read_bytes()[: len(clip) // 2])

    assert probe_child.examine(str(path)) == {"reason": "a part of it is missing"}


@pytest.mark.parametrize(
    ("size", "reason"),
    [((14, 64), "it is 14 by 64 pixels"), ((4098, 16), "it is 4098 by 16 pixels")],
)
def test_an_odd_size_is_refused(size: tuple[int, int], reason: str, tmp_path: Path) -> None:
    small = make_clip(label="", seconds=0.1, width=size[0], height=size[1])

    assert probe_child.examine(save(tmp_path / "a.mp4", small)) == {"reason": reason}


def test_a_video_without_end_is_refused(tmp_path: Path) -> None:
    long = make_clip(label="", seconds=121, width=32, height=32, frames_per_second=1)

    assert probe_child.examine(save(tmp_path / "a.mp4", long)) == {
        "reason": "it lasts 121.0 seconds"
    }


def test_a_song_is_no_video(tmp_path: Path) -> None:
    path = make_song(tmp_path / "a.mp4", cover=None)

    assert probe_child.examine(path) == {"reason": "it has no video"}


def test_a_picture_on_a_song_is_no_video(tmp_path: Path) -> None:
    path = make_song(tmp_path / "a.mp4", cover=make_picture("cover", 64, 64, "JPEG"))

    assert probe_child.examine(path) == {"reason": "it has no video"}


def test_what_the_decoder_can_not_open_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.mp4", b"<html>")

    assert probe_child.examine(path) == {"reason": "the decoder gave up: InvalidDataError"}


@pytest.mark.parametrize(("kept", "is_whole"), [(24, False), (44, False), (46, True)])
def test_frames_that_are_missing_without_a_trace_are_counted(
    kept: int, is_whole: object, clip: bytes, tmp_path: Path
) -> None:
    with av.open(io.BytesIO(clip), "r") as container:
        packets = list(container.demux(video=0))
    # Cut between two frames, so that none of them looks damaged.
    end = packets[kept].pos
    assert end is not None

    facts = probe_child.examine(save(tmp_path / "a.mp4", clip[:end]))

    assert ("reason" not in facts) is is_whole


def test_the_answer_is_one_object(
    clip: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    probe_child.main([save(tmp_path / "a.mp4", clip)], {resource.RLIMIT_CORE: 0})

    assert json.loads(capsys.readouterr().out)["seconds"] == 2.0


def test_the_limits_hold_for_good() -> None:
    code = (
        "import json, os, resource\n"
        "from bot.media import probe_child\n"
        "probe_child.main(['/dev/null'])\n"
        "limits = {what: resource.getrlimit(what) for what in probe_child.LIMITS}\n"
        "print()\n"
        "print(json.dumps([os.nice(0), limits]))\n"
    )

    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-I", "-c", code], check=True, capture_output=True, env={}
    )

    niceness, limits = json.loads(done.stdout.splitlines()[1])
    assert niceness >= 10
    assert limits == {str(what): [most, most] for what, most in probe_child.LIMITS.items()}
