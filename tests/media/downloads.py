"""What the download tests share: hosts that stop midway, names that lie, who must not be dialed."""

import asyncio
import socket
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.errors import FetchError
from bot.media.fetch import Fetcher

LOOPBACK = ("127.0.0.1",)
KEY = "k3y"
SIGNATURE = "53cr3t"
START = b"\0\0\0\x18ftypisom"


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def refusal(fetcher: Fetcher, url: str, folder: Path) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.download(url, folder / "video.mp4", headers={"X-Key": KEY})
    assert names(folder) == []
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert KEY not in shown
    assert SIGNATURE not in shown
    return caught.value


def streaming(
    length: int | None, rest: Callable[[web.StreamResponse], Awaitable[None]]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if length is not None:
            response.content_length = length
        await response.prepare(request)
        await response.write(START)
        await rest(response)
        if request.transport is not None:
            request.transport.close()
        return response

    return answer


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - a file sets no event when it comes
        await asyncio.sleep(0.001)


async def begun(folder: Path) -> Path:
    """Wait until the one file that comes into `folder` has its first bytes."""

    def parts() -> list[Path]:
        return [part for part in folder.glob("*.part") if part.stat().st_size]

    await until(lambda: len(parts()) == 1)
    return parts()[0]


def filling_the_disk(folder: Path) -> Callable[[web.StreamResponse], Awaitable[None]]:
    async def fill(response: web.StreamResponse) -> None:
        # The device that is always full takes the place of the file that is written.
        part = await begun(folder)
        part.unlink()
        part.symlink_to("/dev/full")
        await response.write(b"0" * 100)

    return fill


class Listener:
    """Counts connections, also those that never become a request."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0

    def connected(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


class LyingResolver(AbstractResolver):
    """Says that every name is at the given addresses, as a rebinding attack does."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        pass
