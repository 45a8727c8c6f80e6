from dataclasses import replace
from typing import Any, Final

import pytest

from bot.domain import Charge, FailureKind, Inputs, JsonObject
from bot.errors import OutcomeUnknownError, ProviderAccessError, UnknownJobError, UnreachableError
from bot.providers.base import Accepted, Failed, Finished, Pending, Provider
from sandbox.canned import CannedReply
from sandbox.geeknow import GeekNowStandIn
from sandbox.provider_stand_in import Side
from tests.contract.dialects import GEEKNOW, Outcome, outcome_of, picture

REF: Final = "video_abc123"
URL: Final = "https://cdn.example/video.mp4?signature=1"
BROKEN: Final = (FailureKind.PROVIDER_ERROR, Charge.POSSIBLE)
REFUSED: Final = (FailureKind.REFUSED, Charge.POSSIBLE)
REJECTED: Final = (FailureKind.REJECTED, Charge.POSSIBLE)

Json = dict[str, Any]


def job(**fields: object) -> Json:
    """Write the answer of the query page, with some fields changed."""
    sample = {
        "id": REF,
        "object": "video",
        "model": "grok-video-3",
        "status": "processing",
        "progress": 42,
        "created_at": 1735689600,
        "completed_at": 0,
        "expires_at": 1735776000,
        "seconds": "6",
        "size": "720P",
        "remixed_from_video_id": "",
        "error": {"message": "", "code": ""},
        "video_url": "",
    }
    return {**sample, **fields}


def wrapped(**fields: object) -> Json:
    return {"code": "success", "message": "", "data": {"task_id": REF, **fields}}


def bare(**fields: object) -> Json:
    return {"id": REF, **fields}


