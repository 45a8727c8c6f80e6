"""The HTTP client of every provider: one call, one reply, and no doubt about what was sent."""

import asyncio
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

import aiohttp
from pydantic import SecretStr

from bot.domain import JsonObject
from bot.errors import (
    ConfigurationError,
    NotAcceptedError,
    OutcomeUnknownError,
    UnreachableError,
)
from bot.providers.reading import read_http_date, redact, retry_after_seconds

_MOST_BYTES: Final = 1024 * 1024
_CHUNK_BYTES: Final = 64 * 1024
_NOTHING_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
_Body = aiohttp.FormData | aiohttp.BytesIOPayload
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class FormField:
    """One text of a multipart form."""

    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormFile:
    """One file of a multipart form."""

    name: str
    data: bytes = field(repr=False)
    filename: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status."""

    status: int
    body: JsonObject | None = field(repr=False)
    """The JSON object in it; None for anything else: a page, a text, nothing, too much."""
    text: str
    """The beginning of the body, redacted and fit for the log."""
    retry_after: float | None = None
    """Seconds."""

    @property
    def is_success(self) -> bool:
        """Whether the status is of the 2xx family."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_page(self) -> bool:
        """Whether this is HTML or XML, which an API says only by mistake."""
        return self.body is None and self.text.startswith("<")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a call may take, in seconds."""

    connect: float = 20.0
    """For the connection alone: nothing has been sent when this runs out."""
    create: float = 120.0
    """For a whole paid call with its uploads."""
    query: float = 30.0
    """For a whole question."""


DEFAULT_TIMEOUTS: Final = Timeouts()


class ApiClient:
    """Calls one provider with one key.

    Foreign exceptions and texts may hold the key or a signed address, so they end here:
    errors carry redacted texts and no cause.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str,
        api_key: SecretStr,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        self._session = session
        self._base_url = base_url.strip().rstrip("/")
        self._api_key = SecretStr(api_key.get_secret_value().strip())
        self._timeouts = timeouts
        key = self._api_key.get_secret_value()
        if not (key and key.isascii() and key.isprintable() and " " not in key):
            raise ConfigurationError("The provider's API key holds something that no key holds.")
        if _origin(self._base_url) is None:
            raise ConfigurationError("The provider's base URL is not an http(s) address.")

    def __repr__(self) -> str:
        """Name the provider's address, and nothing that is secret."""
        return f"ApiClient({self._base_url!r})"

    def url(self, *segments: str) -> str:
        """Build an address below the base URL; ids may hold any character, so all are encoded."""
        return "/".join((self._base_url, *(quote(segment, safe="") for segment in segments)))

    def absolute(self, address: str) -> str:
        """Complete an address that a provider gave relative to itself; others stay as they are."""
        try:
            return urljoin(f"{self._base_url}/", address)
        except ValueError:
            return address

    def bearer(self) -> Mapping[str, str]:
        """Give the header that carries the key; only for the provider's own origin."""
        return {"Authorization": f"Bearer {self._api_key.get_secret_value()}"}

    def is_own(self, url: str) -> bool:
        """Whether `url` has the scheme, host and port that the key may be sent to."""
        return _origin(url) == _origin(self._base_url)

    def holds_key(self, text: str) -> bool:
        """Whether somebody put our key into a text."""
        return self._api_key.get_secret_value() in text

    def redact(self, text: str) -> str:
        """Make a foreign text fit for the log."""
        return redact(text, (self._api_key.get_secret_value(),))

    async def post_form(self, url: str, parts: Sequence[FormField | FormFile]) -> Reply:
        """Make a paid call, once, as multipart/form-data.

        Raises:
            NotAcceptedError: No connection came about, so nothing was sent.
            OutcomeUnknownError: Something may have been sent, and no whole reply came back.
        """
        # Without a file aiohttp would choose another form encoding by itself.
        form = aiohttp.FormData(default_to_multipart=True)
        for part in parts:
            if isinstance(part, FormField):
                form.add_field(part.name, part.value)
            else:
                # As a stream: aiohttp sends it piece by piece, and the loop is free in between.
                form.add_field(
                    part.name,
                    io.BytesIO(part.data),
                    filename=part.filename,
                    content_type=part.media_type,
                )
        return await self._post(url, form)

    async def post_json(self, url: str, body: JsonObject) -> Reply:
        """Make a paid call, once, as application/json.

        Raises:
            NotAcceptedError: No connection came about, so nothing was sent.
            OutcomeUnknownError: Something may have been sent, and no whole reply came back.
        """
        # With images inside it has megabytes, and the loop must not stop for them.
        written = await asyncio.to_thread(lambda: json.dumps(body).encode())
        stream = io.BytesIO(written)
        return await self._post(
            url, aiohttp.BytesIOPayload(stream, content_type="application/json")
        )

    async def _post(self, url: str, data: _Body) -> Reply:
        # A kept connection may be dead already, and a paid call that meets one has an
        # unknown outcome. So each has a connection of its own.
        async with aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), trust_env=self._session.trust_env
        ) as session:
            try:
                return await self._call(session, "POST", url, self._timeouts.create, data)
            except _NOTHING_SENT as error:
                raise NotAcceptedError(f"No connection: {self._describe(error)}") from None
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise OutcomeUnknownError(f"The reply was lost: {self._describe(error)}") from None

    async def get(self, url: str) -> Reply:
        """Ask something that costs nothing.

        Raises:
            UnreachableError: No whole reply came back.
        """
        try:
            return await self._call(self._session, "GET", url, self._timeouts.query)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UnreachableError(f"No whole reply: {self._describe(error)}") from None

    async def _call(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: str,
        seconds: float,
        data: _Body | None = None,
    ) -> Reply:
        connect = self._timeouts.connect
        # A redirect is an answer like any other: following it would carry the key along.
        async with session.request(
            method,
            url,
            data=data,
            headers={**self.bearer(), "Accept": "application/json"},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=seconds, connect=connect, sock_connect=connect),
        ) as response:
            raw = await _read_capped(response)
            retry_after = retry_after_seconds(
                response.headers.get("Retry-After"), read_http_date(response.headers.get("Date"))
            )
        if raw is None:
            return Reply(response.status, None, f"more than {_MOST_BYTES} bytes", retry_after)
        text = self.redact(raw.decode("utf-8", errors="replace"))
        return Reply(response.status, _read_object(raw), text, retry_after)

    def _describe(self, error: BaseException) -> str:
        return self.redact(f"{type(error).__name__} {error}")


async def _read_capped(response: aiohttp.ClientResponse) -> bytes | None:
    raw = bytearray()
    while chunk := await response.content.read(_CHUNK_BYTES):
        raw += chunk
        if len(raw) > _MOST_BYTES:
            response.close()
            return None
    return bytes(raw)


def _read_object(raw: bytes) -> JsonObject | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _origin(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme]
