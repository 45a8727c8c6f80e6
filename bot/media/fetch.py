"""Downloads a file from an address that somebody else chose.

The address is another's word, so nothing about it is trusted: not where it leads, not
what it says about the length, not what it claims to be.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.errors import FetchError
from bot.media.addresses import is_public
from bot.media.part_file import PartFile

_MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TRY_LATER: Final = frozenset({408, 425, 429})
_PIECE_BYTES: Final = 64 * 1024
_HEAD_BYTES: Final = 12
_PEEK_SECONDS: Final = 20.0
_PRINTABLE: Final = re.compile(r"[!-~]+")


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """What came in, whole."""

    size_bytes: int
    sha256: str


class Fetcher:
    """Brings files in; an async context manager that owns its connections.

    `private_hosts` are IP addresses that may be dialed although they are not public, and
    without encryption; they are for development on loopback.
    """

    _session: aiohttp.ClientSession

    def __init__(
        self,
        *,
        max_bytes: int,
        private_hosts: Collection[str] = (),
        total_seconds: float = 300.0,
        connect_seconds: float = 10.0,
        read_seconds: float = 30.0,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._private = frozenset(ip_address(host) for host in private_hosts)
        self._total_seconds = total_seconds
        self._timeout = aiohttp.ClientTimeout(sock_connect=connect_seconds, sock_read=read_seconds)
        self._resolver = resolver

    async def __aenter__(self) -> Self:
        """Open the guarded session; it needs the running loop."""
        self._session = aiohttp.ClientSession(
            # The one seam that sees each address that is really dialed: literals, every
            # answer of a resolver, and what a redirect leads to.
            connector=aiohttp.TCPConnector(
                socket_factory=self._open_socket, resolver=self._resolver, force_close=True
            ),
            timeout=self._timeout,
            headers={"Accept-Encoding": "identity", "User-Agent": "grok-video-bot"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self._session.close()

    async def download(
        self, url: str, destination: Path, *, headers: Mapping[str, str] | None = None
    ) -> FetchedFile:
        """Bring the MP4 at `url` to `destination`; nothing is left there unless it is whole.

        `headers` may hold the provider's key: they go to the origin of `url` only, and no
        longer once a redirect has left it.

        Raises:
            FetchError: It can't be had; `is_final` if the address will not do later either.
        """
        part = PartFile(destination)

        async def receive(response: aiohttp.ClientResponse) -> FetchedFile:
            return await self._receive(response, part)

        try:
            return await self._get(url, headers or {}, receive)
        finally:
            part.discard()

    async def read(self, url: str, *, max_bytes: int) -> bytes:
        """Return what is at `url`; whatever it says of itself, no more than `max_bytes` are read.

        Raises:
            FetchError: It can't be had, or there is more of it.
        """

        async def take(response: aiohttp.ClientResponse) -> bytes:
            _check_status(response.url.host, response.status)
            raw = bytearray()
            async for piece in response.content.iter_chunked(_PIECE_BYTES):
                raw += piece
                _check_size(len(raw), max_bytes)
            return bytes(raw)

        return await self._get(url, {}, take)

    async def is_there(self, url: str) -> bool:
        """Whether anybody who follows `url` gets an MP4; only its first bytes are read."""
        try:
            async with asyncio.timeout(_PEEK_SECONDS):
                return await self._follow(url, {}, _begins_well)
        except (FetchError, aiohttp.ClientError, OSError, UnicodeError):
            return False

    async def _get(
        self,
        url: str,
        headers: Mapping[str, str],
        take: Callable[[aiohttp.ClientResponse], Awaitable[Result]],
    ) -> Result:
        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._follow(url, headers, take)
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            # The originals quote signed addresses and headers: they end here.
            raise _translated(error) from None

    async def _follow(
        self,
        start: str,
        headers: Mapping[str, str],
        take: Callable[[aiohttp.ClientResponse], Awaitable[Result]],
    ) -> Result:
        url = self._checked(start)
        origin = url.origin()
        for _ in range(_MAX_REDIRECTS + 1):
            if url.origin() != origin:
                headers = {}
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                location = response.headers.get("Location")
                if response.status not in _REDIRECTS or location is None:
                    return await take(response)
            url = self._checked(location, base=url)
        raise FetchError(f"{origin.host} redirects too often", is_final=True)

    async def _receive(self, response: aiohttp.ClientResponse, part: PartFile) -> FetchedFile:
        host = response.url.host
        _check_status(host, response.status)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise FetchError(f"{host} sends a packed file", is_final=True)
        announced = response.content_length or 0
        _check_size(announced, self._max_bytes)
        head = await _read_head(response.content)
        if head and head[4:8] != b"ftyp":
            raise FetchError(f"{host} sends something that is not an MP4", is_final=True)
        await part.write(head)
        async for piece in response.content.iter_chunked(_PIECE_BYTES):
            _check_size(part.size_bytes + len(piece), self._max_bytes)
            await part.write(piece)
        if part.size_bytes < max(announced, 1):
            raise FetchError(f"{host} sends less than a whole file", is_final=True)
        await part.finish()
        return FetchedFile(part.size_bytes, part.sha256)

    def _checked(self, text: str, *, base: URL | None = None) -> URL:
        """Read an address, relative to `base` if there is one, and refuse unfit ones."""
        try:
            # A signed address must go out letter by letter; yarl mends only illegal ones.
            url = URL(text, encoded=_PRINTABLE.fullmatch(text) is not None)
            url = base.join(url) if base else url
            host = url.host
            has_user = "@" in url.raw_authority
        except ValueError:
            raise FetchError("the address of the file is not one", is_final=True) from None
        if host is None or has_user:
            raise FetchError("the address of the file is not a plain one", is_final=True)
        if url.scheme != "https" and not (url.scheme == "http" and self._is_listed(host)):
            raise FetchError(f"the address at {host} is not https", is_final=True)
        return url

    def _is_listed(self, host: str) -> bool:
        try:
            return ip_address(host) in self._private
        except ValueError:
            return False

    def _open_socket(self, address: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, place = address
        host = str(place[0])
        if not (is_public(host) or self._is_listed(host)):
            raise _NotPublicError
        return socket.socket(family, kind, protocol)


class _NotPublicError(OSError):
    """The address is not on the public internet; an OSError so that aiohttp carries it."""


async def _begins_well(response: aiohttp.ClientResponse) -> bool:
    _check_status(response.url.host, response.status)
    return (await _read_head(response.content))[4:8] == b"ftyp"


async def _read_head(content: aiohttp.StreamReader) -> bytes:
    try:
        return await content.readexactly(_HEAD_BYTES)
    except asyncio.IncompleteReadError as error:
        return error.partial


def _check_status(host: str | None, status: int) -> None:
    if status != HTTPStatus.OK:
        is_refusal = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        raise FetchError(
            f"{host} answers {status}", is_final=is_refusal and status not in _TRY_LATER
        )


def _check_size(size_bytes: int, most_bytes: int) -> None:
    if size_bytes > most_bytes:
        raise FetchError(f"the file is over {most_bytes} bytes", is_final=True)


def _translated(error: Exception) -> FetchError:
    match error:
        case aiohttp.ClientConnectorError(os_error=_NotPublicError()):
            return FetchError("the file is at an address that is not public", is_final=True)
        case aiohttp.ClientPayloadError():
            return FetchError("the file host sends less than a whole file", is_final=True)
        case TimeoutError():
            return FetchError("the file host is too slow", is_final=False)
        case aiohttp.InvalidURL() | UnicodeError():
            return FetchError("the address of the file is not one", is_final=True)
    return FetchError(f"the file host can't be reached: {type(error).__name__}", is_final=False)
