from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import pytest

from sandbox.canned import CannedReply
from sandbox.clips import make_clip
from sandbox.imagine import ImagineStandIn
from sandbox.provider_stand_in import ProviderStandIn, ResultPlace
from tests.contract.dialects import COMETAPI, XAI, Dialect, picture
from tests.contract.imagine_calls import body, create, data_uri, query, video_body


@pytest.fixture(params=(XAI, COMETAPI), ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    chosen: Dialect = request.param
    return chosen


@pytest.fixture
def imagine(stand_in: ProviderStandIn) -> ImagineStandIn:
    assert isinstance(stand_in, ImagineStandIn)
    return stand_in


@pytest.fixture
async def api(imagine: ImagineStandIn) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {imagine.api_key}"}
    async with aiohttp.ClientSession(imagine.base_url, headers=headers) as session:
        yield session


NEWER: Final = "grok-imagine-video-1.5"
WRONG: Final[dict[str, tuple[dict[str, Any], int]]] = {
    "no-model": (body(model=None), 422),
    "no-prompt": (body(prompt=None), 422),
    "blank-prompt": (body(prompt=" "), 400),
    "prompt-too-long": (body(prompt="a" * 4097), 400),
    "prompt-that-is-a-number": (body(prompt=7), 422),
    "unknown-model": (body(model="grok-video-3"), 404),
    "trap-26-image-url": (body(image_url=data_uri()), 400),
    "legacy-seconds": (body(seconds=6), 422),
    "legacy-size": (body(size="1280x720"), 422),
    "unknown-field": (body(negative_prompt="cat"), 400),
    "image-that-is-text": (body(image=data_uri()), 422),
    "image-with-more-in-it": (body(image={"url": data_uri(), "x": 1}), 422),
    "image-without-url": (body(image={}), 422),
    "image-of-a-broken-data-uri": (body(image={"url": "data:image/png,x"}), 400),
    "image-of-bad-base64": (body(image={"url": "data:image/png;base64,abcde"}), 400),
    "image-that-is-none": (body(image={"url": data_uri(data=b"not an image")}), 400),
    "image-of-another-type": (body(image={"url": data_uri("image/gif", b"GIF89a")}), 400),
    "image-declared-wrong": (
        body(image={"url": data_uri("image/jpeg", picture("image/png").data)}),
        400,
    ),
    "image-cut-short": (body(image={"url": data_uri(data=picture().data[:60])}), 400),
    "image-from-a-file": (body(image={"url": "file:///etc/passwd"}), 400),
    "image-from-nowhere": (body(image={"url": "http://127.0.0.1:9/a.png"}), 400),
    "duration-as-text": (body(duration="6"), 422),
    "duration-as-float": (body(duration=6.0), 422),
    "duration-true": (body(duration=True), 422),
    "duration-of-nothing": (body(duration=0), 400),
    "duration-too-long": (body(duration=16), 400),
    "trap-23-resolution-in-upper-case": (body(resolution="720P"), 400),
    "trap-23-resolution-of-the-newer-model": (body(resolution="1080p"), 400),
    "ratio-by-another-name": (body(aspect_ratio="landscape"), 400),
    "ratio-that-is-not-listed": (body(aspect_ratio="21:9"), 400),
    "ratio-that-is-a-number": (body(aspect_ratio=1.5), 422),
    "newer-model-without-image": (body(model=NEWER), 400),
}


@pytest.mark.parametrize(("sent", "status"), WRONG.values(), ids=WRONG)
async def test_a_request_with_a_fault_is_refused_and_costs_nothing(
    imagine: ImagineStandIn, api: aiohttp.ClientSession, sent: dict[str, Any], status: int
) -> None:
    assert (await create(api, imagine, sent))[0] == status
    assert imagine.charges == []


WRONG_EDITS: Final[dict[str, tuple[dict[str, Any], int]]] = {
    "no-video": (video_body(), 422),
    "video-that-is-text": (video_body(video="https://a.example/a.mp4"), 422),
    "video-from-nowhere": (video_body(video={"url": "http://127.0.0.1:9/a.mp4"}), 400),
    "video-that-is-none": (
        video_body(video={"url": data_uri("video/mp4", b"\0\0\0\x18ftypisom")}),
        400,
    ),
    "a-duration": (video_body(video={"url": "x"}, duration=6), 400),
    "a-ratio": (video_body(video={"url": "x"}, aspect_ratio="1:1"), 400),
    "a-resolution": (video_body(video={"url": "x"}, resolution="720p"), 400),
    "the-newer-model": (video_body(video={"url": "x"}, model=NEWER), 400),
}


@pytest.mark.parametrize(("sent", "status"), WRONG_EDITS.values(), ids=WRONG_EDITS)
async def test_an_edit_with_a_fault_is_refused_and_costs_nothing(
    imagine: ImagineStandIn, api: aiohttp.ClientSession, sent: dict[str, Any], status: int
) -> None:
    assert (await create(api, imagine, sent, "edits"))[0] == status
    assert imagine.charges == []


async def test_a_large_video_can_be_sent_inside_and_comes_out_no_larger_than_720p(
    imagine: ImagineStandIn, api: aiohttp.ClientSession
) -> None:
    clip = make_clip(label="source", seconds=1, width=1280, height=800, frames_per_second=4)
    sent = video_body(video={"url": data_uri("video/mp4", clip)})

    status, _ = await create(api, imagine, sent, "edits")

    [taken] = imagine.charges
    assert status == 200
    assert (taken.width, taken.height, taken.seconds) == (1152, 720, 1)
    assert taken.cost_ticks == 700_000_000 + 100_000_000


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'"text"', b"\xff\xfe", b""], ids=["cut", "list", "text", "no", "none"]
)
async def test_a_body_that_is_no_object_is_refused(
    imagine: ImagineStandIn, api: aiohttp.ClientSession, content: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    path = f"{imagine.prefix}/videos/generations"
    async with api.post(path, data=content, headers=headers) as response:
        assert response.status in {400, 422}
    assert imagine.charges == []


async def test_trap_26_a_form_is_not_understood(
    imagine: ImagineStandIn, api: aiohttp.ClientSession
) -> None:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("prompt", "a fox")
    async with api.post(f"{imagine.prefix}/videos/generations", data=form) as response:
        assert response.status == 415


async def test_what_is_left_out_has_the_documented_default(
    imagine: ImagineStandIn, api: aiohttp.ClientSession
) -> None:
    sent = body(duration=None, resolution=None, aspect_ratio=None)

    await create(api, imagine, sent)

    [taken] = imagine.charges
    assert (taken.seconds, taken.size, taken.aspect_ratio) == (8, "480p", None)
    assert (taken.width, taken.height) == (86, 48)


async def test_without_a_ratio_the_video_follows_its_first_frame(
    imagine: ImagineStandIn, api: aiohttp.ClientSession
) -> None:
    image = {"url": data_uri(data=picture(size=(30, 60)).data)}

    await create(api, imagine, body(image=image, aspect_ratio=None))

    [taken] = imagine.charges
    assert taken.height == 2 * taken.width


async def test_an_image_is_fetched_from_its_address(
    imagine: ImagineStandIn, api: aiohttp.ClientSession
) -> None:
    imagine.on_file.then(CannedReply(200, picture().data), CannedReply(404, "gone"))
    sent = body(image={"url": f"{imagine.files_url}/files/a.png"})

    answers = [(await create(api, imagine, sent))[0] for _ in range(2)]

    assert answers == [200, 400]
    assert len(imagine.charges) == 1


async def test_a_job_is_said_to_be_nowhere_when_that_is_written_down(
    imagine: ImagineStandIn, api: aiohttp.ClientSession
) -> None:
    imagine.result_place = ResultPlace.NOWHERE
    imagine.stages = ({"status": "done"},)
    _, created = await create(api, imagine, body())

    _, answer = await query(api, imagine, created["request_id"])

    assert answer["video"]["url"] == ""


async def test_the_stages_of_a_job_can_be_written_down(
    imagine: ImagineStandIn, api: aiohttp.ClientSession
) -> None:
    imagine.stages = ({"status": "pending", "progress": 7}, {"status": None}, {"status": "failed"})
    imagine.result_url = "http://10.0.0.1/a.mp4"
    _, created = await create(api, imagine, body())

    answers = [(await query(api, imagine, created["request_id"]))[1] for _ in range(4)]

    assert [answer.get("status") for answer in answers] == ["pending", None, "failed", "failed"]
    assert [answer["progress"] for answer in answers[:2]] == [7, 100]
    assert answers[1]["video"]["url"] == "http://10.0.0.1/a.mp4"
    assert answers[2]["video"] == {"duration": 0, "respect_moderation": True}


async def test_an_unknown_job_is_said_to_be_unknown(
    imagine: ImagineStandIn, api: aiohttp.ClientSession
) -> None:
    status, answer = await query(api, imagine, "nothing")

    assert status == 404
    assert "job not found" in str(answer)
