from typing import Final

import pytest

from bot.domain import Charge, FailureKind, Job, JobState, PauseReason
from bot.posting.cards import Looks
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.desk import PAST_A_PAUSE, Desk, failure_of
from tests.contract.dialects import COMETAPI, XAI, Dialect
from tests.contract.shapes import URL, Said, Shape, wrapped
from tests.contract.traps import concerned, matrix

PAGE: Final = "<!DOCTYPE html><html><title>nginx</title></html>"
TEAM: Final = "5ea6f6bd-7815-4b8a-9135-28b2d7ba6722"
EMPTY: Final = {"message": "", "code": ""}
MODERATED: Final = "Generated video rejected by content moderation."
WITHHELD: Final = {"url": "", "respect_moderation": False}
INVALID: Final = {"error": {"message": "bad ratio", "type": "x", "code": "invalid_request"}}
WRONG_KEY: Final = {
    "code": "Client specified an invalid argument",
    "error": "Incorrect API key provided: xa***.",
}

HEALTHY: Final = (
    Said(12, "object-of-empty-texts", lambda shape: shape.job(error=EMPTY)),
    Said(12, "empty-text", lambda shape: shape.job(error="")),
    Said(12, "null", lambda shape: shape.job(error=None)),
    Said(12, "text", lambda shape: shape.job(error="slow upstream")),
    Said(12, "object", lambda shape: shape.job(error={"message": "slow", "code": "slow"})),
    Said(12, "list", lambda shape: shape.job(error=["slow"])),
    Said(12, "beside-it", lambda shape: shape.job(code="slow", message="slow upstream")),
    Said(13, "success", lambda shape: shape.job(code="success", message="ok")),
    Said(13, "text-of-a-number", lambda shape: shape.job(code="204", msg="")),
    Said(13, "number", lambda shape: shape.job(code=500)),
    Said(13, "slug", lambda shape: shape.job(code="internal_error")),
    Said(13, "empty", lambda shape: shape.job(code="")),
    Said(14, "before-the-end", lambda _: wrapped(None, fail_reason=URL)),
    Said(16, "while-polling", lambda _: CannedReply(500, INVALID)),
    Said(19, "cloudflare", lambda _: CannedReply(520, "error code: 520")),
    Said(19, "page", lambda _: CannedReply(404, PAGE)),
    Said(19, "page-with-200", lambda _: CannedReply(200, PAGE)),
    Said(19, "text-with-200", lambda _: CannedReply(200, "ok")),
    Said(19, "too-much", lambda _: CannedReply(200, b'{"status":"failed"}' + b" " * 2**20)),
    Said(19, "not-utf-8", lambda _: CannedReply(200, b'{"status": "failed\xff"}')),
)


