from typing import Any, Final

import pytest

from bot.domain import Charge, FailureKind, PauseReason
from bot.errors import (
    NotAcceptedError,
    ProviderAccessError,
    UnknownJobError,
    UnreachableError,
)
from bot.providers.base import Failed, Finished, KeyCheck, Provider
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn
from sandbox.xai import XaiStandIn
from tests.contract.conftest import Connect
from tests.contract.dialects import XAI, Dialect, Outcome, error_of, outcome_of

REF: Final = "d97415a1-5796-4fa8-8c10-3c5d52a3ac2d"
URL: Final = "https://vidgen.example/video.mp4?signature=1"
MODERATED: Final = "Generated video rejected by content moderation."
WRONG_KEY: Final = {
    "code": "Client specified an invalid argument",
    "error": "Incorrect API key provided: xa***. You can obtain an API key from console.x.ai.",
}
NO_CREDIT: Final = {
    "code": "resource-exhausted",
    "error": "Your team 5ea6f6bd has either used all available credits or reached its limit.",
}


@pytest.fixture
def dialect() -> Dialect:
    return XAI


@pytest.fixture
def xai(stand_in: ProviderStandIn) -> XaiStandIn:
    assert isinstance(stand_in, XaiStandIn)
    return stand_in


def done(ticks: object) -> dict[str, Any]:
    usage = {"cost_in_usd_ticks": ticks}
    return {"status": "done", "video": {"url": URL, "duration": 6}, "usage": usage}


TICKS: Final[dict[str, tuple[object, int | None]]] = {
    "trap-25-six-seconds-of-480p": (3_000_000_000, 300_000),
    "trap-25-less-than-a-micro-is-rounded-up": (1, 1),
    "trap-25-one-more-than-a-micro": (10_001, 2),
    "trap-25-nothing": (0, 0),
    "trap-25-more-than-32-bits": (250_000_000_000_000, 25_000_000_000),
    "trap-25-the-largest": (2**63 - 1, 922_337_203_685_478),
    "trap-25-too-large": (2**63, None),
    "trap-25-as-text": (" 20000 ", 2),
    "trap-25-as-a-whole-float": (2.5e9, 250_000),
    "trap-25-as-a-broken-float": (0.5, None),
    "trap-25-not-a-number": (float("nan"), None),
    "trap-25-without-end": (float("inf"), None),
    "trap-25-negative": (-1, None),
    "trap-25-true": (True, None),
    "trap-25-a-word": ("free", None),
    "trap-25-too-many-digits": ("9" * 20, None),
    "trap-25-other-digits": ("٣٠", None),
    "trap-25-null": (None, None),
    "trap-25-a-list": ([1], None),
}


@pytest.mark.parametrize(("ticks", "micros"), TICKS.values(), ids=TICKS)
async def test_the_reported_cost_is_read(
    xai: XaiStandIn, provider: Provider, ticks: object, micros: int | None
) -> None:
    xai.on_query.then(CannedReply(200, done(ticks)))

    assert await provider.poll(REF) == Finished(URL, 6, micros)


@pytest.mark.parametrize("usage", [None, 7, [], "x", {}], ids=str)
async def test_usage_of_another_shape_is_no_cost(
    xai: XaiStandIn, provider: Provider, usage: object
) -> None:
    xai.on_query.then(CannedReply(200, {**done(1), "usage": usage}))

    assert await provider.poll(REF) == Finished(URL, 6, None)


USAGE: Final = {"usage": {"cost_in_usd_ticks": 500_000_000}}
WITHHELD: Final = {"url": "", "respect_moderation": False}
CHARGED: Final[dict[str, tuple[CannedReply, FailureKind]]] = {
    "trap-15-withheld": (
        CannedReply(200, {"status": "done", "video": WITHHELD, **USAGE}),
        FailureKind.REFUSED,
    ),
    "trap-15-400": (CannedReply(400, {"error": MODERATED, **USAGE}), FailureKind.REFUSED),
    "trap-15-failed": (
        CannedReply(200, {"status": "failed", "error": MODERATED, **USAGE}),
        FailureKind.REFUSED,
    ),
    "failed": (CannedReply(200, {"status": "failed", **USAGE}), FailureKind.PROVIDER_ERROR),
    "expired": (CannedReply(200, {"status": "expired", **USAGE}), FailureKind.TIMED_OUT),
}


@pytest.mark.parametrize(("reply", "kind"), CHARGED.values(), ids=CHARGED)
async def test_a_job_without_a_video_that_has_a_cost_was_charged(
    xai: XaiStandIn, provider: Provider, reply: CannedReply, kind: FailureKind
) -> None:
    xai.on_query.then(reply)

    answer = await provider.poll(REF)

    assert isinstance(answer, Failed)
    assert (answer.failure.kind, answer.failure.charge) == (kind, Charge.MADE)
    assert answer.cost_micros == 50_000


async def test_trap_15_a_refused_create_can_have_a_cost(
    xai: XaiStandIn, provider: Provider
) -> None:
    refused = {"code": "permission-denied", "error": "Content violates usage guidelines."}
    xai.on_create.then(CannedReply(403, {**refused, **USAGE}))

    answer = await provider.submit(XAI.spec, XAI.inputs)

    assert isinstance(answer, Failed)
    assert (answer.failure.charge, answer.cost_micros) == (Charge.MADE, 50_000)


