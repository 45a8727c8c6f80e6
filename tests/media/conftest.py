"""The world of the media tests: file hosts on loopback, and a short real clip."""

from collections.abc import AsyncIterator

import pytest

from bot.media.fetch import Fetcher
from sandbox.clips import make_clip
from tests.media.file_host import FileHost, open_file_host


@pytest.fixture(scope="session")
def clip() -> bytes:
    return make_clip(label="A fox in the snow\njob abc", seconds=2, width=320, height=180)


@pytest.fixture
async def host() -> AsyncIterator[FileHost]:
    async with open_file_host("127.0.0.1") as opened:
        yield opened


@pytest.fixture
async def private_host() -> AsyncIterator[FileHost]:
    async with open_file_host("127.0.0.2") as opened:
        yield opened


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(max_bytes=1_000_000, private_hosts=("127.0.0.1",)) as opened:
        yield opened