ANSWERS: Final[dict[str, tuple[JsonObject, Outcome]]] = {
    "trap-1-only-an-id": (bare(), Pending()),
    "trap-1-only-a-task-id": ({"task_id": REF}, Pending()),
    "trap-3-an-address-without-a-status": (bare(video_url=URL), Finished(URL)),
    "trap-3-an-address-beside-an-error": (bare(video_url=URL, error="gone"), Pending()),
    "trap-4-completed-without-an-address": (job(status="completed"), Finished(None, 6)),
    "trap-6-unknown": (job(status="unknown"), Pending(42)),
    "trap-6-a-word-of-xai": (job(status="pending"), Pending(42)),
    "trap-6-a-new-word": (job(status="preparing"), Pending(42, "preparing")),
    "trap-6-a-number-for-a-word": (job(status=3), Pending(42)),
    "trap-6-an-empty-word": (job(status=""), Pending(42)),
    "trap-6-an-address-and-an-unknown-word": (job(status="unknown", video_url=URL), Pending(42)),
    "trap-7-queued": (job(status="Queued", progress=0), Pending(0)),
    "trap-7-in-progress": (job(status="IN_PROGRESS"), Pending(42)),
    "trap-7-completed": (job(status="COMPLETED", video_url=URL), Finished(URL, 6)),
    "trap-7-succeeded": (job(status="succeeded", video_url=URL), Finished(URL, 6)),
    "trap-7-success": (job(status=" Success ", video_url=URL), Finished(URL, 6)),
    "trap-7-done": (job(status="done", video_url=URL), Finished(URL, 6)),
    "trap-7-failed": (job(status="FAILED"), BROKEN),
    "trap-7-failure": (job(status="FAILURE"), BROKEN),
    "trap-7-cancelled": (job(status="Cancelled"), BROKEN),
    "trap-7-canceled": (job(status="canceled"), BROKEN),
    "trap-8-wrapped-processing": (wrapped(status="processing", progress="10%"), Pending(10)),
    "trap-8-wrapped-success": (wrapped(status="succeeded", url=URL), Finished(URL)),
    "trap-8-wrapped-failure": (wrapped(status="failed", error="broken"), BROKEN),
    "trap-8-a-job-with-data-of-its-own": (job(data={"status": "done"}), Pending(42)),
    "trap-9-nothing-wrapped": ({"code": "success", "data": None}, UnreachableError),
    "trap-9-an-empty-wrapper": ({"code": "success", "data": {}}, UnreachableError),
    "trap-9-a-business-error": ({"code": "204", "msg": "登录验证失败"}, UnreachableError),
    "trap-9-no-such-task": ({"code": "task_not_exist", "message": ""}, UnknownJobError),
    "trap-9-nothing-at-all": ({}, UnreachableError),
    "trap-12-error-object-with-empty-strings": (job(), Pending(42)),
    "trap-12-error-null": (job(error=None), Pending(42)),
    "trap-12-error-empty-text": (job(error=""), Pending(42)),
    "trap-12-error-absent": (bare(status="processing"), Pending()),
    "trap-12-error-text-while-running": (job(error="slow upstream"), Pending(42)),
    "trap-12-error-object-while-running": (
        job(error={"message": "slow", "code": "x"}),
        Pending(42),
    ),
    "trap-12-error-text-on-failure": (job(status="failed", error="no GPU"), BROKEN),
    "trap-12-error-object-on-failure": (job(status="failed", error={"message": "no"}), BROKEN),
    "trap-12-error-list-on-failure": (job(status="failed", error=["no"]), BROKEN),
    "trap-13-code-success-beside-a-job": (job(code="success", message="ok"), Pending(42)),
    "trap-13-code-empty": (job(status="failed", error={"code": "", "message": "x"}), BROKEN),
    "trap-14-fail-reason-is-the-address": (
        wrapped(status="SUCCESS", progress="100%", fail_reason=URL),
        Finished(None),
    ),
    "trap-14-fail-reason-is-the-reason": (
        wrapped(status="FAILURE", fail_reason="审核未通过"),
        REFUSED,
    ),
    "trap-15-moderated-by-text": (
        job(status="failed", error="Generated video rejected by content moderation."),
        REFUSED,
    ),
    "trap-15-moderated-by-code": (
        job(status="failed", error={"code": "imagine:content-moderated", "message": ""}),
        REFUSED,
    ),
    "trap-15-moderated-in-chinese": (job(status="failed", error="内容违规,请修改"), REFUSED),
    "trap-21-seconds-as-number": (job(status="completed", seconds=6.5), Finished(None, 6.5)),
    "trap-21-seconds-with-unit": (job(status="completed", seconds="10s"), Finished(None, 10)),
    "trap-21-seconds-empty": (job(status="completed", seconds=""), Finished(None)),
    "trap-21-seconds-zero": (job(status="completed", seconds=0), Finished(None)),
    "trap-22-progress-as-percent": (job(progress="42%"), Pending(42)),
    "trap-22-progress-as-text": (job(progress=" 42 "), Pending(42)),
    "trap-22-progress-too-large": (job(progress=1000), Pending(100)),
    "trap-22-progress-negative": (job(progress=-1), Pending(0)),
    "trap-22-progress-missing": (bare(status="processing"), Pending()),
    "trap-22-progress-true": (job(progress=True), Pending()),
    "trap-22-progress-not-a-number": (job(progress=float("nan")), Pending()),
    "trap-22-progress-is-not-the-state": (job(progress=100), Pending(100)),
    "trap-24-times-not-set": (job(created_at=0, completed_at=0, expires_at=0), Pending(42)),
    "place-output-url": (job(status="completed", output={"url": URL}, url="b"), Finished(URL, 6)),
    "place-video-url": (job(status="completed", video_url=URL, url="b"), Finished(URL, 6)),
    "place-url": (job(status="completed", url=URL, detail={"url": "b"}), Finished(URL, 6)),
    "place-detail-url": (
        job(status="completed", detail={"url": URL}, metadata={"url": "b"}),
        Finished(URL, 6),
    ),
    "place-metadata-url": (job(status="completed", metadata={"url": URL}), Finished(URL, 6)),
    "place-empty-ones-are-skipped": (
        job(status="completed", output={"url": " "}, video_url=None, url=7, detail="x"),
        Finished(None, 6),
    ),
    "place-unprintable": (job(status="completed", url="https://a/\ud800"), Finished(None, 6)),
}


