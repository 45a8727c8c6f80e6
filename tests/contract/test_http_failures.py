from dataclasses import dataclass
from typing import Any, Final

import pytest

from bot.domain import Charge, FailureKind
from bot.errors import (
    NotAcceptedError,
    OutcomeUnknownError,
    ProviderAccessError,
    UnknownJobError,
    UnreachableError,
)
from bot.providers.base import Accepted, Provider
from bot.providers.client import Timeouts
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn, Side
from tests.contract.conftest import Connect
from tests.contract.dialects import Dialect, Outcome, error_of, outcome_of, shown_of

REJECTED: Final = (FailureKind.REJECTED, Charge.NONE)
REFUSED: Final = (FailureKind.REFUSED, Charge.POSSIBLE)
NO_ACCESS: Final = ProviderAccessError
PAGE: Final = "<!DOCTYPE html><html><title>nginx</title></html>"


def error(message: str, code: str = "") -> dict[str, Any]:
    return {"error": {"message": message, "type": "api_error", "param": "", "code": code}}


@dataclass(frozen=True, slots=True)
class Failing:
    """One bad answer, and what it means to the paid call and to a question.

    A dialect says by the name where it reads one in a way of its own.
    """

    name: str
    reply: CannedReply
    create: Outcome
    query: Outcome = UnreachableError

    def __str__(self) -> str:
        return self.name


