import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final

import aiohttp
import pytest
from pydantic import SecretStr

from bot.domain import Inputs, Mode, VideoSpec
from bot.providers.base import Accepted
from bot.providers.client import ApiClient
from bot.providers.entries import ModelEntry, Transport
from bot.providers.kyy import GlobalAiOpcProvider, KyyProvider, XingchaoProvider
from sandbox.kyy import GlobalAiOpcStandIn, KyyStandIn, XingchaoStandIn
from sandbox.provider_stand_in import Side
from tests.contract.dialects import picture
from tests.media.file_host import FileHost, open_file_host

BODY: Final = {
    "model": "grok_video3",
    "prompt": "a fox",
    "duration": 6,
    "aspect_ratio": "3:2",
    "resolution": "480p",
}
STABLE: Final = {**BODY, "model": "grok_video3_stable"}
DATA_URI: Final = "data:image/png;base64,iVBORw0KGgo="
BRANDS: Final = {GlobalAiOpcProvider: GlobalAiOpcStandIn, XingchaoProvider: XingchaoStandIn}
ENTRIES: Final = [(kind, entry) for kind in BRANDS for entry in kind.models]

Json = dict[str, Any]


@pytest.fixture
async def kyy() -> AsyncIterator[KyyStandIn]:
    async with GlobalAiOpcStandIn(clip_scale=0.1) as started:
        yield started


@pytest.fixture
async def images() -> AsyncIterator[FileHost]:
    async with open_file_host("127.0.0.1") as host:
        yield host


async def call(
    stand_in: KyyStandIn,
    method: str,
    path: str,
    data: bytes | None = None,
    content_type: str = "application/json",
) -> tuple[int, Json]:
    headers = {"Authorization": f"Bearer {stand_in.api_key}", "Content-Type": content_type}
    url = stand_in.base_url + path
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=data, headers=headers) as response,
    ):
        return response.status, await response.json()


async def create(stand_in: KyyStandIn, body: Json) -> Json:
    status, answer = await call(stand_in, "POST", "/v1/grok/videos", json.dumps(body).encode())
    assert status == 200
    return answer


async def ask(stand_in: KyyStandIn, job_id: str, times: int = 3) -> list[Json]:
    path = f"/v1/result/{job_id}"
    return [(await call(stand_in, "GET", path))[1] for _ in range(times)]


async def test_a_job_lives_as_the_pages_say(kyy: KyyStandIn) -> None:
    created = await create(kyy, BODY)

    queued, processing, completed = await ask(kyy, created["id"])

    shared = {key: created[key] for key in ("id", "object", "created", "model")}
    assert created == {**shared, "status": "queued", "error": None}
    assert (created["object"], created["model"]) == ("video", "grok_video3")
    assert created["id"].startswith("video_")
    assert queued == {**created, "video_url": None}
    assert processing == {**queued, "status": "processing"}
    address = completed["video_url"]
    assert completed == {
        **processing,
        "status": "completed",
        "video_url": address,
        "actualDuration": 6,
    }
    assert address.startswith(f"{kyy.files_url}/files/")
    assert [charge.id for charge in kyy.charges] == [created["id"]]


