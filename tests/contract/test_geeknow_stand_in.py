import struct
import zlib
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from sandbox.geeknow import GeekNowStandIn
from tests.contract.dialects import picture
from tests.contract.geeknow_calls import TEXTS, create, form, form_with_file, query

HUGE = b"IHDR" + struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)


class ManualClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


async def test_a_job_lives_as_the_pages_say(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession
) -> None:
    _, created = await create(api, form())

    answers = [(await query(api, created["id"]))[1] for _ in range(3)]

    assert set(created) == {"id", "object", "model", "status", "progress", "created_at", "size"}
    assert [answer["status"] for answer in answers] == ["queued", "processing", "completed"]
    assert [answer["progress"] for answer in answers] == [0, 50, 100]
    assert [bool(answer["video_url"]) for answer in answers] == [False, False, True]
    assert answers[0]["error"] == {"message": "", "code": ""}
    assert answers[0]["expires_at"] - answers[0]["created_at"] == 86400
    assert answers[2]["seconds"] == "2"
    assert [charge.id for charge in geeknow.charges] == [created["id"]]


async def test_rendering_takes_the_time_it_is_told_to() -> None:
    clock = ManualClock()
    async with GeekNowStandIn(render_seconds=60, polls_needed=0, clock=clock) as stand_in:
        headers = {"Authorization": f"Bearer {stand_in.api_key}"}
        async with aiohttp.ClientSession(stand_in.base_url, headers=headers) as api:
            _, created = await create(api, form())
            early = (await query(api, created["id"]))[1]
            await clock.sleep(30)
            half_way = (await query(api, created["id"]))[1]
            await clock.sleep(30)
            late = (await query(api, created["id"]))[1]

    assert [early["status"], half_way["progress"], late["status"]] == ["queued", 50, "completed"]


@pytest.mark.parametrize(
    "changes",
    [
        {"model": None},
        {"model": "grok_video3"},
        {"prompt": None},
        {"prompt": " "},
        {"seconds": "6.5"},
        {"seconds": "six"},
        {"seconds": "٦"},
        {"seconds": "0"},
        {"seconds": "16"},
        {"size": "720p"},
        {"size": "720x1280"},
        {"aspect_ratio": "16:9"},
        {"duration": "6"},
        {"input_reference": "https://example.com/a.png"},
    ],
    ids=str,
)
async def test_a_form_with_a_fault_is_refused_and_costs_nothing(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession, changes: dict[str, str | None]
) -> None:
    status, body = await create(api, form(**changes))

    assert status in {400, 503}
    assert body["code"] in {"invalid_request", "missing_model", "model_not_found"}
    assert geeknow.charges == []


@pytest.mark.parametrize("data", [{**TEXTS}, b'{"model": "grok-video-3"}', b""])
async def test_anything_but_a_multipart_form_is_refused(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession, data: object
) -> None:
    assert (await create(api, data))[0] == 400
    assert geeknow.charges == []


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"no boundary in here"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\n\xff\xfe\r\n--x--\r\n',
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--\r\n",
        ),
    ],
    ids=["no-boundary", "garbage", "not-utf-8", "a-form-in-a-form"],
)
async def test_a_form_that_cannot_be_read_is_refused(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession, content_type: str, data: bytes
) -> None:
    headers = {"Content-Type": content_type}
    async with api.post("/v1/videos", data=data, headers=headers) as response:
        assert response.status == 400
    assert geeknow.charges == []


async def test_a_field_that_comes_twice_is_refused(api: aiohttp.ClientSession) -> None:
    data = form()
    data.add_field("seconds", "6")

    assert (await create(api, data))[0] == 400


@pytest.mark.parametrize(
    ("filename", "content_type", "data"),
    [
        ("a.png", "image/png", b"not an image"),
        ("a.png", "image/png", b""),
        ("a.gif", "image/gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
        ("a.png", "image/jpeg", picture().data),
        ("a.png", "application/octet-stream", picture().data),
        ("a.jpg", "image/jpeg", picture("image/jpeg").data[:200]),
        ("", "image/png", picture().data),
        (
            "a.png",
            "image/png",
            b"\x89PNG\r\n\x1a\n\0\0\0\r" + HUGE + struct.pack(">I", zlib.crc32(HUGE)),
        ),
    ],
    ids=["text", "empty", "gif", "other-type", "no-type", "truncated", "no-name", "lying-header"],
)
async def test_a_reference_that_is_no_image_is_refused(
    geeknow: GeekNowStandIn,
    api: aiohttp.ClientSession,
    filename: str,
    content_type: str,
    data: bytes,
) -> None:
    status, _ = await create(api, form_with_file(data, filename, content_type))

    assert status == 400
    assert geeknow.charges == []


@pytest.mark.parametrize(
    ("model", "seconds"), [("grok-video-3", 2), ("grok-video-3-pro", 10), ("grok-video-3-max", 15)]
)
async def test_a_model_of_fixed_length_ignores_the_seconds(
    geeknow: GeekNowStandIn, api: aiohttp.ClientSession, model: str, seconds: int
) -> None:
    await create(api, form(model=model))

    assert geeknow.charges[0].seconds == seconds


@pytest.mark.parametrize("path", ["/v1/videos/nothing", "/v1/videos/nothing/content"])
async def test_an_unknown_job_is_said_to_be_unknown(api: aiohttp.ClientSession, path: str) -> None:
    async with api.get(path) as response:
        text = await response.text()

    assert response.status in {400, 404}
    assert "task" in text.lower()


async def test_the_file_is_not_there_before_the_video_is(api: aiohttp.ClientSession) -> None:
    _, created = await create(api, form())

    async with api.get(f"/v1/videos/{created['id']}/content") as response:
        assert response.status == 400


async def test_a_path_that_does_not_exist_is_said_so(api: aiohttp.ClientSession) -> None:
    async with api.get("/v1/nothing") as response:
        body = await response.json()

    assert response.status == 404
    assert body["error"]["message"] == "Invalid URL (GET /v1/nothing)"


@pytest.mark.parametrize("path", ["/v1/videos/a", "/v1/videos/a/content"])
@pytest.mark.parametrize("header", [None, "sk-wrong", "Bearer sk-wrong"])
async def test_every_call_needs_the_key(
    geeknow: GeekNowStandIn, session: aiohttp.ClientSession, path: str, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with session.get(geeknow.base_url + path, headers=headers) as asked:
        pass
    async with session.post(
        geeknow.base_url + "/v1/videos", data=form(), headers=headers
    ) as created:
        pass

    assert (asked.status, created.status) == (401, 401)
    assert geeknow.charges == []
