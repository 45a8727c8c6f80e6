import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import FetchError
from bot.media.fetch import Fetcher
from tests.media.downloads import Listener, LyingResolver, refusal
from tests.media.file_host import FileHost


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    counter = Listener()
    async with await asyncio.start_server(counter.connected, "127.0.0.1", 0) as server:
        counter.port = server.sockets[0].getsockname()[1]
        yield counter


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%25lo]",
        "0.0.0.0",  # noqa: S104 - an address to refuse, nothing is bound to it
        "0",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "\uff11\uff12\uff17.0.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "[ff02::1]",
    ],
)
async def test_nothing_private_is_dialed(name: str, listener: Listener, tmp_path: Path) -> None:
    async with Fetcher(max_bytes=1000) as fetcher:
        error = await refusal(fetcher, f"https://{name}:{listener.port}/a.mp4", tmp_path)

    assert error.is_final
    assert listener.connections == 0


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["::1"], ["127.0.0.1", "::1"], ["169.254.169.254", "10.0.0.1"]]
)
async def test_a_public_name_that_leads_to_private_addresses_is_refused(
    addresses: list[str], listener: Listener, tmp_path: Path
) -> None:
    async with Fetcher(max_bytes=1000, resolver=LyingResolver(*addresses)) as fetcher:
        url = f"https://cdn.example.com:{listener.port}/a.mp4"
        error = await refusal(fetcher, url, tmp_path)

    assert error.is_final
    assert str(error) == "the file is at an address that is not public"
    assert listener.connections == 0