@pytest.mark.parametrize(("body", "expected"), ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_about_a_job_is_read(
    geeknow: GeekNowStandIn, geeknow_provider: Provider, body: JsonObject, expected: Outcome
) -> None:
    geeknow.on_query.then(CannedReply(200, body))

    assert await outcome_of(geeknow_provider.poll(REF)) == expected


NOT_OK: Final[dict[str, tuple[CannedReply, Outcome]]] = {
    "trap-2-202-without-a-body": (CannedReply(202, ""), Pending()),
    "trap-2-202-with-a-page": (CannedReply(202, "<p>wait</p>"), UnreachableError),
    "trap-11-401-while-polling": (CannedReply(401, {"error": {"code": "x"}}), ProviderAccessError),
    "trap-15-400-while-polling": (
        CannedReply(400, {"code": "imagine:content-moderated", "error": "Rejected."}),
        REFUSED,
    ),
    "trap-15-400-for-another-reason": (CannedReply(400, {"error": "try later"}), UnreachableError),
    "400-task-not-exist": (CannedReply(400, {"code": "task_not_exist"}), UnknownJobError),
    "404-task-not-found": (CannedReply(404, {"error": "Task not found"}), UnknownJobError),
    "404-in-chinese": (CannedReply(404, {"error": {"message": "任务不存在"}}), UnknownJobError),
    "404-wrong-path": (CannedReply(404, {"error": "Invalid URL (GET /v1)"}), UnreachableError),
    "404-page": (CannedReply(404, "<h1>video not found</h1>"), UnreachableError),
    "500-task-not-exist": (CannedReply(500, {"code": "task_not_exist"}), UnreachableError),
}


@pytest.mark.parametrize(("reply", "expected"), NOT_OK.values(), ids=NOT_OK)
async def test_an_answer_that_is_not_200_is_read(
    geeknow: GeekNowStandIn, geeknow_provider: Provider, reply: CannedReply, expected: Outcome
) -> None:
    geeknow.on_query.then(reply)

    assert await outcome_of(geeknow_provider.poll(REF)) == expected


CREATED: Final[dict[str, tuple[JsonObject, Outcome]]] = {
    "the-sample": (job(status="queued", progress=0), Accepted(REF)),
    "only-an-id": (bare(), Accepted(REF)),
    "task-id-goes-first": ({"id": "upstream", "task_id": REF}, Accepted(REF)),
    "an-empty-task-id-does-not": ({"id": REF, "task_id": ""}, Accepted(REF)),
    "a-number-as-id": ({"id": 17}, Accepted("17")),
    "wrapped": (wrapped(), Accepted(REF)),
    "an-unknown-status": (job(status="new"), Accepted(REF)),
    "trap-12-an-error-beside-a-job": (job(error="warming up"), Accepted(REF)),
    "failed-at-once": (job(status="FAILED", error="no GPU"), BROKEN),
    "refused-at-once": (job(status="failed", error="policy violation"), REFUSED),
    "trap-9-an-error-with-200": ({"code": "204", "msg": "参数错误"}, REJECTED),
    "trap-9-moderation-with-200": ({"error": {"message": "NSFW prompt"}}, REFUSED),
    "trap-9-no-credit-with-200": ({"error": {"message": "额度不足"}}, ProviderAccessError),
    "trap-13-success-without-a-job": (
        {"code": "success", "message": "ok", "data": None},
        OutcomeUnknownError,
    ),
    "an-id-of-nothing": ({"id": " "}, OutcomeUnknownError),
    "an-id-that-climbs": ({"id": ".."}, OutcomeUnknownError),
    "an-id-that-is-no-text": ({"id": True}, OutcomeUnknownError),
    "an-id-with-a-line-feed": ({"id": "a\nb"}, OutcomeUnknownError),
    "an-id-without-end": ({"id": "a" * 1000}, OutcomeUnknownError),
}


@pytest.mark.parametrize(("body", "expected"), CREATED.values(), ids=CREATED)
async def test_an_answer_to_the_paid_call_is_read(
    geeknow: GeekNowStandIn, geeknow_provider: Provider, body: JsonObject, expected: Outcome
) -> None:
    geeknow.on_create.then(CannedReply(200, body))

    assert await outcome_of(geeknow_provider.submit(GEEKNOW.spec, Inputs())) == expected


@pytest.mark.parametrize("count", [0, 1, 6], ids=lambda count: f"trap-27-{count}-files")
async def test_trap_28_the_request_is_a_form_with_its_own_boundary(
    geeknow: GeekNowStandIn, geeknow_provider: Provider, count: int
) -> None:
    kinds = ("image/png", "image/jpeg", "image/webp") * 2
    images = tuple(picture(kind) for kind in kinds[:count])

    await geeknow_provider.submit(
        replace(GEEKNOW.spec, prompt='猫 & "quotes"\n@everyone'), Inputs(images=images)
    )

    [taken] = geeknow.charges
    sent = geeknow.requests[0].headers
    assert taken.prompt == '猫 & "quotes"\n@everyone'
    assert taken.images == tuple(image.data for image in images)
    assert sent["content-type"].startswith("multipart/form-data; boundary=")
    assert sent["authorization"] == f"Bearer {geeknow.api_key}"


@pytest.mark.parametrize(
    ("resolution", "size"),
    [("720p", "720P"), ("1080p", "1080P")],
    ids=["trap-23-720P", "trap-23-1080P"],
)
async def test_trap_29_every_value_is_said_explicitly(
    geeknow: GeekNowStandIn, geeknow_provider: Provider, resolution: str, size: str
) -> None:
    await geeknow_provider.submit(replace(GEEKNOW.spec, resolution=resolution), Inputs())

    [taken] = geeknow.charges
    assert (taken.model, taken.seconds) == ("grok-video-3", 2)
    assert (taken.size, taken.aspect_ratio) == (size, "3:2")


async def test_trap_30_no_ratio_is_sent_when_none_was_chosen(
    geeknow: GeekNowStandIn, geeknow_provider: Provider
) -> None:
    await geeknow_provider.submit(
        replace(GEEKNOW.spec, aspect_ratio=None), Inputs(images=(picture(),))
    )

    assert geeknow.charges[0].aspect_ratio is None


async def test_trap_20_what_went_wrong_is_kept_short_and_without_secrets(
    geeknow: GeekNowStandIn, geeknow_provider: Provider
) -> None:
    text = f"\x1b[31mkey {geeknow.api_key}\nsee https://x.test/a?team=1 " + "long " * 200
    geeknow.on_query.then(CannedReply(200, job(status="failed", error=text)))

    answer = await geeknow_provider.poll(REF)

    assert isinstance(answer, Failed)
    detail = answer.failure.detail
    assert detail.startswith("failed: [31mkey … see https://x.test/a?… long")
    assert len(detail) == 300


async def test_a_result_address_never_carries_the_key_away(
    geeknow: GeekNowStandIn, geeknow_provider: Provider
) -> None:
    url = f"https://cdn.example/a.mp4?key={geeknow.api_key}"
    geeknow.on_query.then(CannedReply(200, job(status="completed", video_url=url)))

    assert await geeknow_provider.poll(REF) == Finished(None, 6)


async def test_trap_35_a_paid_call_is_made_once_whatever_happens(
    geeknow: GeekNowStandIn, geeknow_provider: Provider
) -> None:
    await geeknow_provider.submit(GEEKNOW.spec, Inputs())
    geeknow.on_create.always(CannedReply(drop=True, accepts=True))

    outcome = await outcome_of(geeknow_provider.submit(GEEKNOW.spec, Inputs()))

    assert outcome is OutcomeUnknownError
    assert len(geeknow.charges) == 2
    assert len(geeknow.requests_to(Side.API)) == 2