async def test_what_is_left_out_has_the_defaults_of_the_page(kyy: KyyStandIn) -> None:
    await create(kyy, {"model": "grok_video3_max", "prompt": "a fox"})

    [taken] = kyy.charges
    assert (taken.seconds, taken.size, taken.aspect_ratio) == (10, "720p", None)
    assert (taken.width, taken.height) == (128, 72)


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "grok-video-3-max"},
        {"model": None},
        {"model": ["grok_video3"]},
        {"prompt": " "},
        {"prompt": 7},
        {"duration": "6"},
        {"duration": 6.0},
        {"duration": True},
        {"duration": None},
        {"duration": 5},
        {"duration": 31},
        {"resolution": "720P"},
        {"resolution": "720x1280"},
        {"resolution": 720},
        {"resolution": ["720p"]},
        {"aspect_ratio": "4:3"},
        {"aspect_ratio": None},
        {"seconds": 6},
        {"size": "720p"},
        {"images": ["https://example.com/a.png"]},
        {"image": {"url": "https://example.com/a.png"}},
        {"input_reference": ["https://example.com/a.png"]},
        {"image_urls": "https://example.com/a.png"},
        {"image_urls": None},
        {"image_urls": ["http://127.0.0.1/a.png"] * 8},
        {"image_urls": [{"url": "https://example.com/a.png"}]},
        {"image_urls": ["file:///etc/passwd"]},
        {"image_urls": ["https://[bad/a.png"]},
        {"image_urls": [DATA_URI]},
        {"model": "grok_video3_pro", "image_urls": [DATA_URI]},
        {"model": "grok_video3_pro", "resolution": "720p", "aspect_ratio": "16:9"},
        {"model": "grok_video3_max", "aspect_ratio": "16:9", "image_urls": [DATA_URI]},
        {"model": "grok_video3_max"},
        {"model": "grok_video3_max", "aspect_ratio": "16:9", "duration": 7},
        {"model": "grok_video3_stable", "duration": 10},
        {"model": "grok_video3_stable", "resolution": "720p"},
    ],
    ids=str,
)
async def test_a_request_with_a_fault_is_refused_and_costs_nothing(
    kyy: KyyStandIn, changes: Json
) -> None:
    answer = await create(kyy, {**BODY, **changes})

    assert answer.keys() == {"code", "msg"}
    assert kyy.charges == []


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"model=grok_video3", "application/x-www-form-urlencoded", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b'{"model": "grok_vi', "application/json", 200),
        (b"\xff\xfe\xfd", "application/json", 200),
        (b"{}", "application/json; charset=nonsense", 200),
        (b"[" * 100_000, "application/json", 200),
        (b"[]", "application/json", 200),
    ],
    ids=["form", "multipart", "half", "not-utf-8", "no-charset", "deep", "list"],
)
async def test_a_body_that_is_no_json_object_is_refused(
    kyy: KyyStandIn, data: bytes, content_type: str, status: int
) -> None:
    answer = await call(kyy, "POST", "/v1/grok/videos", data, content_type)

    assert answer[0] == status
    assert answer[1].keys() == {"code", "msg"}
    assert kyy.charges == []


async def test_the_two_brands_differ_in_their_stable_model(kyy: KyyStandIn) -> None:
    async with XingchaoStandIn() as xingchao:
        here, there = await create(kyy, STABLE), await create(xingchao, STABLE)

    assert "id" not in here
    assert there["status"] == "queued"


@pytest.mark.parametrize(("kind", "entry"), ENTRIES, ids=lambda one: getattr(one, "key", ""))
async def test_everything_that_the_catalogue_offers_is_taken(
    session: aiohttp.ClientSession, kind: type[KyyProvider], entry: ModelEntry
) -> None:
    first = VideoSpec(
        entry.provider, entry.model, "x", entry.default_seconds, entry.default_resolution, None
    )
    address = Inputs(image_urls=("http://127.0.0.1:9/a.png",) * entry.most_references)
    specs = [
        *(replace(first, seconds=seconds) for seconds in entry.seconds),
        *(replace(first, resolution=resolution) for resolution in entry.resolutions),
        *(replace(first, aspect_ratio=ratio) for ratio in entry.aspect_ratios),
        replace(first, mode=Mode.REFERENCES),
    ]
    async with BRANDS[kind]() as stand_in:
        key = SecretStr(stand_in.api_key)
        provider = kind(ApiClient(session, base_url=stand_in.base_url, api_key=key))
        answers = [
            await provider.submit(spec, address if spec.mode is Mode.REFERENCES else Inputs())
            for spec in specs
        ]

    assert [type(answer) for answer in answers] == [Accepted] * len(specs)
    assert (entry.provider, entry.transport) == (kind.name, Transport.PUBLIC_URL)
    assert entry.price is None


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg", "image/webp"])
async def test_the_images_are_fetched_from_their_addresses(
    kyy: KyyStandIn, images: FileHost, media_type: str
) -> None:
    file = picture(media_type, (30, 40)).data
    body = {**BODY, "image_urls": [images.serve("/a", file)]}
    del body["aspect_ratio"]

    created = await create(kyy, body)

    [taken] = kyy.charges
    assert taken.images == (file,)
    assert (taken.width, taken.height) == (48, 64)
    assert "Authorization" not in images.hits[0].headers
    assert (await ask(kyy, created["id"]))[-1]["status"] == "completed"