async def test_a_host_that_is_listed_is_reached_by_its_address_only(
    host: FileHost, clip: bytes, tmp_path: Path
) -> None:
    port = host.serve("/a.mp4", clip).split(":")[2]

    async with Fetcher(max_bytes=1_000_000, private_hosts=["127.0.0.1"]) as fetcher:
        await fetcher.download(host.url("/a.mp4"), tmp_path / "video.mp4")
        with pytest.raises(FetchError, match="not https"):
            await fetcher.download(f"http://localhost:{port}", tmp_path / "other.mp4")

    assert len(host.hits) == 1


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://8.8.8.8/a.mp4", "not https"),
        ("http://127.0.0.2/a.mp4", "not https"),
        ("ftp://files.example.com/a.mp4", "not https"),
        ("//files.example.com/a.mp4", "not https"),
        ("file:///etc/passwd", "not a plain one"),
        ("/etc/passwd", "not a plain one"),
        ("data:video/mp4;base64,AAAA", "not a plain one"),
        ("https:///a.mp4", "not a plain one"),
        ("https://user:secret@files.example.com/a.mp4", "not a plain one"),
        ("https://@files.example.com/a.mp4", "not a plain one"),
        ("https://good.example.com\\@127.0.0.1/", "not one"),
        ("https://[::1/a.mp4", "not one"),
        ("https://files.example.com:99999/a.mp4", "not one"),
        (f"https://{'a' * 70}.example.com/a.mp4", "not one"),
        ("\ud800", "not a plain one"),
        ("", "not a plain one"),
    ],
)
async def test_an_unfit_address_is_refused_for_good(url: str, reason: str, tmp_path: Path) -> None:
    async with Fetcher(max_bytes=1000, private_hosts=["127.0.0.1"]) as fetcher:
        error = await refusal(fetcher, url, tmp_path)

    assert error.is_final
    assert reason in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_a_private_address_is_refused(
    status: int, fetcher: Fetcher, host: FileHost, private_host: FileHost, tmp_path: Path
) -> None:
    https = private_host.serve("/a.mp4", b"secret").replace("http:", "https:")
    url = host.redirect("/start", https, status=status)

    error = await refusal(fetcher, url, tmp_path)

    assert error.is_final
    assert str(error) == "the file is at an address that is not public"
    assert private_host.hits == []


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.mp4",
        "http://files.example.com/a.mp4",
        "https://user:secret@files.example.com/a.mp4",
        "https://[::ffff:169.254.169.254]/",
        "https://[::1/",
    ],
)
async def test_a_redirect_to_an_unfit_address_is_refused(
    target: str, fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    url = host.redirect("/start", target)

    error = await refusal(fetcher, url, tmp_path)

    assert error.is_final
    assert len(host.hits) == 1


async def test_a_redirect_within_the_host_is_followed(
    fetcher: Fetcher, host: FileHost, clip: bytes, tmp_path: Path
) -> None:
    host.serve("/files/a.mp4", clip)
    host.redirect("/files/two", "a.mp4?signature=x%2Fy")
    host.redirect("/one", host.url("/files/two"))

    await fetcher.download(host.redirect("/start", "/one"), tmp_path / "video.mp4")

    assert (tmp_path / "video.mp4").read_bytes() == clip
    assert host.hits[-1].raw_path == "/files/a.mp4?signature=x%2Fy"


async def test_a_fourth_redirect_is_one_too_many(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    error = await refusal(fetcher, host.redirect("/loop", "/loop"), tmp_path)

    assert error.is_final
    assert "redirects too often" in str(error)
    assert len(host.hits) == 4


async def test_a_redirect_without_a_target_is_refused(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    error = await refusal(fetcher, host.serve("/start", b"", status=302), tmp_path)

    assert error.is_final
    assert "answers 302" in str(error)


async def test_the_key_goes_to_the_origin_of_the_address_and_to_no_other(
    host: FileHost, private_host: FileHost, clip: bytes, tmp_path: Path
) -> None:
    home = host.serve("/a.mp4", clip)
    private_host.redirect("/away", home)
    host.redirect("/second", private_host.url("/away"))
    url = host.redirect("/start", "/second")

    async with Fetcher(max_bytes=1_000_000, private_hosts=["127.0.0.1", "127.0.0.2"]) as fetcher:
        key = {"Authorization": "Bearer secret", "X-Key": "secret"}
        await fetcher.download(url, tmp_path / "video.mp4", headers=key)

    sent = [(hit.path, hit.headers.get("Authorization")) for hit in host.hits]
    assert sent == [("/start", "Bearer secret"), ("/second", "Bearer secret"), ("/a.mp4", None)]
    assert [hit.headers.get("Authorization") for hit in private_host.hits] == [None]
    assert "secret" not in repr([hit.headers for hit in private_host.hits])
    assert "Referer" not in private_host.hits[0].headers


async def test_another_port_is_another_origin(
    fetcher: Fetcher, host: FileHost, tmp_path: Path
) -> None:
    received: list[bytes] = []

    async def overhear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    async with await asyncio.start_server(overhear, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = host.redirect("/start", f"http://127.0.0.1:{port}/a.mp4")
        with pytest.raises(FetchError):
            await fetcher.download(url, tmp_path / "v.mp4", headers={"X-Key": "secret"})

    assert received
    assert b"secret" not in b"".join(received)


async def test_a_signed_address_goes_out_letter_by_letter(
    fetcher: Fetcher, host: FileHost, clip: bytes, tmp_path: Path
) -> None:
    url = host.serve("/a~b.mp4", clip)

    await fetcher.download(f"{url}?sig=%7E+%2f*&x=~".replace("~b", "%7Eb"), tmp_path / "v.mp4")

    assert host.hits[0].raw_path == "/a%7Eb.mp4?sig=%7E+%2f*&x=~"


async def test_an_address_with_letters_that_no_request_may_hold_is_mended(
    fetcher: Fetcher, host: FileHost, clip: bytes, tmp_path: Path
) -> None:
    url = host.serve("/ä b.mp4", clip)

    await fetcher.download(url, tmp_path / "v.mp4")

    assert host.hits[0].raw_path == "/%C3%A4%20b.mp4"
