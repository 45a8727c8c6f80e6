from urllib.parse import urlsplit

import aiohttp
import pytest
from pydantic import SecretStr

from bot.domain import Inputs
from bot.providers.base import Accepted, Failed, FileSource, Finished, Pending, Provider
from bot.providers.client import ApiClient
from bot.providers.geeknow import GeekNowProvider
from sandbox.canned import CannedReply
from sandbox.geeknow import GeekNowStandIn
from sandbox.provider_stand_in import ResultPlace, Side
from tests.contract.dialects import GEEKNOW

OTHERS_URL = "https://cdn.example/a.mp4?signature=1"


@pytest.fixture
def real_provider(session: aiohttp.ClientSession) -> Provider:
    url, key = GeekNowProvider.default_base_url, SecretStr("sk-real")
    return GeekNowProvider(ApiClient(session, base_url=url, api_key=key))


async def finish(provider: Provider) -> tuple[str, Finished]:
    accepted = await provider.submit(GEEKNOW.spec, Inputs())
    assert isinstance(accepted, Accepted)
    while True:
        answer = await provider.poll(accepted.ref)
        assert not isinstance(answer, Failed)
        if not isinstance(answer, Pending):
            return accepted.ref, answer


async def download(session: aiohttp.ClientSession, source: FileSource) -> tuple[int, bytes]:
    async with session.get(source.url, headers=source.headers) as response:
        return response.status, await response.read()


@pytest.mark.parametrize("place", ResultPlace)
async def test_the_file_is_found_wherever_the_answer_names_it(
    geeknow: GeekNowStandIn,
    geeknow_provider: Provider,
    session: aiohttp.ClientSession,
    place: ResultPlace,
) -> None:
    geeknow.result_place = place

    ref, finished = await finish(geeknow_provider)
    sources = geeknow_provider.sources(ref, finished.url)
    status, data = await download(session, sources[0])

    assert status == 200
    assert data[4:8] == b"ftyp"


@pytest.mark.parametrize("place", ResultPlace)
async def test_trap_31_the_host_of_the_files_never_sees_the_key(
    geeknow: GeekNowStandIn,
    geeknow_provider: Provider,
    session: aiohttp.ClientSession,
    place: ResultPlace,
) -> None:
    geeknow.result_place = place

    ref, finished = await finish(geeknow_provider)
    for source in geeknow_provider.sources(ref, finished.url):
        await download(session, source)

    at_files = geeknow.requests_to(Side.FILES)
    assert [geeknow.api_key in str(request) for request in at_files] == [False] * len(at_files)


async def test_when_the_address_fails_the_providers_own_call_has_the_file(
    geeknow: GeekNowStandIn, geeknow_provider: Provider, session: aiohttp.ClientSession
) -> None:
    geeknow.on_file.always(CannedReply(404, "<Error/>"))

    ref, finished = await finish(geeknow_provider)
    first, second = geeknow_provider.sources(ref, finished.url)

    assert (await download(session, first))[0] == 404
    assert (await download(session, second))[1][4:8] == b"ftyp"


@pytest.mark.parametrize("ref", ["grok:uuid", "a/b", "a?b#c", "ü%2F", "a b"])
async def test_an_identifier_is_encoded_into_the_path(
    geeknow: GeekNowStandIn,
    geeknow_provider: Provider,
    session: aiohttp.ClientSession,
    ref: str,
) -> None:
    geeknow.on_query.then(CannedReply(200, {"id": ref}))
    geeknow.on_content.then(CannedReply(200, "video"))

    await geeknow_provider.poll(ref)
    await download(session, geeknow_provider.sources(ref, None)[0])

    paths = [request.path for request in geeknow.requests]
    assert paths == [f"/v1/videos/{ref}", f"/v1/videos/{ref}/content"]


async def test_a_job_with_slashes_in_its_name_goes_all_the_way(
    session: aiohttp.ClientSession,
) -> None:
    async with GeekNowStandIn(id_prefix="grok:a/b?", clip_scale=0.1) as stand_in:
        stand_in.result_place = ResultPlace.OWN_CONTENT
        key = SecretStr(stand_in.api_key)
        provider = GeekNowProvider(ApiClient(session, base_url=stand_in.base_url, api_key=key))

        ref, finished = await finish(provider)
        [source] = provider.sources(ref, finished.url)

        assert ref.startswith("grok:a/b?")
        assert (await download(session, source))[0] == 200


@pytest.mark.parametrize(
    "url",
    [
        OTHERS_URL,
        "//cdn.example/a.mp4",
        "http://www.geeknow.top/a.mp4",
        "https://www.geeknow.top:8443/a.mp4",
        "https://www.geeknow.top@cdn.example/a.mp4",
        "https://user@www.geeknow.top/a.mp4",
        "https://www.geeknow.top.cdn.example/a.mp4",
        "https://cdn.example\\@www.geeknow.top/a.mp4",
        "https://www.geeknow.top:99999/a.mp4",
        "https://[bad/a.mp4",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://www.geeknow.top/a.mp4",
        "data:video/mp4;base64,AAAA",
    ],
)
async def test_trap_34_an_address_elsewhere_gets_no_key(real_provider: Provider, url: str) -> None:
    first, second = real_provider.sources("video_1", url)

    assert first.headers == {}
    assert urlsplit(second.url).hostname == "www.geeknow.top"
    assert second.headers == {"Authorization": "Bearer sk-real"}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://WWW.geeknow.top/f/a.mp4", "https://WWW.geeknow.top/f/a.mp4"),
        ("https://www.geeknow.top:443/f/a.mp4", "https://www.geeknow.top:443/f/a.mp4"),
        ("/f/a.mp4", "https://www.geeknow.top/f/a.mp4"),
        ("f/a.mp4", "https://www.geeknow.top/f/a.mp4"),
    ],
)
async def test_trap_31_an_address_of_the_providers_own_gets_the_key(
    real_provider: Provider, url: str, address: str
) -> None:
    first, _ = real_provider.sources("video_1", url)

    assert first == FileSource(address, {"Authorization": "Bearer sk-real"})


async def test_the_providers_own_call_is_not_listed_twice(real_provider: Provider) -> None:
    url = "https://www.geeknow.top/v1/videos/grok:1/content"

    assert len(real_provider.sources("grok:1", url)) == 1


async def test_no_representation_shows_key_or_address(real_provider: Provider) -> None:
    shown = f"{real_provider.sources('video_1', OTHERS_URL)!r} {Finished(OTHERS_URL)!r}"

    assert "sk-real" not in shown
    assert "signature" not in shown
