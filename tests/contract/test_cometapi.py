from dataclasses import replace
from typing import Any, Final

import pytest

from bot.domain import Charge, FailureKind, Inputs, JsonObject, Mode, PauseReason
from bot.errors import OutcomeUnknownError, ProviderAccessError, UnreachableError
from bot.providers.base import Accepted, Failed, Finished, KeyCheck, Pending, Provider
from bot.providers.cometapi import CometApiProvider
from sandbox.canned import CannedReply
from sandbox.cometapi import CometApiStandIn, QueryShape
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.dialects import COMETAPI, Dialect, Outcome, error_of, outcome_of

REF: Final = "4b2cd27e-0b0d-3dec-c31c-7572daf74bb3"
URL: Final = "https://vidgen.example/video.mp4?signature=1"
OTHER: Final = "https://copy.example/video.mp4"
BROKEN: Final = (FailureKind.PROVIDER_ERROR, Charge.POSSIBLE)
REFUSED: Final = (FailureKind.REFUSED, Charge.POSSIBLE)
GONE: Final = (FailureKind.TIMED_OUT, Charge.POSSIBLE)
USAGE: Final = {"cost_in_usd_ticks": 500_000_000}
VIDEO: Final = {"url": URL, "duration": 1, "respect_moderation": True}
DONE: Final = {"status": "done", "model": "m", "usage": USAGE, "video": VIDEO}


@pytest.fixture
def dialect() -> Dialect:
    return COMETAPI


@pytest.fixture
def comet(stand_in: ProviderStandIn) -> CometApiStandIn:
    assert isinstance(stand_in, CometApiStandIn)
    return stand_in


def wrapped(inner: object = None, **fields: object) -> dict[str, Any]:
    """Write the wrapper of the older pages, with some of the task's fields changed."""
    task = {
        "task_id": REF,
        "action": "VIDEO_GENERATION",
        "status": "SUCCESS",
        "progress": "100%",
        "fail_reason": "",
        "submit_time": 1,
        "start_time": 0,
        "finish_time": 2,
        "data": inner,
    }
    return {"code": "success", "message": "", "data": {**task, **fields}}


