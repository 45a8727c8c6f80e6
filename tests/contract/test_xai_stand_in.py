from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import pytest

from sandbox.xai import XaiStandIn
from tests.contract.imagine_calls import body, create, data_uri, query, video_body


@pytest.fixture
async def xai() -> AsyncIterator[XaiStandIn]:
    async with XaiStandIn(clip_scale=0.1) as started:
        yield started


@pytest.fixture
async def api(xai: XaiStandIn) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {xai.api_key}"}
    async with aiohttp.ClientSession(xai.base_url, headers=headers) as session:
        yield session


async def test_a_job_lives_as_the_pages_and_its_clients_say(
    xai: XaiStandIn, api: aiohttp.ClientSession
) -> None:
    _, created = await create(api, xai, body())

    answers = [await query(api, xai, created["request_id"]) for _ in range(3)]

    [job] = xai.charges
    assert created == {"request_id": job.id}
    assert answers[0] == (202, None)
    assert answers[1] == (200, {"status": "pending", "progress": 50})
    assert answers[2] == (
        200,
        {
            "status": "done",
            "video": {"url": xai.file_url(job), "duration": 2, "respect_moderation": True},
            "model": "grok-imagine-video",
            "usage": {"cost_in_usd_ticks": 1_000_000_000},
            "progress": 100,
        },
    )


REFERENCE: Final = {"url": data_uri()}
WRONG: Final[dict[str, tuple[dict[str, Any], int]]] = {
    "references-beside-an-image": (body(image=REFERENCE, reference_images=[REFERENCE]), 400),
    "eight-references": (body(reference_images=[REFERENCE] * 8), 400),
    "references-that-are-no-list": (body(reference_images=REFERENCE), 422),
    "references-that-are-texts": (body(reference_images=[data_uri()]), 422),
    "references-without-words": (body(reference_images=[REFERENCE], prompt=""), 400),
    "references-for-too-long": (body(reference_images=[REFERENCE], duration=16), 400),
    "references-for-the-newer-model": (
        body(reference_images=[REFERENCE], model="grok-imagine-video-1.5"),
        400,
    ),
}


@pytest.mark.parametrize(("sent", "status"), WRONG.values(), ids=WRONG)
async def test_references_with_a_fault_are_refused_and_cost_nothing(
    xai: XaiStandIn, api: aiohttp.ClientSession, sent: dict[str, Any], status: int
) -> None:
    assert (await create(api, xai, sent))[0] == status
    assert xai.charges == []


async def test_fifteen_seconds_with_references_get_the_documented_words(
    xai: XaiStandIn, api: aiohttp.ClientSession
) -> None:
    sent = body(reference_images=[REFERENCE], duration=15)

    assert await create(api, xai, sent) == (
        400,
        {
            "code": "invalid-argument",
            "error": (
                "Duration 15s exceeds the maximum allowed for reference-to-video, which is 10s."
            ),
        },
    )


async def test_references_cost_by_the_piece(xai: XaiStandIn, api: aiohttp.ClientSession) -> None:
    await create(api, xai, body(reference_images=[REFERENCE] * 3, storage_options={}))

    [taken] = xai.charges
    assert taken.cost_ticks == 2 * 500_000_000 + 3 * 20_000_000


async def test_an_extension_adds_six_seconds_unless_told_otherwise(
    xai: XaiStandIn, api: aiohttp.ClientSession
) -> None:
    await create(api, xai, body())
    source = {"url": xai.file_url(xai.charges[0])}

    await create(api, xai, video_body(video=source), "extensions")
    await create(api, xai, video_body(video=source, duration=2), "extensions")

    assert [job.seconds for job in xai.charges] == [2, 8, 4]
    assert xai.charges[1].cost_ticks == 6 * 500_000_000 + 2 * 100_000_000


async def test_trap_18_a_wrong_key_is_a_400_and_a_missing_one_a_401(xai: XaiStandIn) -> None:
    seen: list[int] = []
    for header in ({"Authorization": "Bearer xai-wrong"}, {"Authorization": "xai"}, {}):
        async with aiohttp.ClientSession(xai.base_url, headers=header) as stranger:
            seen.append((await create(stranger, xai, body()))[0])
            seen.append((await query(stranger, xai, "any"))[0])
            async with stranger.get("/v1/api-key") as response:
                seen.append(response.status)

    assert seen == [400, 400, 400, 401, 401, 401, 401, 401, 401]
    assert xai.charges == []


async def test_trap_17_no_credit_looks_like_too_many_requests(
    xai: XaiStandIn, api: aiohttp.ClientSession
) -> None:
    xai.credit = 1

    answers = [await create(api, xai, body()) for _ in range(2)]

    assert [status for status, _ in answers] == [200, 429]
    assert answers[1][1]["code"] == "resource-exhausted"
    assert "credits" in answers[1][1]["error"]


async def test_the_key_is_described(xai: XaiStandIn, api: aiohttp.ClientSession) -> None:
    xai.key_faults = frozenset({"api_key_disabled"})

    async with api.get("/v1/api-key") as response:
        described = await response.json()

    assert (described["team_blocked"], described["api_key_disabled"]) == (False, True)


async def test_a_path_that_does_not_exist_is_said_so(api: aiohttp.ClientSession) -> None:
    async with api.get("/v1/nothing") as response:
        answer = await response.json()

    assert response.status == 404
    assert set(answer) == {"code", "error"}
