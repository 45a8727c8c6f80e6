from dataclasses import replace
from typing import Final

import aiohttp
import pytest
from pydantic import SecretStr

from bot.domain import Charge, FailureKind, Inputs, Mode, VideoSpec
from bot.providers.base import Accepted, FileSource, Finished, Pending, Provider
from bot.providers.client import ApiClient
from bot.providers.entries import ModelEntry
from bot.providers.xai import XaiProvider
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.dialects import XAI, Dialect, outcome_of, picture

ENTRIES: Final = {entry.model: entry for entry in XaiProvider.models}
CDN_URL: Final = "https://vidgen.example/a.mp4?signature=1"


@pytest.fixture
def dialect() -> Dialect:
    return XAI


@pytest.fixture
def real(session: aiohttp.ClientSession) -> Provider:
    url, key = XaiProvider.default_base_url, SecretStr("xai-real")
    return XaiProvider(ApiClient(session, base_url=url, api_key=key))


async def finish(provider: Provider, spec: VideoSpec, inputs: Inputs) -> Finished:
    accepted = await provider.submit(spec, inputs)
    assert isinstance(accepted, Accepted)
    while isinstance(answer := await provider.poll(accepted.ref), Pending):
        pass
    assert isinstance(answer, Finished)
    return answer


async def made(stand_in: ProviderStandIn, provider: Provider, seconds: int) -> Inputs:
    spec = replace(XAI.spec, mode=Mode.TEXT, seconds=seconds, aspect_ratio="1:1")
    await provider.submit(spec, Inputs())
    return Inputs(video_url=stand_in.file_url(stand_in.charges[-1]))


@pytest.mark.parametrize("count", [1, 7])
async def test_references_go_in_their_order(
    stand_in: ProviderStandIn, provider: Provider, count: int
) -> None:
    images = tuple(picture(size=(20 + number, 20)) for number in range(count))
    spec = replace(XAI.spec, mode=Mode.REFERENCES, seconds=10)

    await provider.submit(spec, Inputs(images=images))

    [taken] = stand_in.charges
    assert taken.mode is Mode.REFERENCES
    assert taken.images == tuple(image.data for image in images)


async def test_an_extension_is_as_long_as_both_together(
    stand_in: ProviderStandIn, provider: Provider
) -> None:
    source = await made(stand_in, provider, 3)

    answer = await finish(provider, replace(XAI.spec, mode=Mode.EXTEND, seconds=2), source)

    assert answer.seconds == pytest.approx(5)
    assert stand_in.charges[-1].mode is Mode.EXTEND


@pytest.mark.parametrize(
    ("mode", "source_seconds", "seconds"),
    [
        (Mode.EDIT, 9, 9),
        (Mode.EXTEND, 1, 6),
        (Mode.EXTEND, 2, 1),
        (Mode.EXTEND, 2, 11),
    ],
    ids=["edit-too-long", "extend-too-short", "adds-too-little", "adds-too-much"],
)
async def test_lengths_that_the_pages_forbid_are_refused(
    stand_in: ProviderStandIn, provider: Provider, mode: Mode, source_seconds: int, seconds: int
) -> None:
    source = await made(stand_in, provider, source_seconds)
    spec = replace(XAI.spec, mode=mode, seconds=seconds)

    outcome = await outcome_of(provider.submit(spec, source))

    assert outcome == (FailureKind.REJECTED, Charge.NONE)
    assert len(stand_in.charges) == 1


async def test_the_newer_model_makes_1080p_from_an_image(
    stand_in: ProviderStandIn, provider: Provider
) -> None:
    spec = replace(XAI.spec, model="grok-imagine-video-1.5", seconds=1, resolution="1080p")

    answer = await finish(provider, spec, XAI.inputs)

    assert answer.cost_micros == 250_000 + 10_000
    assert stand_in.charges[0].size == "1080p"


def specs_of(entry: ModelEntry) -> list[VideoSpec]:
    base = replace(XAI.spec, model=entry.model, seconds=2)
    return [
        replace(base, mode=mode, resolution=resolution)
        for mode in sorted(entry.modes)
        for resolution in (("720p",) if mode.needs_video else entry.resolutions)
    ]


SPECS: Final = [spec for entry in XaiProvider.models for spec in specs_of(entry)]


@pytest.mark.parametrize(
    "spec", SPECS, ids=[f"{spec.model}-{spec.mode}-{spec.resolution}" for spec in SPECS]
)
async def test_the_estimate_is_never_below_what_is_charged(
    stand_in: ProviderStandIn, provider: Provider, spec: VideoSpec
) -> None:
    source = await made(stand_in, provider, 2)
    images = () if spec.mode.needs_video or spec.mode is Mode.TEXT else XAI.inputs.images
    inputs = replace(source, images=images) if spec.mode.needs_video else Inputs(images=images)

    answer = await finish(provider, spec, inputs)

    seconds = 2.0 if spec.mode.needs_video else 0.0
    estimate = ENTRIES[spec.model].estimate(spec, images=len(images), source_seconds=seconds)
    assert estimate is not None
    assert answer.cost_micros is not None
    assert 0 < answer.cost_micros <= estimate
    if not spec.mode.needs_video:
        assert answer.cost_micros == estimate


@pytest.mark.parametrize(
    "url",
    [
        CDN_URL,
        "//api.x.ai.example/a.mp4",
        "http://api.x.ai/a.mp4",
        "https://api.x.ai:8443/a.mp4",
        "https://api.x.ai@vidgen.example/a.mp4",
        "https://[bad/a.mp4",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
    ],
)
def test_trap_34_an_address_elsewhere_gets_no_key(real: Provider, url: str) -> None:
    [source] = real.sources("any", url)

    assert source.headers == {}


@pytest.mark.parametrize("url", ["https://api.x.ai/f/a.mp4", "/f/a.mp4"])
def test_trap_31_an_address_of_the_providers_own_gets_the_key(real: Provider, url: str) -> None:
    [source] = real.sources("any", url)

    assert source == FileSource("https://api.x.ai/f/a.mp4", {"Authorization": "Bearer xai-real"})


def test_trap_04_without_an_address_there_is_nowhere_to_fetch_from(real: Provider) -> None:
    assert real.sources("any", None) == ()