RUNNING: Final = {"status": "IN_PROGRESS", "progress": "30%"}
ANSWERS: Final[dict[str, tuple[JsonObject, Outcome]]] = {
    "flat-with-its-id": ({"request_id": REF, **DONE}, Finished(URL, 1)),
    "flat-queued": ({"request_id": REF, "status": "queued", "progress": 0}, Pending(0)),
    "a-flat-job-with-data-of-its-own": (
        {"request_id": REF, "status": "processing", "data": DONE},
        Pending(),
    ),
    "trap-08-done": (wrapped(DONE, fail_reason=URL), Finished(URL, 1)),
    "trap-08-the-inner-one-says-failed": (wrapped({"status": "failed"}), BROKEN),
    "trap-08-the-inner-one-says-expired": (wrapped({"status": "expired"}), GONE),
    "trap-08-the-inner-one-says-pending": (wrapped({"status": "pending"}), Pending(100)),
    "trap-08-the-inner-one-says-done": (wrapped(DONE, **RUNNING), Finished(URL, 1)),
    "trap-08-done-although-the-relay-gave-up": (
        wrapped(DONE, status="FAILURE"),
        Finished(URL, 1),
    ),
    "trap-08-pending-when-the-relay-gave-up": (
        wrapped({"status": "pending"}, status="FAILURE", fail_reason="task timeout"),
        BROKEN,
    ),
    "trap-08-no-inner-one": (wrapped(None, **RUNNING), Pending(30)),
    "trap-08-an-empty-inner-one": (wrapped({}, **RUNNING), Pending(30)),
    "trap-08-an-inner-one-that-is-text": (wrapped("x", **RUNNING), Pending(30)),
    "trap-08-an-inner-one-of-nulls": (
        wrapped({"status": None, "progress": None}, **RUNNING),
        Pending(30),
    ),
    "trap-08-not-started": (wrapped(None, status="NOT_START", progress="0%"), Pending(0)),
    "trap-08-submitted": (wrapped(None, status="SUBMITTED", progress=""), Pending()),
    "trap-08-queued": (wrapped(None, status="QUEUED", progress="10%"), Pending(10)),
    "trap-08-unknown": (wrapped(None, status="UNKNOWN"), Pending(100)),
    "trap-08-a-task-without-words": (wrapped(None, status=None), Pending(100)),
    "trap-08-an-inner-job-without-words": (
        wrapped({"video": VIDEO}, status=None),
        Finished(URL, 1),
    ),
    "trap-08-xais-shape-right-under-data": (
        {"code": "success", "message": "", "data": DONE},
        Finished(URL, 1),
    ),
    "trap-14-the-address-under-fail-reason": (wrapped(None, fail_reason=URL), Finished(URL)),
    "trap-14-the-videos-own-address-goes-first": (
        wrapped(DONE, fail_reason=OTHER),
        Finished(URL, 1),
    ),
    "trap-14-before-it-any-other-place": (
        wrapped(None, fail_reason=URL, video_url=OTHER),
        Finished(OTHER),
    ),
    "trap-14-an-address-before-the-end": (
        wrapped(None, **RUNNING, fail_reason=URL),
        Pending(30),
    ),
    "trap-14-an-address-and-a-failure": (
        wrapped(None, status="FAILURE", fail_reason=URL),
        BROKEN,
    ),
    "trap-14-no-address-after-a-success": (
        wrapped(None, fail_reason="upstream said ok"),
        Finished(None),
    ),
    "trap-14-the-reason": (wrapped(None, status="FAILURE", fail_reason="no GPU"), BROKEN),
    "trap-15-the-reason-is-moderation": (
        wrapped(None, status="FAILURE", fail_reason="审核未通过"),
        REFUSED,
    ),
    "trap-15-withheld": (
        wrapped({**DONE, "video": {"url": "", "respect_moderation": False}}),
        REFUSED,
    ),
    "trap-12-error-object-inside": (
        wrapped({"status": "failed", "error": {"message": "no", "code": "internal_error"}}),
        BROKEN,
    ),
    "trap-08-the-wrapper-has-a-word-of-its-own": (
        {"status": "success", "data": {"task_id": REF, "status": "IN_PROGRESS"}},
        Pending(),
    ),
    "trap-08-the-inner-one-says-error": (
        wrapped({"status": "error", "error": "no GPU"}, **RUNNING),
        BROKEN,
    ),
    "trap-08-the-inner-one-says-timeout-and-no-more": (
        wrapped({"status": "timeout"}, **RUNNING),
        Pending(30, "timeout"),
    ),
    "trap-08-an-error-beside-an-empty-wrapper": (
        {"code": "x", "error": "审核未通过", "data": {}},
        REFUSED,
    ),
    "trap-09-no-such-task": ({"code": "x", "message": "", "data": None}, UnreachableError),
}


@pytest.mark.parametrize(("body", "expected"), ANSWERS.values(), ids=ANSWERS)
async def test_both_documented_shapes_are_read(
    comet: CometApiStandIn, provider: Provider, body: JsonObject, expected: Outcome
) -> None:
    comet.on_query.then(CannedReply(200, body))

    assert await outcome_of(provider.poll(REF)) == expected


async def test_what_a_failure_says_is_kept_for_the_log(
    comet: CometApiStandIn, provider: Provider
) -> None:
    comet.on_query.then(CannedReply(200, wrapped(None, status="FAILURE", fail_reason="no GPU")))

    answer = await provider.poll(REF)

    assert isinstance(answer, Failed)
    assert answer.failure.detail == "failure: no GPU"


@pytest.mark.parametrize(
    "body",
    [
        {"status": "failed", "error": "no", "usage": USAGE},
        wrapped({"status": "failed", "usage": USAGE}),
        {**DONE, "video": {"respect_moderation": False}},
    ],
    ids=["flat", "wrapped", "withheld"],
)
async def test_what_xai_charges_its_relay_is_not_what_we_are_charged(
    comet: CometApiStandIn, provider: Provider, body: JsonObject
) -> None:
    comet.on_query.then(CannedReply(200, body))

    answer = await provider.poll(REF)

    assert isinstance(answer, Failed)
    assert (answer.failure.charge, answer.cost_micros) == (Charge.POSSIBLE, None)


