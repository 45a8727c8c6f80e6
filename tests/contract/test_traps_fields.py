from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import pytest

from bot.domain import Job, JobState, MessageKind, Mode, UploadedImage, VideoRequest, VideoSpec
from bot.pipeline.fit import fit
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.desk import Desk
from tests.contract.dialects import Dialect, picture
from tests.contract.traps import concerned
from tests.factories import make_origin
from tests.media.file_host import FileHost, open_file_host

IMAGE: Final = picture("image/png", (60, 40))


@pytest.fixture
async def card_files() -> AsyncIterator[FileHost]:
    async with open_file_host("127.0.0.1") as host:
        yield host


def fitted(dialect: Dialect, *, aspect_ratio: str | None = None) -> VideoSpec:
    """Ask for a video from one image, as a member does."""
    request = VideoRequest(
        make_origin(),
        "a fox in the snow",
        aspect_ratio=aspect_ratio,
        images=(UploadedImage("fox.png", IMAGE.data),),
    )
    return fit(dialect.provider.models[0], request, request.prompt)


async def with_image(desk: Desk, card_files: FileHost, spec: VideoSpec) -> Job:
    """Have a job with one image taken; its card shows the image, for those who fetch it there."""
    url = card_files.serve("/fox.png", IMAGE.data)
    job = await desk.reserve(spec=spec, image=IMAGE)
    await desk.show(job, MessageKind.CARD, f"{url}?ex=1&hm=2")
    return await desk.ride(job, until={JobState.RENDERING})


@concerned(26)
async def test_the_first_frame_arrives_as_one(
    dialect: Dialect, stand_in: ProviderStandIn, desk: Desk, card_files: FileHost
) -> None:
    await with_image(desk, card_files, fitted(dialect))

    [charged] = stand_in.charges
    assert (charged.mode, charged.images) == (Mode.IMAGE, (IMAGE.data,))


@concerned(27)
async def test_references_arrive_in_the_way_that_is_taken(
    dialect: Dialect, stand_in: ProviderStandIn, desk: Desk, card_files: FileHost
) -> None:
    job = await with_image(desk, card_files, fitted(dialect))

    [charged] = stand_in.charges
    assert (job.spec.mode, charged.images) == (Mode.REFERENCES, (IMAGE.data,))


@concerned(28)
async def test_a_form_has_a_boundary_of_its_own(stand_in: ProviderStandIn, desk: Desk) -> None:
    await desk.accepted()
    await desk.accepted(2)

    sent = [request.headers["content-type"] for request in stand_in.requests]
    assert [kind.startswith("multipart/form-data; boundary=") for kind in sent] == [True, True]
    assert len(set(sent)) == 2


@pytest.mark.parametrize("kind", ["first", "last"])
@concerned(29)
async def test_nothing_is_left_to_a_default(
    dialect: Dialect, stand_in: ProviderStandIn, desk: Desk, kind: str
) -> None:
    entry = dialect.provider.models[0]
    place = 0 if kind == "first" else -1
    spec = replace(
        desk.spec,
        seconds=entry.seconds[place],
        resolution=entry.resolutions[place],
        aspect_ratio=entry.aspect_ratios[place],
    )

    await desk.accepted(spec=spec)

    [charged] = stand_in.charges
    assert (charged.model, charged.seconds) == (spec.model, spec.seconds)
    assert (charged.size.lower(), charged.aspect_ratio) == (spec.resolution, spec.aspect_ratio)


@concerned(30)
@pytest.mark.parametrize("ratio", [None, "1:1"], ids=["not-asked", "asked"])
async def test_beside_an_image_a_ratio_is_sent_only_when_it_was_asked_for(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    desk: Desk,
    card_files: FileHost,
    ratio: str | None,
) -> None:
    await with_image(desk, card_files, fitted(dialect, aspect_ratio=ratio))

    [charged] = stand_in.charges
    assert (charged.aspect_ratio, len(charged.images)) == (ratio, 1)