@matrix(HEALTHY)
async def test_what_only_looks_like_an_error_ends_no_job(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(case.reply(shape))

    made = await desk.asked_in_vain(job)

    assert (made.state, len(stand_in.charges)) == (JobState.RENDERED, 1)


MADE: Final = (
    Said(12, "object-of-empty-texts", lambda shape: shape.done(error=EMPTY)),
    Said(12, "text", lambda shape: shape.done(error="late")),
    Said(13, "success", lambda shape: shape.done(code="success", message="ok")),
    Said(13, "text-of-a-number", lambda shape: shape.done(code="204")),
    Said(13, "slug", lambda shape: shape.done(code="internal_error")),
    Said(13, "empty", lambda shape: shape.done(code="", message="")),
    Said(14, "success", lambda _: wrapped(None, status="SUCCESS", fail_reason=URL)),
)


@matrix(MADE)
async def test_what_only_looks_like_an_error_costs_no_video(
    dialect: Dialect, stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(case.reply(shape))

    made = await desk.step(job)

    # GeekNow has a download call of its own beside whatever its answer names.
    is_named = case.trap != 14 or dialect is COMETAPI
    assert (made.state, made.result_url) == (JobState.RENDERED, URL if is_named else None)


FAILED: Final = (
    Said(12, "text", lambda shape: shape.failed(error="no GPU")),
    Said(12, "object", lambda shape: shape.failed(error={"message": "no GPU", "code": ""})),
    Said(12, "code-and-message", lambda shape: shape.failed(error=None, message="no GPU")),
    Said(12, "code-and-msg", lambda shape: shape.failed(error=EMPTY, code="x", msg="no GPU")),
    Said(13, "success", lambda shape: shape.failed(code="success", error="no GPU")),
    Said(14, "reason", lambda _: wrapped(None, status="FAILURE", fail_reason="no GPU")),
)


@matrix(FAILED)
async def test_a_failure_keeps_its_reason_whatever_shape_it_has(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(case.reply(shape))

    ended = failure_of(await desk.step(job))

    assert (ended.kind, ended.charge) == (FailureKind.PROVIDER_ERROR, Charge.POSSIBLE)
    assert "no GPU" in ended.detail


NAMELESS: Final = (
    Said(12, "no-reason", lambda shape: shape.failed()),
    Said(12, "list", lambda shape: shape.failed(error=["no GPU"])),
    Said(12, "empty-object", lambda shape: shape.failed(error={})),
    Said(14, "address", lambda _: wrapped(None, status="FAILURE", fail_reason=URL)),
)


@matrix(NAMELESS)
async def test_a_failure_without_a_readable_reason_is_one_all_the_same(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(case.reply(shape))

    ended = failure_of(await desk.step(job))

    assert ended.kind is FailureKind.PROVIDER_ERROR
    assert "signature=" not in ended.detail


REFUSED: Final = (
    Said(15, "failed-by-text", lambda shape: shape.failed(error=MODERATED)),
    Said(15, "failed-by-code", lambda shape: shape.failed(error={"code": "content-moderated"})),
    Said(15, "400", lambda _: CannedReply(400, {"code": "x", "error": MODERATED})),
    Said(15, "withheld", lambda shape: shape.done(video=WITHHELD), only=(XAI, COMETAPI)),
    Said(
        15,
        "withheld-with-an-address",
        lambda shape: shape.done(video={**WITHHELD, "url": URL}),
        only=(XAI, COMETAPI),
    ),
)


@matrix(REFUSED)
async def test_moderation_ends_a_job_at_once_and_may_have_been_charged(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(case.reply(shape))

    ended = failure_of(await desk.step(job))

    assert (ended.kind, ended.charge) == (FailureKind.REFUSED, Charge.POSSIBLE)


REFUSED_AT_ONCE: Final = (
    Said(15, "400", lambda _: CannedReply(400, {"code": "x", "error": MODERATED})),
    Said(15, "403", lambda _: CannedReply(403, {"error": "Content violates usage guidelines."})),
    Said(15, "200", lambda _: CannedReply(200, {"error": {"message": MODERATED}})),
)


@matrix(REFUSED_AT_ONCE)
async def test_moderation_of_the_request_ends_a_job_and_pauses_nobody(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    stand_in.on_create.then(case.reply(shape))

    ended = failure_of(await desk.step(await desk.reserve()))

    assert (ended.kind, ended.charge) == (FailureKind.REFUSED, Charge.POSSIBLE)
    assert (desk.creates(), await desk.pause_reason()) == (1, None)


@concerned(16)
async def test_a_bad_request_behind_a_500_was_not_taken(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    stand_in.on_create.then(CannedReply(500, INVALID))

    ended = failure_of(await desk.step(await desk.reserve()))

    assert (ended.kind, ended.charge) == (FailureKind.REJECTED, Charge.NONE)
    assert (desk.creates(), stand_in.charges) == (1, [])


async def waits(stand_in: ProviderStandIn, desk: Desk, reply: CannedReply) -> Job:
    """Have a create answered like that, which must leave the job where it is."""
    stand_in.on_create.then(reply)
    job = await desk.step(await desk.reserve())
    assert job.state is JobState.RESERVED, job.failure
    assert stand_in.charges == []
    return job


async def goes_on(desk: Desk, job: Job) -> Job:
    """Wait for longer than a provider is paused, and have the job taken."""
    desk.world.clock.advance(PAST_A_PAUSE)
    return await desk.ride(await desk.world.claim(job.id), until={JobState.RENDERING})


NO_CREDIT: Final = {
    "code": "resource-exhausted",
    "error": f"Your team {TEAM} has used all available credits.",
}
NO_QUOTA: Final = {"error": {"message": "x", "code": "insufficient_quota"}}
NO_BALANCE: Final = {"error": {"message": "账户余额不足", "code": ""}}
ACCESS: Final = (
    Said(17, "by-text", lambda _: CannedReply(429, NO_CREDIT)),
    Said(17, "by-code", lambda _: CannedReply(429, NO_QUOTA)),
    Said(17, "in-chinese", lambda _: CannedReply(429, NO_BALANCE)),
    Said(18, "wrong-key", lambda _: CannedReply(400, WRONG_KEY)),
    Said(19, "wrong-path", lambda _: CannedReply(404, PAGE)),
)
REASONS: Final = {17: PauseReason.CREDIT, 18: PauseReason.KEY, 19: PauseReason.ADDRESS}


@matrix(ACCESS)
async def test_what_the_operator_must_mend_pauses_the_provider_until_it_is(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await waits(stand_in, desk, case.reply(shape))
    reason = await desk.pause_reason()

    taken = await goes_on(desk, job)

    assert (reason, await desk.pause_reason()) == (REASONS[case.trap], None)
    assert (taken.provider_ref, len(stand_in.charges)) == (stand_in.charges[0].id, 1)


@concerned(17)
async def test_too_many_requests_are_not_the_end_of_the_credit(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    text = f"Too many requests for team {TEAM}. Requests per Second (actual/limit): 2/2"
    busy = {"code": "resource-exhausted", "error": text}

    job = await waits(stand_in, desk, CannedReply(429, busy, {"Retry-After": "7"}))
    pause = await desk.world.pause(job)
    taken = await goes_on(desk, job)

    assert await desk.pause_reason() is None
    assert 7 <= pause.total_seconds() < 10
    assert (taken.state, len(stand_in.charges)) == (JobState.RENDERING, 1)


@concerned(19)
@pytest.mark.parametrize("text", ["error code: 520", PAGE, ""], ids=["text", "page", "nothing"])
async def test_a_create_that_a_front_answers_is_not_sent_again(
    stand_in: ProviderStandIn, desk: Desk, text: str
) -> None:
    stand_in.on_create.then(CannedReply(520, text, accepts=True))

    ended = failure_of(await desk.step(await desk.reserve()))

    assert (ended.kind, ended.charge) == (FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)
    assert (desk.creates(), len(stand_in.charges)) == (1, 1)


@concerned(20)
async def test_what_a_provider_says_stays_out_of_the_channel_and_its_secrets_out_of_the_log(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    job = await desk.accepted()
    text = f"team {TEAM}: key {stand_in.api_key} at https://upstream.test/a?token=t0ken " * 9
    stand_in.on_query.then(
        CannedReply(502, {"error": text}), CannedReply(200, shape.failed(error=text))
    )

    ended = await desk.ride(job)
    shown = str(Looks({}, {}).failure(ended).to_dict())

    kept = f"{failure_of(ended).detail} {caplog.text}"
    assert TEAM in failure_of(ended).detail
    assert [secret in kept for secret in (stand_in.api_key, "t0ken")] == [False, False]
    assert [word in shown for word in (TEAM, "upstream", stand_in.api_key)] == [False] * 3