@pytest.mark.parametrize("shape", QueryShape)
async def test_a_job_goes_all_the_way_in_either_shape(
    comet: CometApiStandIn, provider: Provider, shape: QueryShape
) -> None:
    comet.query_shape = shape
    accepted = await provider.submit(COMETAPI.spec, COMETAPI.inputs)
    assert isinstance(accepted, Accepted)

    answers = [await provider.poll(accepted.ref) for _ in range(3)]

    is_flat = shape is QueryShape.FLAT
    url = comet.file_url(comet.charges[0])
    assert answers == [Pending(None if is_flat else 0), Pending(50), Finished(url, 2)]


@pytest.mark.parametrize("shape", QueryShape)
@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ({"status": "failed", "error": "no GPU"}, BROKEN),
        ({"status": "failed", "error": {"message": "no GPU"}}, BROKEN),
        ({"status": "failed"}, BROKEN),
        ({"status": "expired"}, GONE),
        ({"video": {"url": "", "respect_moderation": False}}, REFUSED),
    ],
    ids=["text", "object", "no-reason", "expired", "trap-15-withheld"],
)
async def test_a_job_can_end_badly_in_either_shape(
    comet: CometApiStandIn,
    provider: Provider,
    shape: QueryShape,
    ending: JsonObject,
    expected: Outcome,
) -> None:
    comet.query_shape, comet.ending = shape, ending
    accepted = await provider.submit(COMETAPI.spec, COMETAPI.inputs)
    assert isinstance(accepted, Accepted)

    answers = [await outcome_of(provider.poll(accepted.ref)) for _ in range(3)]

    assert answers[2] == expected


@pytest.mark.parametrize("status", [301, 404])
async def test_trap_19_a_page_means_a_wrong_path(
    comet: CometApiStandIn, provider: Provider, status: int
) -> None:
    comet.on_create.then(CannedReply(status, "<!DOCTYPE html><html></html>"))

    error = await error_of(provider.submit(COMETAPI.spec, COMETAPI.inputs))

    assert isinstance(error, ProviderAccessError)
    assert error.reason is PauseReason.ADDRESS


async def test_trap_19_and_35_a_page_that_says_200_may_stand_before_a_job(
    comet: CometApiStandIn, provider: Provider
) -> None:
    comet.on_create.then(CannedReply(200, "<!DOCTYPE html><html></html>", accepts=True))

    outcome = await outcome_of(provider.submit(COMETAPI.spec, COMETAPI.inputs))

    assert outcome is OutcomeUnknownError
    assert len(comet.charges) == 1


@pytest.mark.parametrize("mode", [Mode.REFERENCES, Mode.EXTEND])
async def test_what_its_pages_do_not_have_is_refused_without_a_charge(
    comet: CometApiStandIn, provider: Provider, mode: Mode
) -> None:
    inputs = replace(COMETAPI.inputs, video_url="https://cdn.example/a.mp4")

    outcome = await outcome_of(provider.submit(replace(COMETAPI.spec, mode=mode), inputs))

    assert outcome in {(FailureKind.REJECTED, Charge.NONE), ProviderAccessError}
    assert comet.charges == []


def test_neither_references_nor_extensions_nor_a_price_are_offered() -> None:
    modes = {mode for entry in CometApiProvider.models for mode in entry.modes}

    assert modes == {Mode.TEXT, Mode.IMAGE, Mode.EDIT}
    assert [entry.price for entry in CometApiProvider.models] == [None, None]


async def test_no_free_call_is_known_that_checks_the_key(provider: Provider) -> None:
    assert await provider.check_key() is KeyCheck.NOT_POSSIBLE


async def test_an_edit_needs_its_videos_address(provider: Provider) -> None:
    spec = replace(COMETAPI.spec, mode=Mode.EDIT)

    assert await outcome_of(provider.submit(spec, Inputs())) == (
        FailureKind.REJECTED,
        Charge.NONE,
    )
