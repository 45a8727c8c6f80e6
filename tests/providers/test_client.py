import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.errors import ConfigurationError, NotAcceptedError, OutcomeUnknownError, UnreachableError
from bot.providers.client import ApiClient, FormField, FormFile, Reply, Timeouts

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]

MEBIBYTE = 1024 * 1024
FORM = [FormField("prompt", "a fox")]
KEY = SecretStr("sk-very-secret")


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    runners: list[web.AppRunner] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.add_routes([web.route("*", "/{path:.*}", handler)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def full_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port: int = server.getsockname()[1]
        waiting = [socket.socket() for _ in range(8)]
        for client in waiting:
            client.settimeout(0)
            client.connect_ex(("127.0.0.1", port))
        yield port
        for client in waiting:
            client.close()


def client_of(
    session: aiohttp.ClientSession, base_url: str, timeouts: Timeouts | None = None
) -> ApiClient:
    return ApiClient(session, base_url=base_url, api_key=KEY, timeouts=timeouts or Timeouts())


async def asked(session: aiohttp.ClientSession, base_url: str) -> Reply:
    client = client_of(session, base_url)
    return await client.get(client.url("v1"))


async def test_without_a_connection_nothing_was_sent(
    session: aiohttp.ClientSession, closed_port: int
) -> None:
    client = client_of(session, f"http://127.0.0.1:{closed_port}")

    with pytest.raises(NotAcceptedError):
        await client.post_form(client.url("v1"), FORM)
    with pytest.raises(UnreachableError):
        await client.get(client.url("v1"))


async def test_when_connecting_takes_too_long_nothing_was_sent(
    session: aiohttp.ClientSession, full_port: int
) -> None:
    client = client_of(session, f"http://127.0.0.1:{full_port}", Timeouts(connect=0.2))

    with pytest.raises(NotAcceptedError):
        await client.post_form(client.url("v1"), FORM)


async def test_without_encryption_where_it_should_be_nothing_was_sent(
    session: aiohttp.ClientSession, serve: Serve
) -> None:
    requests: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        requests.append(request.path)
        return web.Response()

    base_url = await serve(handler)
    client = client_of(session, base_url.replace("http://", "https://"))

    with pytest.raises(NotAcceptedError):
        await client.post_form(client.url("v1"), FORM)
    assert requests == []


async def test_an_address_that_cannot_be_called_was_not_called(
    session: aiohttp.ClientSession,
) -> None:
    client = client_of(session, "https://exa mple.test")

    with pytest.raises(NotAcceptedError):
        await client.post_form(client.url("v1"), FORM)


async def test_a_server_that_hangs_up_leaves_the_outcome_unknown(
    session: aiohttp.ClientSession,
) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    client = client_of(session, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    async with server:
        with pytest.raises(OutcomeUnknownError) as unknown:
            await client.post_form(client.url("v1"), FORM)
        with pytest.raises(UnreachableError) as unreachable:
            await client.get(client.url("v1"))

    # The exceptions of aiohttp hold the headers of the request.
    for error in (unknown.value, unreachable.value):
        assert (error.__cause__, error.__suppress_context__) == (None, True)


async def test_a_server_that_speaks_no_http_leaves_the_outcome_unknown(
    session: aiohttp.ClientSession,
) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    client = client_of(session, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    async with server:
        with pytest.raises(OutcomeUnknownError):
            await client.post_form(client.url("v1"), FORM)


async def test_a_paid_call_never_rides_on_a_connection_from_before(
    session: aiohttp.ClientSession, serve: Serve
) -> None:
    ports: list[int] = []

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.append(request.transport.get_extra_info("peername")[1])
        return web.json_response({})

    client = client_of(session, await serve(handler))

    await client.get(client.url("v1"))
    await client.get(client.url("v1"))
    await client.post_form(client.url("v1"), FORM)
    await client.post_form(client.url("v1"), FORM)

    assert len(set(ports)) == 3
    assert ports[0] == ports[1]


async def test_a_form_is_multipart_with_and_without_files(
    session: aiohttp.ClientSession, serve: Serve
) -> None:
    seen: list[list[tuple[str | None, str | None, str, bytes]]] = []

    async def handler(request: web.Request) -> web.Response:
        parts = []
        async for part in await request.multipart():
            assert isinstance(part, aiohttp.BodyPartReader)
            kind = part.headers.get("Content-Type", "").partition(";")[0]
            parts.append((part.name, part.filename, kind, bytes(await part.read())))
        seen.append(parts)
        return web.json_response({})

    client = client_of(session, await serve(handler))
    file = FormFile("input_reference", b"\x89PNG", "reference-1.png", "image/png")

    await client.post_form(client.url("v1"), FORM)
    await client.post_form(client.url("v1"), [*FORM, file, file])

    prompt = ("prompt", None, "text/plain", b"a fox")
    image = ("input_reference", "reference-1.png", "image/png", b"\x89PNG")
    assert seen == [[prompt], [prompt, image, image]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"[1]", None),
        (b"null", None),
        (b"", None),
        (b"\xff\xfe\xfa", None),
        (b"[" * 200_000, None),
        (b'{"a": ' + b"9" * 5000 + b"}", None),
        (b'{"a": 1}' + b" " * MEBIBYTE, None),
    ],
    ids=["object", "bom", "list", "null", "nothing", "bytes", "deep", "long-number", "too-much"],
)
async def test_only_an_object_of_bearable_size_is_a_body(
    session: aiohttp.ClientSession, serve: Serve, body: bytes, expected: dict[str, int] | None
) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body)

    reply = await asked(session, await serve(handler))

    assert reply.body == expected
    assert len(reply.text) <= 300


async def test_a_compressed_body_is_counted_as_it_unfolds(
    session: aiohttp.ClientSession, serve: Serve
) -> None:
    async def handler(_: web.Request) -> web.Response:
        bomb = gzip.compress(b" " * 50 * MEBIBYTE)
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    reply = await asked(session, await serve(handler))

    assert reply.body is None
    assert reply.text == "more than 1048576 bytes"


@pytest.mark.parametrize(
    ("body", "is_page"),
    [("<!DOCTYPE html>", True), (" <Error/>", True), ("{}", False), ("", False)],
)
async def test_a_page_is_recognized(
    session: aiohttp.ClientSession, serve: Serve, body: str, *, is_page: bool
) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(text=body)

    assert (await asked(session, await serve(handler))).is_page is is_page


async def test_addresses_are_built_below_the_base(session: aiohttp.ClientSession) -> None:
    client = client_of(session, "https://relay.test/grok/")

    assert client.url("v1", "a:b/c?d") == "https://relay.test/grok/v1/a%3Ab%2Fc%3Fd"
    assert client.absolute("a.mp4") == "https://relay.test/grok/a.mp4"


@pytest.mark.parametrize("key", ["", " ", "two words", "line\nfeed", "schlüssel"])
async def test_a_key_that_no_header_can_carry_is_a_wrong_setting(
    session: aiohttp.ClientSession, key: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ApiClient(session, base_url="https://relay.test", api_key=SecretStr(key))

    assert not key.strip() or key not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["", "relay.test", "ftp://relay.test", "https://", "https://a:b@relay.test", "https://[x"],
)
async def test_a_base_that_is_no_address_is_a_wrong_setting(
    session: aiohttp.ClientSession, url: str
) -> None:
    with pytest.raises(ConfigurationError):
        ApiClient(session, base_url=url, api_key=KEY)


async def test_space_around_the_settings_does_no_harm(session: aiohttp.ClientSession) -> None:
    client = ApiClient(session, base_url=" https://relay.test/ ", api_key=SecretStr("sk-1\n"))

    assert client.url("v1") == "https://relay.test/v1"
    assert client.bearer() == {"Authorization": "Bearer sk-1"}


async def test_no_representation_shows_the_key(session: aiohttp.ClientSession) -> None:
    client = client_of(session, "https://relay.test")

    assert "very-secret" not in f"{client!r} {client} {vars(client)}"
