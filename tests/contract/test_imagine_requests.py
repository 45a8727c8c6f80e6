from dataclasses import replace
from typing import Final

import aiohttp
import pytest

from bot.domain import Charge, FailureKind, Inputs, Mode, VideoSpec
from bot.providers.base import Accepted, FileSource, Finished, Pending, Provider
from sandbox.canned import CannedReply
from sandbox.imagine import ImagineStandIn
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.dialects import COMETAPI, XAI, Dialect, outcome_of, picture

CDN_URL: Final = "https://vidgen.example/a.mp4?signature=1"


@pytest.fixture(params=(XAI, COMETAPI), ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    chosen: Dialect = request.param
    return chosen


@pytest.fixture
def imagine(stand_in: ProviderStandIn) -> ImagineStandIn:
    assert isinstance(stand_in, ImagineStandIn)
    return stand_in


async def finish(provider: Provider, spec: VideoSpec, inputs: Inputs) -> Finished:
    accepted = await provider.submit(spec, inputs)
    assert isinstance(accepted, Accepted)
    while isinstance(answer := await provider.poll(accepted.ref), Pending):
        pass
    assert isinstance(answer, Finished)
    return answer


async def source_url(provider: Provider, spec: VideoSpec, seconds: int) -> str:
    text = replace(spec, mode=Mode.TEXT, seconds=seconds, aspect_ratio="4:3")
    url = (await finish(provider, text, Inputs())).url
    assert url is not None
    return url


async def test_a_prompt_alone_goes_with_every_value_said(
    dialect: Dialect, imagine: ImagineStandIn, provider: Provider
) -> None:
    spec = replace(
        dialect.spec,
        mode=Mode.TEXT,
        prompt='猫 & "quotes"\n@everyone',
        seconds=3,
        resolution="720p",
        aspect_ratio="9:16",
    )

    await provider.submit(spec, Inputs())

    [taken] = imagine.charges
    sent = imagine.requests[0]
    assert (taken.mode, taken.prompt, taken.seconds) == (Mode.TEXT, spec.prompt, 3)
    assert (taken.size, taken.aspect_ratio, taken.images) == ("720p", "9:16", ())
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["authorization"] == f"Bearer {imagine.api_key}"


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/webp"])
async def test_trap_26_the_first_frame_travels_inside_the_json(
    dialect: Dialect, imagine: ImagineStandIn, provider: Provider, kind: str
) -> None:
    image = picture(kind, (40, 60))

    await provider.submit(dialect.spec, Inputs(images=(image,)))

    [taken] = imagine.charges
    assert (taken.mode, taken.images) == (Mode.IMAGE, (image.data,))


async def test_trap_30_no_ratio_is_sent_when_none_was_chosen(
    dialect: Dialect, imagine: ImagineStandIn, provider: Provider
) -> None:
    await provider.submit(dialect.spec, dialect.inputs)
    await provider.submit(replace(dialect.spec, aspect_ratio="1:1"), dialect.inputs)

    assert [taken.aspect_ratio for taken in imagine.charges] == [None, "1:1"]


async def test_trap_29_length_and_resolution_are_said_although_there_are_defaults(
    dialect: Dialect, imagine: ImagineStandIn, provider: Provider
) -> None:
    await provider.submit(replace(dialect.spec, seconds=1, resolution="720p"), dialect.inputs)

    [taken] = imagine.charges
    assert (taken.seconds, taken.size) == (1, "720p")


async def test_an_image_can_go_by_its_address(
    dialect: Dialect, imagine: ImagineStandIn, provider: Provider
) -> None:
    data = picture().data
    imagine.on_file.then(CannedReply(200, data))

    address = f"{imagine.files_url}/files/image.png"
    await provider.submit(dialect.spec, Inputs(image_urls=(address,)))

    [taken] = imagine.charges
    assert taken.images == (data,)


async def test_an_edit_keeps_the_length_and_shape_of_its_video(
    dialect: Dialect, imagine: ImagineStandIn, provider: Provider
) -> None:
    source = await source_url(provider, dialect.spec, 2)
    spec = replace(dialect.spec, mode=Mode.EDIT, seconds=2)

    await finish(provider, spec, Inputs(video_url=source))

    before, after = imagine.charges
    assert (after.mode, after.seconds) == (Mode.EDIT, before.seconds)
    assert (after.width, after.height) == (before.width, before.height)


async def test_trap_37_a_video_that_goes_in_is_billed_too(
    dialect: Dialect, imagine: ImagineStandIn, provider: Provider
) -> None:
    source = await source_url(provider, dialect.spec, 2)
    spec = replace(dialect.spec, mode=Mode.EDIT, seconds=2)

    await finish(provider, spec, Inputs(video_url=source))

    before, after = imagine.charges
    assert after.cost_ticks == before.cost_ticks + 200_000_000


LACKING: Final = {
    Mode.IMAGE: Inputs(video_url=CDN_URL),
    Mode.REFERENCES: Inputs(),
    Mode.EDIT: Inputs(images=(picture(),)),
    Mode.EXTEND: Inputs(),
}


@pytest.mark.parametrize(("mode", "inputs"), LACKING.items(), ids=LACKING)
async def test_nothing_is_bought_without_what_it_is_made_from(
    dialect: Dialect, imagine: ImagineStandIn, provider: Provider, mode: Mode, inputs: Inputs
) -> None:
    outcome = await outcome_of(provider.submit(replace(dialect.spec, mode=mode), inputs))

    assert outcome == (FailureKind.REJECTED, Charge.NONE)
    assert imagine.requests == []


async def test_trap_31_the_result_is_fetched_without_the_key(
    dialect: Dialect, imagine: ImagineStandIn, provider: Provider, session: aiohttp.ClientSession
) -> None:
    finished = await finish(provider, dialect.spec, dialect.inputs)

    [source] = provider.sources("any", finished.url)
    async with session.get(source.url, headers=source.headers) as response:
        data = await response.read()

    assert source == FileSource(imagine.file_url(imagine.charges[0]))
    assert data[4:8] == b"ftyp"