@pytest.mark.parametrize(
    ("status", "data"),
    [(404, b"gone"), (200, b"<html>"), (200, picture().data[:60]), (200, b"GIF89a\x01\0\x01\0")],
    ids=["not-there", "page", "half-a-picture", "gif"],
)
async def test_a_job_whose_image_cannot_be_had_fails_and_is_charged(
    kyy: KyyStandIn, images: FileHost, status: int, data: bytes
) -> None:
    good = images.serve("/good", picture().data)
    bad = images.serve("/bad", data, status=status)

    created = await create(kyy, {**BODY, "image_urls": [good, bad]})
    answers = await ask(kyy, created["id"])

    assert [answer["status"] for answer in answers] == ["queued", "failed", "failed"]
    assert answers[1]["error"] == "Reference image could not be accessed."
    assert answers[1]["video_url"] is None
    assert len(kyy.charges) == 1


@pytest.mark.parametrize("header", [None, "sk-wrong", "Bearer sk-wrong"])
async def test_every_call_needs_the_key_and_says_so_with_200(
    kyy: KyyStandIn, session: aiohttp.ClientSession, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answers = []
    for method, path in [("POST", "/v1/grok/videos"), ("GET", "/v1/result/a")]:
        async with session.request(method, kyy.base_url + path, headers=headers) as response:
            answers.append((response.status, await response.json()))

    assert answers == [(200, {"code": "204", "msg": "登录验证失败"})] * 2
    assert kyy.charges == []


async def test_credit_runs_out(kyy: KyyStandIn) -> None:
    kyy.credit = 1

    answers = [await create(kyy, BODY) for _ in range(2)]

    assert ["id" in answer for answer in answers] == [True, False]
    assert answers[1]["msg"] == "余额不足"
    assert len(kyy.charges) == 1


async def test_an_unknown_job_is_said_to_be_unknown(kyy: KyyStandIn) -> None:
    assert await ask(kyy, "video_nothing", 1) == [{"code": "404", "msg": "任务不存在"}]


@pytest.mark.parametrize("path", ["/v1/models", "/v1/videos", "/v1/grok/videos", "/"])
async def test_a_path_that_does_not_exist_is_answered_as_spring_does(
    kyy: KyyStandIn, path: str
) -> None:
    status, body = await call(kyy, "GET", path)

    assert status == 404
    assert body == {"message": f"No handler found for GET /kyyReactApiServer{path}"}


async def test_stages_ending_and_address_can_be_written_down(kyy: KyyStandIn) -> None:
    kyy.ending = {"status": "failed", "error": "no GPU"}
    ended = await ask(kyy, (await create(kyy, BODY))["id"])
    kyy.stages = ({"status": "queued"}, {"status": "Completed"})
    kyy.result_url = "http://10.0.0.1/a.mp4"
    staged = await ask(kyy, (await create(kyy, BODY))["id"])

    assert [answer["status"] for answer in ended] == ["queued", "processing", "failed"]
    assert [answer["status"] for answer in staged] == ["queued", "Completed", "Completed"]
    assert [answer["video_url"] for answer in staged] == [None, kyy.result_url, kyy.result_url]
    assert {request.side for request in kyy.requests} == {Side.API}
