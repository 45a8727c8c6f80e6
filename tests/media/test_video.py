import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, FetchError, NotAVideoError
from bot.media.video import VideoFacts, VideoProbe
from sandbox.pictures import make_picture

FACTS = '{"seconds": 1.5, "width": 64, "height": 36, "codec": "h264", "has_audio": false}'


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.fixture
def video(clip: bytes, tmp_path: Path) -> Path:
    return save(tmp_path / "video.mp4", clip)


def program(code: str) -> list[str]:
    """Return the command line of a substitute for the child."""
    return [sys.executable, "-I", "-c", code]


def said_in(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def is_running(number: str) -> bool:
    return Path("/proc", number).exists()


async def test_a_real_clip_is_described(video: Path) -> None:
    facts = await VideoProbe().probe(video)

    assert facts == VideoFacts(2.0, 320, 180, "h264", has_audio=False)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda clip: clip[: len(clip) // 2], id="half of it"),
        pytest.param(lambda clip: clip[:-100], id="all but its end"),
        pytest.param(lambda clip: clip[:32], id="its beginning only"),
        pytest.param(lambda clip: clip[:32] + b"\xa5" * 50_000, id="garbage after the beginning"),
        pytest.param(lambda clip: b"\0\0\0\x18ftypisom" + clip[::-1], id="reversed"),
        pytest.param(lambda _: b"", id="nothing"),
        pytest.param(lambda _: b"<html>AccessDenied</html>" * 50, id="a web page"),
        pytest.param(lambda _: make_picture("no", 64, 64), id="a picture"),
        pytest.param(
            lambda _: b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n#EXT-X-ENDLIST\n",
            id="a playlist",
        ),
        pytest.param(lambda _: b"ffconcat version 1.0\nfile /etc/passwd\n", id="a list of files"),
    ],
)
async def test_what_is_no_whole_video_is_refused(
    spoil: Callable[[bytes], bytes], clip: bytes, tmp_path: Path
) -> None:
    path = save(tmp_path / "video.mp4", spoil(clip))

    with pytest.raises(NotAVideoError) as caught:
        await VideoProbe().probe(path)

    assert 0 < len(str(caught.value)) < 100


async def test_a_file_that_is_not_there_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(NotAVideoError, match="FileNotFoundError"):
        await VideoProbe().probe(tmp_path / "missing.mp4")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended with -11"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended with -9"),
        (f"print('{FACTS}', flush=True); raise SystemExit(3)", "ended with 3"),
        ("raise MemoryError", "ended with 1"),
        ("", "no answer"),
        ("print('hello')", "no answer"),
        ("print('\\udc80'.encode('utf-8', 'surrogateescape'))", "no answer"),
        ("print('[' * 4000)", "no answer"),
        ("print('[]')", "unknown answer"),
        ("print('{}')", "unknown answer"),
        (f"print('{FACTS}'.replace('64,', '\"64\",'))", "unknown answer"),
        ("print('x' * 100_000_000)", "says too much"),
        ("import os\nwhile True: os.write(1, b'x' * 65536)", "says too much"),
    ],
)
async def test_a_child_that_fails_says_nothing_about_the_file(
    code: str, reason: str, video: Path
) -> None:
    probe = VideoProbe(program=program(code))

    with pytest.raises(FetchError, match=reason) as caught:
        await probe.probe(video)

    assert not caught.value.is_final


async def test_a_child_that_read_the_file_says_why_it_is_no_video(video: Path) -> None:
    probe = VideoProbe(program=program('print(\'{"reason": "it is a song"}\')'))

    with pytest.raises(NotAVideoError, match="it is a song"):
        await probe.probe(video)


async def test_a_child_that_hangs_is_ended(video: Path) -> None:
    probe = VideoProbe(seconds=0.2, program=program("import time; time.sleep(600)"))

    with pytest.raises(FetchError, match="took too long"):
        await probe.probe(video)


async def test_a_child_that_can_not_be_started_says_nothing_about_the_file(video: Path) -> None:
    probe = VideoProbe(program=["/nonexistent/python"])

    with pytest.raises(FetchError, match="can't be started") as caught:
        await probe.probe(video)

    assert not caught.value.is_final


async def test_a_cancelled_probe_ends_its_child(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    code = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
    task = asyncio.create_task(VideoProbe(program=program(code)).probe(mark))
    while not (number := said_in(mark)):  # noqa: ASYNC110 - a file sets no event
        await asyncio.sleep(0.001)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not is_running(number)


async def test_no_more_children_run_at_once_than_allowed(tmp_path: Path) -> None:
    # Each child counts the marks of those that run beside it.
    code = (
        "import os, sys, time, json; mark = f'{sys.argv[1]}/{os.getpid()}'; open(mark, 'w');"
        "time.sleep(0.05); n = len(os.listdir(sys.argv[1])); os.remove(mark);"
        "print(json.dumps({'reason': f'{n} at once'}))"
    )
    probe = VideoProbe(at_once=1, program=program(code))

    answers = await asyncio.gather(
        *(probe.probe(tmp_path) for _ in range(3)), return_exceptions=True
    )

    assert [str(answer) for answer in answers] == ["1 at once"] * 3


async def test_the_child_knows_nothing_of_the_environment(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    code = "import os, json; print(json.dumps({'reason': str(dict(os.environ))}))"

    with pytest.raises(NotAVideoError) as caught:
        await VideoProbe(program=program(code)).probe(video)

    assert "TOKEN" not in str(caught.value)
    assert "PATH" not in str(caught.value)


async def test_a_machine_that_can_probe_passes_the_check() -> None:
    await VideoProbe().check()


@pytest.mark.parametrize("code", ["import no_such_library", "print('{}')"])
async def test_a_machine_that_can_not_probe_is_found_out(code: str) -> None:
    with pytest.raises(ConfigurationError, match="The video library does not work here"):
        await VideoProbe(program=program(code)).check()
