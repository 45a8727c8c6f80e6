import asyncio
import io
from typing import Any

import aiohttp
import av
import pytest

from sandbox.canned import CannedReply
from sandbox.geeknow import GeekNowStandIn
from sandbox.provider_stand_in import Side
from tests.contract.dialects import picture
from tests.contract.geeknow_calls import create, form, query


async def finished_url(geeknow: GeekNowStandIn, api: aiohttp.ClientSession, **texts: str) -> str:
    geeknow.stages = ({"status": "completed"},)
    _, created = await create(api, form(**texts))
    _, answer = await query(api, created["id"])
    url: str = answer["video_url"]
    return url


@pytest.mark.parametrize(
    ("texts", "size"),
    [
        ({"aspect_ratio": "3:2"}, (108, 72)),
        ({"aspect_ratio": "2:3"}, (72, 108)),
        ({"aspect_ratio": "1:1", "size": "1080P"}, (108, 108)),
    ],
    ids=str,
)
async def test_the_video_has_the_shape_and_length_that_were_asked(
    geeknow: GeekNowStandIn,
    api: aiohttp.ClientSession,
    session: aiohttp.ClientSession,
    texts: dict[str, str],
    size: tuple[int, int],
) -> None:
    url = await finished_url(geeknow, api, **texts)

    async with session.get(url) as response:
        data = await response.read()

    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == size
        assert container.duration == 2_000_000
    assert response.content_type == "video/mp4"
    assert response.content_length == len(data)


@pytest.mark.parametrize(
    ("image", "size"), [(None, (108, 72)), ((30, 40), (72, 96))], ids=["no-image", "image"]
)
async def test_without_a_ratio_the_video_follows_the_image(
    geeknow: GeekNowStandIn,
    api: aiohttp.ClientSession,
    image: tuple[int, int] | None,
    size: tuple[int, int],
) -> None:
    data = form(aspect_ratio=None)
    if image:
        file = picture("image/png", image).data
        data.add_field("input_reference", file, filename="a.png", content_type="image/png")

    await create(api, data)

    assert (geeknow.charges[0].width, geeknow.charges[0].height) == size


async def test_a_video_is_rendered_once_for_two_downloads(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession
) -> None:
    await create(api, form())
    [job] = geeknow.charges

    first, second = await asyncio.gather(geeknow.clip(job), geeknow.clip(job))

    assert first is second


async def test_the_host_of_the_files_wants_the_signature_and_nothing_else(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession, session: aiohttp.ClientSession
) -> None:
    url = await finished_url(geeknow, api)

    statuses = []
    for address, headers in [
        (url, {"Authorization": "Bearer x"}),
        (url.partition("?")[0], {}),
        (url.replace("/files/", "/files/00"), {}),
        (url, {}),
    ]:
        async with session.get(address, headers=headers) as response:
            statuses.append(response.status)

    assert statuses == [400, 403, 404, 200]
    assert len(geeknow.requests_to(Side.FILES)) == 4


async def test_a_file_can_be_something_else(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession, session: aiohttp.ClientSession
) -> None:
    url = await finished_url(geeknow, api)
    geeknow.on_file.then(
        CannedReply(body="<html>gone</html>"),
        CannedReply(body=b""),
        CannedReply(404, "gone"),
        CannedReply(302, "", {"Location": "http://10.0.0.1/a.mp4"}),
        CannedReply(),
    )

    seen: list[tuple[int, str, int]] = []
    for _ in range(5):
        async with session.get(url, allow_redirects=False) as response:
            seen.append((response.status, response.content_type, len(await response.read())))

    assert seen[:4] == [
        (200, "text/html", 17),
        (200, "application/octet-stream", 0),
        (404, "text/plain", 4),
        (302, "text/plain", 0),
    ]
    assert seen[4][:2] == (200, "video/mp4")


@pytest.mark.parametrize(
    "reply",
    [CannedReply(half=True), CannedReply(declared_bytes=3 * 10**9), CannedReply(drop=True)],
    ids=["truncated", "three-gigabytes", "hung-up"],
)
async def test_a_file_can_break_off(
    geeknow: GeekNowStandIn,
    api: aiohttp.ClientSession,
    session: aiohttp.ClientSession,
    reply: CannedReply,
) -> None:
    url = await finished_url(geeknow, api)
    geeknow.on_file.always(reply)

    with pytest.raises(aiohttp.ClientError):
        async with session.get(url) as response:
            await response.read()
    geeknow.on_file.always(None)
    async with session.get(url) as response:
        assert response.status == 200


async def test_a_result_can_be_named_at_an_address_of_our_choice(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession
) -> None:
    geeknow.result_url = "http://10.0.0.1/a.mp4"

    assert await finished_url(geeknow, api) == "http://10.0.0.1/a.mp4"


async def test_the_stages_of_a_job_can_be_written_down(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession
) -> None:
    stages = ({"status": "queued"}, {"status": "processing", "progress": 42}, {"status": "failed"})
    geeknow.stages = stages
    _, created = await create(api, form())

    answers: list[dict[str, Any]] = [(await query(api, created["id"]))[1] for _ in range(4)]

    assert [answer["status"] for answer in answers] == ["queued", "processing", "failed", "failed"]
    assert answers[1]["progress"] == 42


async def test_a_job_can_be_made_to_fail_at_its_end(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession
) -> None:
    geeknow.ending = {"status": "failed", "error": {"message": "no", "code": "x"}}
    _, created = await create(api, form())

    answers: list[dict[str, Any]] = [(await query(api, created["id"]))[1] for _ in range(3)]

    assert [answer["status"] for answer in answers] == ["queued", "processing", "failed"]
    assert answers[2]["video_url"] == ""


async def test_credit_runs_out(geeknow: GeekNowStandIn, api: aiohttp.ClientSession) -> None:
    geeknow.credit = 1

    answers = [await create(api, form()) for _ in range(2)]

    assert [status for status, _ in answers] == [200, 403]
    assert answers[1][1]["code"] == "insufficient_user_quota"
    assert len(geeknow.charges) == 1
