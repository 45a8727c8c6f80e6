from datetime import timedelta
from typing import Final

import pytest

from bot.domain import Charge, FailureKind, JobState, JsonObject, PauseReason
from bot.errors import OutcomeUnknownError, ProviderAccessError
from bot.providers.base import Accepted, Provider
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.desk import Desk
from tests.contract.dialects import Dialect, Outcome, error_of, outcome_of
from tests.contract.shapes import REF, URL, Json, Shape, wrapped
from tests.store.world import LEASES

REFUSED: Final = (FailureKind.REFUSED, Charge.POSSIBLE)
REJECTED: Final = (FailureKind.REJECTED, Charge.POSSIBLE)

CREATED: Final = "task created, 20 credits deducted"
OF_MONEY_AND_KEYS: Final[dict[str, Json]] = {
    "wrapped-id": {"code": "201", "msg": CREATED, "data": {"id": REF, "status": "queued"}},
    "wrapped-task-id": {"code": 201, "message": CREATED, "data": {"task_id": REF}},
    "wrapped-request-id": {"msg": "balance is 80", "data": {"request_id": REF}},
    "wrapped-twice": {"msg": "api key ok", "data": {"data": {"id": REF}}},
    "in-a-list": {"msg": CREATED, "data": [{"id": REF, "status": "submitted"}]},
    "as-text": {"code": "success", "msg": "余额不足提醒: 剩余 3", "data": REF},
    "under-another-name": {"msg": "insufficient_quota soon", "result": {"id": REF}},
    "beside-the-error": {"error": {"message": "额度不足"}, "task": {"id": REF}},
    "inside-the-error": {"error": {"message": "额度不足", "task": {"id": REF}}},
    "beside-a-known-code": {"code": "insufficient_user_quota", "message": "", "data": {"a": REF}},
    "another-field": {"code": "204", "msg": "登录验证失败", "jobId": REF},
    "no-job-named": {"code": "201", "msg": CREATED},
    "no-job-named-and-known-words": {"code": "1", "msg": "task created, balance: insufficient"},
    "created-by-a-known-code": {"code": "insufficient_quota", "msg": "task created"},
    "unauthorized": {"code": "1", "msg": "unauthorized content is not checked yet"},
    "another-code-for-the-key": {"code": "1", "msg": "登录验证失败"},
    "keyword": {"error": "your api key has 3 credits left"},
    "used-up": {"msg": "80 of 100 credits used up"},
    "top-up": {"code": "0", "msg": "任务已提交, 请充值"},
}


@pytest.mark.parametrize("body", OF_MONEY_AND_KEYS.values(), ids=OF_MONEY_AND_KEYS)
async def test_trap_09_and_35_a_2xx_that_speaks_of_money_is_never_sent_again(
    stand_in: ProviderStandIn, desk: Desk, body: JsonObject
) -> None:
    stand_in.on_create.always(CannedReply(200, body, accepts=True))

    job = await desk.step(await desk.reserve())
    desk.world.clock.advance(timedelta(days=2))
    later = await desk.world.jobs.claim(64, LEASES)

    kind = None if job.failure is None else job.failure.kind
    assert (job.state, kind) in {
        (JobState.RENDERING, None),
        (JobState.FAILED, FailureKind.OUTCOME_UNKNOWN),
    }
    assert [one.state for one in later if one.state is not JobState.RENDERING] == []
    assert (desk.creates(), len(stand_in.charges)) == (1, 1)
    assert await desk.pause_reason() is None


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_trap_08_a_job_that_is_named_one_level_down_is_taken(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, shape: Shape, status: int
) -> None:
    inner = {**shape.only_ref(), "status": "queued"}
    bodies: list[Json] = [
        {"code": "201", "msg": CREATED, "data": inner},
        {"status": "success", "data": shape.only_ref()},
        {"code": "success", "data": [inner]},
        {"code": "success", "error": "slow", "data": shape.only_ref()},
    ]
    stand_in.on_create.then(*[CannedReply(status, body) for body in bodies])

    outcomes = [await outcome_of(provider.submit(dialect.spec, dialect.inputs)) for _ in bodies]

    assert outcomes == [Accepted(REF)] * len(bodies)


async def test_trap_08_a_job_that_is_taken_in_a_wrapper_is_found_in_one(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape
) -> None:
    around = {"code": "success", "message": ""}
    running = {**around, "data": shape.job(**shape.only_ref())}
    done = {**around, "data": shape.done(**shape.only_ref())}
    job = await desk.accepted()
    stand_in.on_query.then(CannedReply(200, running), CannedReply(200, done))

    asked = await desk.step(job)
    made = await desk.step(await desk.world.again(asked))

    assert asked.state is JobState.RENDERING
    assert (made.state, made.result_url) == (JobState.RENDERED, URL)


