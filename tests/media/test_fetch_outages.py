import asyncio
import fcntl
import os
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import FetchError
from bot.media.fetch import Fetcher
from tests.media.downloads import (
    LOOPBACK,
    SIGNATURE,
    START,
    begun,
    filling_the_disk,
    names,
    refusal,
    streaming,
    until,
)
from tests.media.file_host import FileHost


def times_open(path: Path) -> int:
    return [handle.resolve() for handle in Path("/proc/self/fd").iterdir()].count(path)


async def test_a_host_that_falls_silent_is_left(host: FileHost, tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def wait(_: web.StreamResponse) -> None:
        await gone.wait()

    host.answers["/a"] = streaming(100, wait)

    async with Fetcher(max_bytes=1000, private_hosts=LOOPBACK, read_seconds=0.05) as fetcher:
        error = await refusal(fetcher, host.url("/a"), tmp_path)

    gone.set()
    assert not error.is_final
    assert "too slow" in str(error)


async def test_a_host_that_drips_is_left_in_the_end(host: FileHost, tmp_path: Path) -> None:
    async def drip(response: web.StreamResponse) -> None:
        while True:
            await response.write(b"0")
            await asyncio.sleep(0.01)

    host.answers["/a"] = streaming(None, drip)

    async with Fetcher(max_bytes=10**6, private_hosts=LOOPBACK, total_seconds=0.2) as fetcher:
        error = await refusal(fetcher, host.url("/a"), tmp_path)

    assert not error.is_final
    assert "too slow" in str(error)


async def test_a_host_that_is_down_may_come_back(
    fetcher: Fetcher, unused_tcp_port: int, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/a.mp4?signature={SIGNATURE}"

    error = await refusal(fetcher, url, tmp_path)

    assert not error.is_final


async def test_a_host_that_does_not_speak_http_may_be_mended(
    fetcher: Fetcher, tmp_path: Path
) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await refusal(fetcher, f"http://127.0.0.1:{port}/?signature={SIGNATURE}", tmp_path)

    assert not error.is_final


async def test_a_disk_that_takes_nothing_is_named(
    fetcher: Fetcher, host: FileHost, clip: bytes, tmp_path: Path
) -> None:
    with pytest.raises(FetchError, match="disk: No such file or directory") as caught:
        await fetcher.download(host.serve("/a", clip), tmp_path / "missing" / "video.mp4")

    assert not caught.value.is_final


async def test_a_disk_that_is_full_is_named_and_nothing_is_left(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    host.answers["/a"] = streaming(112, filling_the_disk(tmp_path))

    error = await refusal(fetcher, host.url("/a"), tmp_path)

    assert not error.is_final
    assert str(error) == "disk: No space left on device"


async def test_a_file_that_somebody_else_writes_to_is_fetched_again(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    async def write_beside(response: web.StreamResponse) -> None:
        with (await begun(tmp_path)).open("ab") as file:
            file.write(b"from another download")
        await response.write(b"0" * 100)

    host.answers["/a"] = streaming(112, write_beside)

    error = await refusal(fetcher, host.url("/a"), tmp_path)

    assert not error.is_final
    assert str(error) == "disk: the file changed while it came in"


async def test_two_downloads_to_one_place_do_not_write_into_each_other(
    fetcher: Fetcher, host: FileHost, clip: bytes, tmp_path: Path
) -> None:
    go_on = asyncio.Event()

    async def wait(response: web.StreamResponse) -> None:
        await go_on.wait()
        await response.write(b"0" * 100)

    host.answers["/held-up"] = streaming(112, wait)
    video = tmp_path / "video.mp4"
    held_up = asyncio.create_task(fetcher.download(host.url("/held-up"), video))
    await begun(tmp_path)

    fetched = await fetcher.download(host.serve("/a", clip), video)
    whole = video.read_bytes()
    go_on.set()
    late = await held_up

    assert (whole, fetched.size_bytes) == (clip, len(clip))
    assert (video.read_bytes(), late.size_bytes) == (START + b"0" * 100, 112)
    assert names(tmp_path) == ["video.mp4"]


async def test_a_cancelled_download_leaves_nothing(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    gone = asyncio.Event()

    async def wait(_: web.StreamResponse) -> None:
        await gone.wait()

    host.answers["/a"] = streaming(100, wait)
    task = asyncio.create_task(fetcher.download(host.url("/a"), tmp_path / "video.mp4"))
    await begun(tmp_path)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    gone.set()
    assert names(tmp_path) == []


async def test_a_download_cancelled_while_writing_waits_for_the_disk_and_leaves_nothing(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    # A full pipe that nobody reads is a disk that has stalled: the writing thread hangs in it.
    go_on = asyncio.Event()

    async def wait(response: web.StreamResponse) -> None:
        await go_on.wait()
        await response.write(b"0" * 100)

    host.answers["/a"] = streaming(112, wait)
    task = asyncio.create_task(fetcher.download(host.url("/a"), tmp_path / "video.mp4"))
    part = await begun(tmp_path)
    part.unlink()
    os.mkfifo(part)
    pipe = os.open(part, os.O_RDWR | os.O_NONBLOCK)
    os.write(pipe, b"0" * fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ))
    go_on.set()
    await until(lambda: times_open(part) == 2)

    task.cancel()
    await asyncio.sleep(0)
    waits = not task.done()
    os.read(pipe, 65536)
    with pytest.raises(asyncio.CancelledError):
        await task

    os.close(pipe)
    assert waits
    assert names(tmp_path) == []
