import asyncio
import gzip
import hashlib
import os
from pathlib import Path

import pytest
from aiohttp import web

from bot.media.fetch import FetchedFile, Fetcher
from tests.media.downloads import LOOPBACK, SIGNATURE, START, names, refusal, streaming
from tests.media.file_host import FileHost


async def test_a_file_arrives_whole_with_its_size_and_digest(
    fetcher: Fetcher, host: FileHost, clip: bytes, tmp_path: Path
) -> None:
    destination = tmp_path / "video.mp4"

    fetched = await fetcher.download(host.serve("/a", clip), destination)

    assert fetched == FetchedFile(len(clip), hashlib.sha256(clip).hexdigest())
    assert destination.read_bytes() == clip
    assert names(tmp_path) == ["video.mp4"]
    assert host.hits[0].headers["Accept-Encoding"] == "identity"
    assert "Cookie" not in host.hits[0].headers


async def test_a_file_without_a_stated_length_arrives(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    body = START + os.urandom(200_000)

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        for at in range(0, len(body), 5):
            await response.write(body[at : at + 5] if at < 100 else body[at:])
            if at >= 100:
                break
        return response

    host.answers["/a"] = answer

    fetched = await fetcher.download(host.url("/a"), tmp_path / "video.mp4")

    assert fetched.sha256 == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    ("status", "is_final"),
    [
        (204, False),
        (206, False),
        (304, True),
        (400, True),
        (401, True),
        (403, True),
        (404, True),
        (408, False),
        (410, True),
        (425, False),
        (429, False),
        (451, True),
        (500, False),
        (502, False),
        (503, False),
    ],
)
async def test_an_answer_without_the_file_says_if_waiting_helps(
    status: int, is_final: object, fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    url = host.serve("/a", b"", status=status)

    error = await refusal(fetcher, f"{url}?signature={SIGNATURE}", tmp_path)

    assert error.is_final is is_final
    assert str(error) == f"127.0.0.1 answers {status}"


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>AccessDenied</body></html>" * 50,
        b'{"error": {"message": "not ready"}}',
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/\n",
        b"PK\x03\x04" + b"0" * 1000,
        b"short",
    ],
)
async def test_a_body_that_does_not_begin_as_an_mp4_is_refused(
    body: bytes, fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    error = await refusal(fetcher, host.serve("/a", body), tmp_path)

    assert error.is_final
    assert "not an MP4" in str(error)


async def test_a_web_page_is_refused_before_the_rest_of_it_comes(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    hangs_up = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"<html>" * 10_000)
        finally:
            hangs_up.set()

    host.answers["/a"] = answer

    error = await refusal(fetcher, host.url("/a"), tmp_path)

    assert "not an MP4" in str(error)
    await hangs_up.wait()


async def test_an_empty_body_is_refused(fetcher: Fetcher, host: FileHost, tmp_path: Path) -> None:
    error = await refusal(fetcher, host.serve("/a", b""), tmp_path)

    assert error.is_final
    assert "less than a whole file" in str(error)


async def test_a_length_over_the_limit_is_refused_at_once(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    gone = asyncio.Event()

    async def wait(_: web.StreamResponse) -> None:
        await gone.wait()

    host.answers["/a"] = streaming(3 * 2**30, wait)

    error = await refusal(fetcher, host.url("/a"), tmp_path)

    gone.set()
    assert error.is_final
    assert str(error) == "the file is over 1000000 bytes"


async def test_a_body_without_end_is_cut_off(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    async def pour(response: web.StreamResponse) -> None:
        while True:
            await response.write(b"0" * 65536)

    host.answers["/a"] = streaming(None, pour)

    error = await refusal(fetcher, host.url("/a"), tmp_path)

    assert error.is_final
    assert "over 1000000 bytes" in str(error)


async def test_the_limit_itself_is_allowed(host: FileHost, clip: bytes, tmp_path: Path) -> None:
    async with Fetcher(max_bytes=len(clip), private_hosts=LOOPBACK) as fetcher:
        fetched = await fetcher.download(host.serve("/a", clip), tmp_path / "video.mp4")

    assert fetched.size_bytes == len(clip)


@pytest.mark.parametrize("length", [100_000, None])
async def test_a_body_that_ends_early_will_not_do(
    length: int | None, fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    async def half(response: web.StreamResponse) -> None:
        await response.write(b"0" * 50_000)

    host.answers["/a"] = streaming(length, half)

    error = await refusal(fetcher, host.url("/a"), tmp_path)

    assert error.is_final


async def test_a_packed_body_is_refused(fetcher: Fetcher, host: FileHost, tmp_path: Path) -> None:
    bomb = gzip.compress(START + b"0" * 50_000_000)

    url = host.serve("/a", bomb, headers={"Content-Encoding": "gzip"})
    error = await refusal(fetcher, url, tmp_path)

    assert error.is_final
    assert "packed" in str(error)