async def test_the_word_of_a_wrapper_is_not_that_of_the_job(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape
) -> None:
    job = await desk.accepted()
    inner = shape.job(**shape.only_ref())
    stand_in.on_query.then(CannedReply(200, {"code": "success", "data": inner}))
    stand_in.on_query.then(CannedReply(200, wrapped(inner)))

    made = await desk.asked_in_vain(job)

    assert made.state is JobState.RENDERED


ACCESS: Final[dict[str, tuple[Json, PauseReason]]] = {
    "trap-09-key": ({"code": "204", "msg": "登录验证失败"}, PauseReason.KEY),
    "trap-13-key-by-number": (
        {"code": 204, "message": "Login verification failed.", "data": None},
        PauseReason.KEY,
    ),
    "token": (
        {"error": {"message": "Invalid token (request id: 20250101)", "type": "new_api_error"}},
        PauseReason.KEY,
    ),
    "token-in-chinese": ({"error": {"message": "无效的令牌", "code": ""}}, PauseReason.KEY),
    "xais-words": ({"code": "x", "error": "Incorrect API key provided: xa***."}, PauseReason.KEY),
    "quota-by-code": (
        {"code": "insufficient_user_quota", "message": "预扣费额度失败", "data": None},
        PauseReason.CREDIT,
    ),
    "quota-by-code-alone": ({"error": {"code": "insufficient_user_quota"}}, PauseReason.CREDIT),
    "quota": ({"msg": "用户额度不足, 剩余额度: 0", "success": False}, PauseReason.CREDIT),
    "balance": ({"code": "402", "msg": "账户余额不足,请充值", "data": {}}, PauseReason.CREDIT),
    "quota-in-english": ({"message": "user quota is not enough", "data": []}, PauseReason.CREDIT),
}


@pytest.mark.parametrize(("body", "reason"), ACCESS.values(), ids=ACCESS)
async def test_a_2xx_that_is_known_to_the_letter_and_holds_nothing_else_is_the_operators_to_mend(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    provider: Provider,
    body: JsonObject,
    reason: PauseReason,
) -> None:
    stand_in.on_create.then(CannedReply(200, body))

    error = await error_of(provider.submit(dialect.spec, dialect.inputs))

    assert isinstance(error, ProviderAccessError)
    assert error.reason is reason


OTHERS: Final[dict[str, tuple[CannedReply, Outcome]]] = {
    "a-bad-value": (CannedReply(200, {"code": "204", "msg": "参数错误"}), REJECTED),
    "a-bad-ratio": (CannedReply(200, {"error": "bad ratio"}), REJECTED),
    "too-long": (
        CannedReply(200, {"success": False, "message": "prompt is too long", "data": None}),
        REJECTED,
    ),
    "moderated": (CannedReply(200, {"code": "1", "msg": "提示词违规"}), REFUSED),
    "moderated-object": (CannedReply(200, {"error": {"message": "NSFW prompt"}}), REFUSED),
    "moderated-after-it-was-started": (
        CannedReply(200, {"msg": "task created, moderation is pending"}),
        OutcomeUnknownError,
    ),
    "moderated-beside-a-job": (
        CannedReply(200, {"msg": "moderation is pending", "job": {"id": REF}}),
        OutcomeUnknownError,
    ),
    "invalid-beside-a-job": (
        CannedReply(200, {"msg": "invalid ratio, 3:2 is used", "jobs": [REF]}),
        OutcomeUnknownError,
    ),
    "trouble": (CannedReply(200, {"code": "500", "msg": "系统繁忙"}), OutcomeUnknownError),
    "trap-19-a-page": (CannedReply(200, "<html>invalid token</html>"), OutcomeUnknownError),
    "trap-19-a-text": (CannedReply(200, "insufficient_user_quota"), OutcomeUnknownError),
}


@pytest.mark.parametrize(("reply", "expected"), OTHERS.values(), ids=OTHERS)
async def test_a_2xx_without_a_job_is_a_refusal_only_when_it_is_a_clear_one(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    provider: Provider,
    reply: CannedReply,
    expected: Outcome,
) -> None:
    stand_in.on_create.then(reply)

    assert await outcome_of(provider.submit(dialect.spec, dialect.inputs)) == expected


async def test_what_was_answered_is_kept_so_that_a_person_can_find_the_job(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    body = {"code": "201", "msg": CREATED, "result": {"no": REF}}
    stand_in.on_create.then(CannedReply(200, body, accepts=True))

    ended = await desk.step(await desk.reserve())

    assert ended.failure is not None
    assert REF in ended.failure.detail
    assert CREATED in ended.failure.detail
