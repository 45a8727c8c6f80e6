from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from bot.errors import FetchError, NotAVideoError
from bot.media.fetch import Fetcher
from bot.media.video import VideoProbe
from bot.providers.base import Accepted, FileSource, Finished, Pending, Provider
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn, Side
from tests.contract.dialects import Dialect
from tests.media.downloads import names

_MEGABYTE: Final = 2**20
PAGE: Final = "<!DOCTYPE html><html><title>404</title></html>"


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(max_bytes=_MEGABYTE, private_hosts=("127.0.0.1",)) as opened:
        yield opened


async def first_source(provider: Provider, dialect: Dialect) -> FileSource:
    """Take a job to its end, and return the best place to fetch its file from."""
    accepted = await provider.submit(dialect.spec, dialect.inputs)
    assert isinstance(accepted, Accepted)
    while isinstance(answer := await provider.poll(accepted.ref), Pending):
        pass
    assert isinstance(answer, Finished)
    return provider.sources(accepted.ref, answer.url)[0]


async def test_a_finished_job_has_a_video_that_can_be_played(
    dialect: Dialect, provider: Provider, fetcher: Fetcher, tmp_path: Path
) -> None:
    source = await first_source(provider, dialect)

    await fetcher.download(source.url, tmp_path / "video.mp4", headers=source.headers)

    facts = await VideoProbe().probe(tmp_path / "video.mp4")
    assert facts.seconds == pytest.approx(dialect.spec.seconds, abs=0.2)


BAD_FILES: Final = {
    "trap-05-404": CannedReply(404, "gone"),
    "trap-05-json": CannedReply(200, {"error": "not ready"}),
    "trap-05-page": CannedReply(200, PAGE),
    "trap-05-nothing": CannedReply(200, b""),
    "trap-32-403-to-outsiders": CannedReply(403, "<Error><Code>AccessDenied</Code></Error>"),
    "trap-33-larger-than-we-take": CannedReply(declared_bytes=3 * 10**9),
    "trap-34-a-redirect-to-a-private-address": CannedReply(
        302, "", {"Location": "http://169.254.169.254/latest/meta-data"}
    ),
}


@pytest.mark.parametrize("reply", BAD_FILES.values(), ids=BAD_FILES)
async def test_what_is_at_the_address_and_is_no_video_is_not_taken_for_one(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    provider: Provider,
    fetcher: Fetcher,
    tmp_path: Path,
    reply: CannedReply,
) -> None:
    source = await first_source(provider, dialect)
    stand_in.on_file.always(reply)

    with pytest.raises(FetchError) as caught:
        await fetcher.download(source.url, tmp_path / "video.mp4", headers=source.headers)

    assert caught.value.is_final
    assert names(tmp_path) == []


async def test_trap_05_a_file_that_only_begins_like_a_video_is_none(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    provider: Provider,
    fetcher: Fetcher,
    tmp_path: Path,
) -> None:
    source = await first_source(provider, dialect)
    stand_in.on_file.always(CannedReply(200, b"\0\0\0\x18ftypisom" + b"\0" * 500))

    await fetcher.download(source.url, tmp_path / "video.mp4", headers=source.headers)

    with pytest.raises(NotAVideoError):
        await VideoProbe().probe(tmp_path / "video.mp4")


async def test_trap_10_each_job_is_answered_with_its_own_address(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider
) -> None:
    first = await first_source(provider, dialect)
    other = replace(dialect, spec=replace(dialect.spec, prompt="another fox"))
    second = await first_source(provider, other)

    assert [first.url, second.url] == [stand_in.file_url(job) for job in stand_in.charges]
    assert first.url != second.url


async def test_trap_31_the_host_of_the_files_never_sees_the_key(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    provider: Provider,
    fetcher: Fetcher,
    tmp_path: Path,
) -> None:
    source = await first_source(provider, dialect)

    await fetcher.download(source.url, tmp_path / "video.mp4", headers=source.headers)

    assert stand_in.requests_to(Side.FILES)
    assert stand_in.api_key not in str(stand_in.requests_to(Side.FILES))