async def test_moderation_that_says_it_cost_nothing_may_still_be_charged(
    xai: XaiStandIn, provider: Provider
) -> None:
    xai.on_query.then(CannedReply(400, {"error": MODERATED, "usage": {"cost_in_usd_ticks": 0}}))

    assert await outcome_of(provider.poll(REF)) == (FailureKind.REFUSED, Charge.POSSIBLE)


QUESTIONS: Final[dict[str, tuple[CannedReply, Outcome]]] = {
    "trap-18-wrong-key": (CannedReply(400, WRONG_KEY), ProviderAccessError),
    "400-for-another-reason": (
        CannedReply(400, {"code": "invalid-argument", "error": "Invalid request id"}),
        UnknownJobError,
    ),
    "400-with-a-code-alone": (CannedReply(400, {"code": "invalid-argument"}), UnknownJobError),
    "400-with-an-empty-object": (CannedReply(400, {}), UnreachableError),
    "400-in-plain-text": (CannedReply(400, "Bad Request"), UnreachableError),
    "400-page": (CannedReply(400, "<html>nginx</html>"), UnreachableError),
    "trap-17-no-credit": (CannedReply(429, NO_CREDIT), UnreachableError),
}


@pytest.mark.parametrize(("reply", "expected"), QUESTIONS.values(), ids=QUESTIONS)
async def test_a_refused_question_is_read(
    xai: XaiStandIn, provider: Provider, reply: CannedReply, expected: Outcome
) -> None:
    xai.on_query.then(reply)

    assert await outcome_of(provider.poll(REF)) == expected


PAUSES: Final[dict[str, tuple[CannedReply, PauseReason]]] = {
    "trap-18-wrong-key": (CannedReply(400, WRONG_KEY), PauseReason.KEY),
    "no-key": (CannedReply(401, {"code": "unauthenticated", "error": "No"}), PauseReason.KEY),
    "trap-17-no-credit-behind-429": (CannedReply(429, NO_CREDIT), PauseReason.CREDIT),
    "no-credit-behind-403": (
        CannedReply(403, {**NO_CREDIT, "code": "The caller does not have permission"}),
        PauseReason.CREDIT,
    ),
    "402": (CannedReply(402, {"error": "Payment required"}), PauseReason.CREDIT),
    "blocked": (
        CannedReply(403, {"code": "unauthorized:blocked-user", "error": "Blocked"}),
        PauseReason.KEY,
    ),
    "wrong-path": (CannedReply(404, {"code": "x", "error": "Not found."}), PauseReason.ADDRESS),
}


@pytest.mark.parametrize(("reply", "reason"), PAUSES.values(), ids=PAUSES)
async def test_what_only_the_operator_can_mend_says_what_it_is(
    xai: XaiStandIn, provider: Provider, reply: CannedReply, reason: PauseReason
) -> None:
    xai.on_create.then(reply)

    error = await error_of(provider.submit(XAI.spec, XAI.inputs))

    assert isinstance(error, ProviderAccessError)
    assert error.reason is reason


async def test_trap_17_too_many_requests_are_not_the_end_of_the_credit(
    xai: XaiStandIn, provider: Provider
) -> None:
    text = "Too many requests for team 5ea6f6bd. Requests per Second (actual/limit): 2/2"
    busy = {"code": "resource-exhausted", "error": text}
    xai.on_create.then(CannedReply(429, busy, {"Retry-After": "2"}))

    error = await error_of(provider.submit(XAI.spec, XAI.inputs))

    assert isinstance(error, NotAcceptedError)
    assert error.retry_after == 2


KEYS: Final[dict[str, tuple[CannedReply, Outcome | KeyCheck]]] = {
    "good": (CannedReply(), KeyCheck.GOOD),
    "more-fields": (CannedReply(200, {"team_blocked": False, "new": 1}), KeyCheck.GOOD),
    "trap-18-wrong-key": (CannedReply(400, WRONG_KEY), ProviderAccessError),
    "page": (CannedReply(200, "<html></html>"), ProviderAccessError),
    "nothing": (CannedReply(200, ""), ProviderAccessError),
    "server-error": (CannedReply(500, {"error": "x"}), UnreachableError),
}


@pytest.mark.parametrize(("reply", "expected"), KEYS.values(), ids=KEYS)
async def test_the_key_is_checked_by_a_free_call(
    xai: XaiStandIn, provider: Provider, reply: CannedReply, expected: Outcome | KeyCheck
) -> None:
    xai.on_key.then(reply)

    try:
        found: object = await provider.check_key()
    except (ProviderAccessError, UnreachableError) as error:
        found = type(error)

    assert found == expected
    assert [request.path for request in xai.requests] == ["/v1/api-key"]


@pytest.mark.parametrize("fault", ["team_blocked", "api_key_blocked", "api_key_disabled"])
async def test_a_key_that_is_stopped_is_not_good(
    xai: XaiStandIn, provider: Provider, fault: str
) -> None:
    xai.key_faults = frozenset({fault})

    with pytest.raises(ProviderAccessError, match=fault) as caught:
        await provider.check_key()

    assert caught.value.reason is PauseReason.KEY


async def test_trap_18_a_wrong_key_is_told_from_a_wrong_request(
    xai: XaiStandIn, connect: Connect
) -> None:
    stranger = connect(api_key="xai-wrong")

    raised = [
        await error_of(stranger.submit(XAI.spec, XAI.inputs)),
        await error_of(stranger.poll(REF)),
        await error_of(stranger.check_key()),
    ]

    assert [type(error) for error in raised] == [ProviderAccessError] * 3
    assert xai.charges == []
