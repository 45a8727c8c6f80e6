from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.domain import JsonObject
from sandbox.cometapi import CometApiStandIn, QueryShape
from tests.contract.imagine_calls import body, create, data_uri, query


@pytest.fixture
async def comet() -> AsyncIterator[CometApiStandIn]:
    async with CometApiStandIn(clip_scale=0.1) as started:
        yield started


@pytest.fixture
async def api(comet: CometApiStandIn) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {comet.api_key}"}
    async with aiohttp.ClientSession(comet.base_url, headers=headers) as session:
        yield session


async def test_trap_01_a_job_begins_with_nothing_but_its_id(
    comet: CometApiStandIn, api: aiohttp.ClientSession
) -> None:
    _, created = await create(api, comet, body())

    answers = [(await query(api, comet, created["request_id"]))[1] for _ in range(3)]

    assert answers[0] == created
    assert answers[1] == {**created, "status": "processing", "progress": 50}
    assert answers[2]["status"] == "done"
    assert answers[2]["video"]["url"] == comet.file_url(comet.charges[0])


async def test_trap_08_the_wrapper_has_two_statuses(
    comet: CometApiStandIn, api: aiohttp.ClientSession
) -> None:
    comet.query_shape = QueryShape.WRAPPED
    _, created = await create(api, comet, body())

    answers = [(await query(api, comet, created["request_id"]))[1] for _ in range(3)]

    tasks = [answer["data"] for answer in answers]
    url = comet.file_url(comet.charges[0])
    assert [answer["code"] for answer in answers] == ["success"] * 3
    assert [task["status"] for task in tasks] == ["SUBMITTED", "IN_PROGRESS", "SUCCESS"]
    assert [task["progress"] for task in tasks] == ["0%", "50%", "100%"]
    assert [task["fail_reason"] for task in tasks] == ["", "", url]
    assert tasks[0]["data"] is None
    assert [task["data"]["status"] for task in tasks[1:]] == ["processing", "done"]


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ({"status": "failed", "error": "no GPU"}, "no GPU"),
        ({"status": "failed", "error": {"message": "no GPU", "code": "x"}}, "no GPU"),
        ({"status": "expired"}, ""),
    ],
    ids=["text", "object", "expired"],
)
async def test_trap_14_the_wrapper_names_the_reason_where_the_address_would_be(
    comet: CometApiStandIn, api: aiohttp.ClientSession, ending: JsonObject, reason: str
) -> None:
    comet.query_shape, comet.ending = QueryShape.WRAPPED, ending
    _, created = await create(api, comet, body())

    answers = [(await query(api, comet, created["request_id"]))[1] for _ in range(3)]

    assert answers[2]["data"]["status"] == "FAILURE"
    assert answers[2]["data"]["fail_reason"] == reason


async def test_reference_images_are_not_documented_and_so_refused(
    comet: CometApiStandIn, api: aiohttp.ClientSession
) -> None:
    sent = body(reference_images=[{"url": data_uri()}])

    status, answer = await create(api, comet, sent)

    assert status == 400
    assert answer["error"]["code"] == "invalid_request"
    assert comet.charges == []


@pytest.mark.parametrize("path", ["/v1/videos/generations", "/grok/v1/videos/extensions"])
async def test_a_wrong_path_leads_away_to_a_page(
    comet: CometApiStandIn, api: aiohttp.ClientSession, path: str
) -> None:
    async with api.post(path, json=body(), allow_redirects=False) as response:
        assert (response.status, response.content_type) == (301, "text/html")
    assert comet.charges == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer sk-wrong"}], ids=str)
async def test_every_call_needs_the_key(comet: CometApiStandIn, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession(comet.base_url, headers=headers) as stranger:
        created, answer = await create(stranger, comet, body())
        asked, _ = await query(stranger, comet, "any")

    assert (created, asked) == (401, 401)
    assert answer["error"]["type"] == "comet_api_error"
    assert comet.charges == []


async def test_credit_runs_out(comet: CometApiStandIn, api: aiohttp.ClientSession) -> None:
    comet.credit = 1

    answers = [await create(api, comet, body()) for _ in range(2)]

    assert [status for status, _ in answers] == [200, 403]
    assert answers[1][1]["error"]["code"] == "insufficient_user_quota"
