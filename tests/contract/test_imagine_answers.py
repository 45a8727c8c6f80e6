from typing import Any, Final

import pytest

from bot.domain import Charge, FailureKind, JsonObject
from bot.errors import (
    OutcomeUnknownError,
    ProviderAccessError,
    UnknownJobError,
    UnreachableError,
)
from bot.providers.base import Accepted, Finished, Pending, Provider
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.dialects import COMETAPI, XAI, Dialect, Outcome, outcome_of

REF: Final = "d97415a1-5796-4fa8-8c10-3c5d52a3ac2d"
URL: Final = "https://vidgen.example/video.mp4?signature=1"
OTHER: Final = "https://files.example/stored.mp4"
BROKEN: Final = (FailureKind.PROVIDER_ERROR, Charge.POSSIBLE)
REFUSED: Final = (FailureKind.REFUSED, Charge.POSSIBLE)
REJECTED: Final = (FailureKind.REJECTED, Charge.POSSIBLE)
GONE: Final = (FailureKind.TIMED_OUT, Charge.POSSIBLE)
MODERATED: Final = "Generated video rejected by content moderation."


@pytest.fixture(params=(XAI, COMETAPI), ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    chosen: Dialect = request.param
    return chosen


def video(**fields: object) -> dict[str, Any]:
    return {"video": {"url": URL, "duration": 6, "respect_moderation": True, **fields}}


def done(**fields: object) -> dict[str, Any]:
    return {"status": "done", **video(), "model": "grok-imagine-video", "progress": 100, **fields}


def pending(**fields: object) -> dict[str, Any]:
    return {"status": "pending", "progress": 24, **fields}


ANSWERS: Final[dict[str, tuple[JsonObject, Outcome]]] = {
    "trap-01-only-a-request-id": ({"request_id": REF}, Pending()),
    "trap-03-an-address-without-a-status": (video(), Finished(URL, 6)),
    "trap-03-a-status-of-null": ({"status": None, **video()}, Finished(URL, 6)),
    "trap-03-an-address-beside-an-error": (
        {"request_id": REF, **video(), "error": "gone"},
        Pending(),
    ),
    "trap-04-done-without-an-address": (done(video={"duration": 6}), Finished(None, 6)),
    "trap-04-done-with-an-empty-address": (done(video={"url": ""}), Finished(None)),
    "trap-04-done-without-a-video": ({"status": "done"}, Finished(None)),
    "trap-04-done-with-a-video-of-null": (done(video=None), Finished(None)),
    "trap-04-done-with-a-video-that-is-text": (done(video=URL), Finished(None)),
    "trap-06-pending": (pending(), Pending(24)),
    "trap-06-queued": (pending(status="queued"), Pending(24)),
    "trap-06-processing": (pending(status="processing"), Pending(24)),
    "trap-06-a-new-word": (pending(status="dreaming"), Pending(24, "dreaming")),
    "trap-06-a-number-for-a-word-and-the-id": (
        {"request_id": REF, "status": 3, "progress": 24},
        Pending(24),
    ),
    "trap-06-an-address-and-an-unknown-word": (pending(**video()), Pending(24)),
    "trap-07-upper-case": (done(status="DONE"), Finished(URL, 6)),
    "trap-07-completed": (done(status="Completed"), Finished(URL, 6)),
    "trap-07-succeeded": (done(status="succeeded"), Finished(URL, 6)),
    "trap-07-success": (done(status="SUCCESS"), Finished(URL, 6)),
    "trap-07-failed": ({"status": "FAILED"}, BROKEN),
    "trap-07-failure": ({"status": "failure"}, BROKEN),
    "trap-07-cancelled": ({"status": "cancelled"}, BROKEN),
    "trap-07-expired": ({"status": "Expired"}, GONE),
    "trap-09-nothing-at-all": ({}, UnreachableError),
    "trap-09-a-business-error": ({"code": "204", "msg": "登录验证失败"}, UnreachableError),
    "trap-09-nothing-wrapped": ({"code": "success", "data": None}, UnreachableError),
    "trap-09-an-empty-wrapper": ({"code": "success", "data": {}}, UnreachableError),
    "trap-09-no-such-job": ({"code": "task_not_exist", "message": ""}, UnknownJobError),
    "trap-12-error-text": ({"status": "failed", "error": "no GPU"}, BROKEN),
    "trap-12-error-object": (
        {"status": "failed", "error": {"code": "internal_error", "message": "no"}},
        BROKEN,
    ),
    "trap-12-error-of-empty-texts": (
        done(error={"message": "", "code": ""}),
        Finished(URL, 6),
    ),
    "trap-12-error-null": (done(error=None), Finished(URL, 6)),
    "trap-12-error-while-pending": (pending(error="slow"), Pending(24)),
    "trap-12-the-sample-of-a-failure": (
        {
            "status": "failed",
            "error": {"code": "invalid_argument", "message": "bad frame"},
            "video": {"duration": 0, "respect_moderation": True},
            "model": "",
            "progress": 0,
        },
        BROKEN,
    ),
    "trap-13-a-code-of-success": (done(code="success", message="ok"), Finished(URL, 6)),
    "trap-15-withheld-without-address": (
        done(video={"url": "", "respect_moderation": False}),
        REFUSED,
    ),
    "trap-15-withheld-with-address": (done(**video(respect_moderation=False)), REFUSED),
    "trap-15-withheld-without-status": (video(respect_moderation=False), REFUSED),
    "trap-15-withheld-and-failed": (
        {"status": "failed", **video(respect_moderation=False)},
        REFUSED,
    ),
    "trap-15-failed-by-text": ({"status": "failed", "error": MODERATED}, REFUSED),
    "trap-15-failed-by-code": (
        {"status": "failed", "error": {"code": "imagine:content-moderated", "message": ""}},
        REFUSED,
    ),
    "trap-15-done-by-text": (done(video={"url": ""}, error=MODERATED), REFUSED),
    "trap-15-done-with-an-address-all-the-same": (done(error=MODERATED), Finished(URL, 6)),
    "trap-15-only-the-text": ({"code": "invalid-argument", "error": MODERATED}, REFUSED),
    "trap-15-not-yet": (pending(video={"respect_moderation": False}), Pending(24)),
    "trap-15-nothing-said-of-moderation": (
        done(**video(respect_moderation=None)),
        Finished(URL, 6),
    ),
    "trap-21-duration-as-text": (done(**video(duration="6.5")), Finished(URL, 6.5)),
    "trap-21-duration-of-nothing": (done(**video(duration=0)), Finished(URL)),
    "trap-22-progress-as-percent": (pending(progress="24%"), Pending(24)),
    "trap-22-progress-missing": ({"status": "pending"}, Pending()),
    "trap-22-progress-is-not-the-state": (pending(progress=100), Pending(100)),
    "place-a-stored-file": (
        done(video={"url": "", "file_output": {"public_url": OTHER}}),
        Finished(OTHER),
    ),
    "place-the-video-before-the-stored-file": (
        done(**video(file_output={"public_url": OTHER})),
        Finished(URL, 6),
    ),
    "place-beside-the-video": (done(video={}, url=OTHER), Finished(OTHER)),
    "place-under-another-name": (done(video={}, video_url=OTHER), Finished(OTHER)),
    "place-unprintable": (done(video={"url": "https://a/\ud800"}), Finished(None)),
}


@pytest.mark.parametrize(("body", "expected"), ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_about_a_job_is_read(
    stand_in: ProviderStandIn, provider: Provider, body: JsonObject, expected: Outcome
) -> None:
    stand_in.on_query.then(CannedReply(200, body))

    assert await outcome_of(provider.poll(REF)) == expected


NOT_OK: Final[dict[str, tuple[CannedReply, Outcome]]] = {
    "trap-02-202-without-a-body": (CannedReply(202, ""), Pending()),
    "trap-02-202-with-an-empty-object": (CannedReply(202, {}), Pending()),
    "trap-02-202-with-a-word": (CannedReply(202, "Accepted"), Pending()),
    "trap-02-202-with-progress": (CannedReply(202, pending()), Pending(24)),
    "trap-02-202-with-a-page": (CannedReply(202, "<p>wait</p>"), UnreachableError),
    "trap-11-401-while-polling": (CannedReply(401, {"error": "x"}), ProviderAccessError),
    "trap-11-503-while-polling": (CannedReply(503, {"error": "x"}), UnreachableError),
    "trap-15-400-with-the-new-code": (
        CannedReply(400, {"code": "imagine:content-moderated", "error": "Rejected."}),
        REFUSED,
    ),
    "trap-15-400-with-the-text": (
        CannedReply(400, {"code": "Client specified an invalid argument", "error": MODERATED}),
        REFUSED,
    ),
    "trap-19-cloudflare": (CannedReply(502, "error code: 502"), UnreachableError),
    "404-job-not-found": (CannedReply(404, {"error": "Video job not found."}), UnknownJobError),
    "404-wrong-path": (CannedReply(404, {"error": "Not found."}), UnreachableError),
    "404-page": (CannedReply(404, "<h1>video not found</h1>"), UnreachableError),
}


@pytest.mark.parametrize(("reply", "expected"), NOT_OK.values(), ids=NOT_OK)
async def test_an_answer_that_is_not_200_is_read(
    stand_in: ProviderStandIn, provider: Provider, reply: CannedReply, expected: Outcome
) -> None:
    stand_in.on_query.then(reply)

    assert await outcome_of(provider.poll(REF)) == expected


CREATED: Final[dict[str, tuple[CannedReply, Outcome]]] = {
    "the-sample": (CannedReply(200, {"request_id": REF}), Accepted(REF)),
    "201": (CannedReply(201, {"request_id": REF}), Accepted(REF)),
    "a-task-id": (CannedReply(200, {"task_id": REF}), Accepted(REF)),
    "an-id": (CannedReply(200, {"id": REF, "object": "video"}), Accepted(REF)),
    "request-id-goes-first": (CannedReply(200, {"request_id": REF, "id": "x"}), Accepted(REF)),
    "trap-12-an-error-beside-a-job": (
        CannedReply(200, {"request_id": REF, "error": "warming up"}),
        Accepted(REF),
    ),
    "trap-09-an-error-with-200": (CannedReply(200, {"error": "bad ratio"}), REJECTED),
    "trap-15-moderation-with-200": (CannedReply(200, {"error": MODERATED}), REFUSED),
    "trap-15-403-on-create": (
        CannedReply(
            403,
            {
                "code": "permission-denied",
                "error": "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_X",
            },
        ),
        REFUSED,
    ),
    "trap-15-400-on-create": (
        CannedReply(400, {"code": "imagine:content-moderated", "error": "Rejected."}),
        REFUSED,
    ),
    "trap-16-500-invalid-request": (
        CannedReply(500, {"error": {"message": "bad", "code": "invalid_request"}}),
        (FailureKind.REJECTED, Charge.NONE),
    ),
    "trap-16-500-anything-else": (
        CannedReply(500, {"error": {"message": "bad", "code": ""}}),
        OutcomeUnknownError,
    ),
    "trap-19-cloudflare": (CannedReply(520, "error code: 520"), OutcomeUnknownError),
    "403-blocked": (
        CannedReply(403, {"code": "unauthorized:blocked-user", "error": "User is blocked"}),
        ProviderAccessError,
    ),
    "404-unknown-model": (
        CannedReply(404, {"code": "not-found", "error": "The model x does not exist"}),
        (FailureKind.REJECTED, Charge.NONE),
    ),
    "422-in-plain-text": (
        CannedReply(422, "Failed to deserialize the JSON body: missing field `prompt`"),
        (FailureKind.REJECTED, Charge.NONE),
    ),
    "nothing": (CannedReply(200, {}), OutcomeUnknownError),
    "an-id-that-climbs": (CannedReply(200, {"request_id": ".."}), OutcomeUnknownError),
}


@pytest.mark.parametrize(("reply", "expected"), CREATED.values(), ids=CREATED)
async def test_an_answer_to_the_paid_call_is_read(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    provider: Provider,
    reply: CannedReply,
    expected: Outcome,
) -> None:
    stand_in.on_create.then(reply)

    assert await outcome_of(provider.submit(dialect.spec, dialect.inputs)) == expected
