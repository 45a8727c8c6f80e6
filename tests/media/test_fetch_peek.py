import asyncio

import pytest
from aiohttp import web

from bot.media.fetch import Fetcher
from tests.media.downloads import START
from tests.media.file_host import FileHost


async def test_a_link_that_gives_a_video_to_anybody_is_there(
    fetcher: Fetcher, host: FileHost, clip: bytes
) -> None:
    assert await fetcher.is_there(f"{host.serve('/a', clip)}?signature=b")


async def test_only_the_beginning_of_a_large_file_is_read(fetcher: Fetcher, host: FileHost) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(10**9)})
        await response.prepare(request)
        await response.write(START + bytes(1000))
        await asyncio.sleep(60)
        return response

    host.answers["/a"] = answer

    async with asyncio.timeout(60):
        assert await fetcher.is_there(host.url("/a"))


async def test_a_redirect_is_followed(fetcher: Fetcher, host: FileHost, clip: bytes) -> None:
    host.redirect("/a", host.serve("/b", clip))

    assert await fetcher.is_there(host.url("/a"))


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500])
async def test_a_link_that_is_refused_is_not_there(
    fetcher: Fetcher, host: FileHost, clip: bytes, status: int
) -> None:
    assert not await fetcher.is_there(host.serve("/a", clip, status=status))


@pytest.mark.parametrize("body", [b"", b"<html>Sign in</html>"])
async def test_a_page_is_no_video(fetcher: Fetcher, host: FileHost, body: bytes) -> None:
    assert not await fetcher.is_there(host.serve("/a", body))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.2:9/a",
        "https://169.254.169.254/latest",
        "ftp://files.example/a",
        "https://user:key@files.example/a",
        "nonsense",
        "",
    ],
)
async def test_a_link_that_nobody_should_follow_is_not_there(fetcher: Fetcher, url: str) -> None:
    assert not await fetcher.is_there(url)


async def test_a_host_that_is_away_has_no_file(fetcher: Fetcher, host: FileHost) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    host.answers["/a"] = answer

    assert not await fetcher.is_there(host.url("/a"))