MODERATED: Final = error("Your prompt was rejected by content moderation.")
FAILURES: Final = (
    Failing("301-page", CannedReply(301, PAGE, {"Location": "/moved"}), NO_ACCESS),
    Failing("302-object", CannedReply(302, {}, {"Location": "/login"}), NO_ACCESS),
    Failing("307-nothing", CannedReply(307, "", {"Location": "/v2"}), NO_ACCESS),
    Failing("400-object", CannedReply(400, error("bad size", "invalid_request")), REJECTED),
    Failing("400-text", CannedReply(400, "seconds is not a number"), REJECTED),
    Failing("400-nothing", CannedReply(400, ""), REJECTED),
    Failing("400-page", CannedReply(400, PAGE), NO_ACCESS),
    Failing("400-moderated", CannedReply(400, MODERATED), REFUSED, REFUSED),
    Failing("400-credit", CannedReply(400, error("账户余额不足")), NO_ACCESS),
    Failing("401-object", CannedReply(401, error("Invalid token")), NO_ACCESS, NO_ACCESS),
    Failing("401-nothing", CannedReply(401, ""), NO_ACCESS, NO_ACCESS),
    Failing("402-object", CannedReply(402, error("pay first")), NO_ACCESS),
    Failing("403-permission", CannedReply(403, error("not yours")), NO_ACCESS),
    Failing(
        "403-quota",
        CannedReply(403, {"code": "insufficient_user_quota", "message": "", "data": None}),
        NO_ACCESS,
    ),
    Failing(
        "403-moderated",
        CannedReply(403, error("x", "content_policy_violation")),
        REFUSED,
        REFUSED,
    ),
    Failing("403-page", CannedReply(403, PAGE), REJECTED),
    Failing("404-object", CannedReply(404, error("Invalid URL (POST /v1)")), NO_ACCESS),
    Failing("404-input", CannedReply(404, error("image not found")), REJECTED),
    Failing("404-page", CannedReply(404, PAGE), NO_ACCESS),
    Failing("405-page", CannedReply(405, PAGE), NO_ACCESS),
    Failing("408-page", CannedReply(408, PAGE), OutcomeUnknownError),
    Failing("409-object", CannedReply(409, error("conflict", "conflict")), REJECTED),
    Failing("409-nothing", CannedReply(409, ""), OutcomeUnknownError),
    Failing("410-object", CannedReply(410, error("gone")), REJECTED, UnknownJobError),
    Failing("410-page", CannedReply(410, PAGE), NO_ACCESS, UnknownJobError),
    Failing("413-page", CannedReply(413, PAGE), REJECTED),
    Failing("415-text", CannedReply(415, "Unsupported Media Type"), REJECTED),
    Failing("422-object", CannedReply(422, {"detail": "field required"}), REJECTED),
    Failing("422-moderated-in-chinese", CannedReply(422, error("提示词违规")), REFUSED, REFUSED),
    Failing("425-nothing", CannedReply(425, ""), OutcomeUnknownError),
    Failing("429-object", CannedReply(429, error("当前分组上游负载已饱和")), NotAcceptedError),
    Failing("429-nothing", CannedReply(429, ""), NotAcceptedError),
    Failing("429-credit", CannedReply(429, error("x", "insufficient_quota")), NO_ACCESS),
    Failing("429-credit-text", CannedReply(429, "quota exhausted"), NO_ACCESS),
    Failing("499-nothing", CannedReply(499, ""), OutcomeUnknownError),
    Failing("500-object", CannedReply(500, error("panic")), OutcomeUnknownError),
    Failing("500-invalid", CannedReply(500, error("bad ratio", "invalid_request")), REJECTED),
    Failing("500-page", CannedReply(500, PAGE), OutcomeUnknownError),
    Failing("500-credit", CannedReply(500, error("no credits")), OutcomeUnknownError),
    Failing("502-page", CannedReply(502, PAGE), OutcomeUnknownError),
    Failing("503-object", CannedReply(503, error("no channel")), OutcomeUnknownError),
    Failing("503-page", CannedReply(503, PAGE), OutcomeUnknownError),
    Failing("504-nothing", CannedReply(504, ""), OutcomeUnknownError),
    Failing("504-invalid", CannedReply(504, error("?", "invalid_request")), OutcomeUnknownError),
    Failing("520-text", CannedReply(520, "error code: 520"), OutcomeUnknownError),
    Failing("524-page", CannedReply(524, PAGE), OutcomeUnknownError),
    Failing("200-page", CannedReply(200, PAGE), OutcomeUnknownError),
    Failing("200-nothing", CannedReply(200, ""), OutcomeUnknownError),
    Failing("200-text", CannedReply(200, "ok"), OutcomeUnknownError),
    Failing("200-list", CannedReply(200, b'[{"id": "a"}]'), OutcomeUnknownError),
    Failing("200-broken-object", CannedReply(200, b'{"id": "a'), OutcomeUnknownError),
    Failing("200-empty-object", CannedReply(200, {}), OutcomeUnknownError),
    Failing("200-too-much", CannedReply(200, b'{"id":"a"}' + b" " * 2**20), OutcomeUnknownError),
    Failing("204-nothing", CannedReply(204, ""), OutcomeUnknownError),
    Failing("half", CannedReply(half=True, accepts=True), OutcomeUnknownError),
    Failing("hung-up", CannedReply(drop=True), OutcomeUnknownError),
    Failing("hung-up-accepted", CannedReply(drop=True, accepts=True), OutcomeUnknownError),
)
SLOW: Final = Failing("slow", CannedReply(accepts=True, delay_seconds=60), OutcomeUnknownError)


@pytest.mark.parametrize("failing", FAILURES, ids=str)
async def test_a_bad_answer_to_the_paid_call_is_sorted_by_who_must_act(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, failing: Failing
) -> None:
    stand_in.on_create.then(failing.reply)

    outcome = await outcome_of(provider.submit(dialect.spec, dialect.inputs))

    assert outcome == dialect.creates.get(failing.name, failing.create)
    assert len(stand_in.requests) == 1
    assert len(stand_in.charges) == (1 if failing.reply.accepts else 0)


@pytest.mark.parametrize("failing", FAILURES, ids=str)
async def test_trap_11_a_bad_answer_to_a_question_says_nothing_about_the_job(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, failing: Failing
) -> None:
    accepted = await provider.submit(dialect.spec, dialect.inputs)
    assert isinstance(accepted, Accepted)
    stand_in.on_query.always(failing.reply)

    outcome = await outcome_of(provider.poll(accepted.ref))

    assert outcome == dialect.queries.get(failing.name, failing.query)


async def test_trap_35_a_reply_that_takes_too_long_leaves_the_outcome_unknown(
    dialect: Dialect, stand_in: ProviderStandIn, connect: Connect
) -> None:
    impatient = connect(timeouts=Timeouts(create=0.3, query=0.3))
    stand_in.on_create.then(SLOW.reply)
    stand_in.on_query.then(SLOW.reply)

    created = await outcome_of(impatient.submit(dialect.spec, dialect.inputs))
    asked = await outcome_of(impatient.poll(stand_in.charges[0].id))

    assert (created, asked) == (OutcomeUnknownError, UnreachableError)
    assert len(stand_in.charges) == 1


async def test_trap_36_a_job_can_be_asked_about_after_an_outage(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider
) -> None:
    accepted = await provider.submit(dialect.spec, dialect.inputs)
    assert isinstance(accepted, Accepted)
    stand_in.on_query.then(*(failing.reply for failing in FAILURES if failing.reply.status == 503))

    while await outcome_of(provider.poll(accepted.ref)) is UnreachableError:
        pass

    assert stand_in.charges[0].polls == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "999999"}, 3600.0),
        (
            {
                "Date": "Wed, 21 Oct 2026 07:28:00 GMT",
                "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT",
            },
            30.0,
        ),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
    ids=["seconds", "too-long", "date", "nonsense", "absent"],
)
async def test_retry_after_is_handed_on(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    provider: Provider,
    headers: dict[str, str],
    seconds: float | None,
) -> None:
    busy = CannedReply(429, {"error": "busy"}, headers)
    stand_in.on_create.then(busy)
    stand_in.on_query.then(busy)

    created = await error_of(provider.submit(dialect.spec, dialect.inputs))
    asked = await error_of(provider.poll("video_1"))

    assert (created.retry_after, asked.retry_after) == (seconds, seconds)


async def test_a_wrong_key_is_the_operators_to_mend(
    dialect: Dialect, stand_in: ProviderStandIn, connect: Connect
) -> None:
    outcome = await outcome_of(connect(api_key="sk-wrong").submit(dialect.spec, dialect.inputs))

    assert outcome is ProviderAccessError
    assert stand_in.charges == []


async def test_an_account_without_credit_is_the_operators_to_mend(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider
) -> None:
    stand_in.credit = 0

    outcome = await outcome_of(provider.submit(dialect.spec, dialect.inputs))

    assert outcome is ProviderAccessError
    assert stand_in.charges == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_key_does_not_follow_a_redirect(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, status: int
) -> None:
    away = CannedReply(status, "", {"Location": f"{stand_in.files_url}/files/a.mp4"})
    stand_in.on_create.then(away)
    stand_in.on_query.then(away)

    await error_of(provider.submit(dialect.spec, dialect.inputs))
    await error_of(provider.poll("video_1"))

    assert stand_in.requests_to(Side.FILES) == []


async def test_an_error_is_short_enough_for_a_log_line(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider
) -> None:
    stand_in.on_create.then(CannedReply(500, error("long " * 200)))

    raised = await error_of(provider.submit(dialect.spec, dialect.inputs))

    assert len(str(raised)) == 300


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 422, 429, 500, 502, 503])
async def test_no_error_gives_the_key_away(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, status: int
) -> None:
    key = stand_in.api_key
    echo = CannedReply(
        status,
        error(f"Authorization: Bearer {key}\nsee https://x.test/a?key={key}", key),
        {"X-Echo": key, "Location": f"https://x.test/?key={key}"},
    )
    stand_in.on_create.then(echo)
    stand_in.on_query.then(echo)

    shown = [
        await shown_of(provider.submit(dialect.spec, dialect.inputs)),
        await shown_of(provider.poll("video_1")),
    ]

    assert [key in text for text in shown] == [False, False]
    assert ["?key" in text for text in shown] == [False, False]
