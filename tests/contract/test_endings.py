from typing import Final

import pytest

from bot.domain import Charge, FailureKind
from bot.errors import UnknownJobError, UnreachableError
from bot.providers.base import Pending, Provider
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.dialects import COMETAPI, XAI, Dialect, Outcome, outcome_of
from tests.contract.shapes import REF, URL, Json, Shape

MODERATED: Final = "Generated video rejected by content moderation."
EMPTY: Final = {"message": "", "code": ""}
WITHHELD: Final = {"video": {"url": "", "respect_moderation": False}}
REFUSED: Final = (FailureKind.REFUSED, Charge.POSSIBLE)
REJECTED: Final = (FailureKind.REJECTED, Charge.POSSIBLE)
BROKEN: Final = (FailureKind.PROVIDER_ERROR, Charge.POSSIBLE)
GONE: Final = (FailureKind.TIMED_OUT, Charge.POSSIBLE)

OVER: Final = {
    "failed": BROKEN,
    "FAILURE": BROKEN,
    "cancelled": BROKEN,
    "Canceled": BROKEN,
    "error": BROKEN,
    "rejected": REJECTED,
    "moderated": REFUSED,
    "blocked": REFUSED,
    "timeout": GONE,
    "TIMED_OUT": GONE,
    "timed out": GONE,
    "expired": GONE,
}


@pytest.mark.parametrize("error", ["no GPU", {"message": "no GPU", "code": "x"}], ids=str)
@pytest.mark.parametrize(("word", "kind"), OVER.items(), ids=OVER)
async def test_trap_07_a_word_of_the_end_beside_an_error_ends_a_job(
    stand_in: ProviderStandIn,
    provider: Provider,
    shape: Shape,
    word: str,
    kind: Outcome,
    error: object,
) -> None:
    stand_in.on_query.then(CannedReply(200, shape.job(status=word, error=error)))

    assert await outcome_of(provider.poll(REF)) == kind


@pytest.mark.parametrize("word", ["error", "rejected", "cancelled"])
async def test_trap_15_whatever_the_word_moderation_is_a_refusal(
    stand_in: ProviderStandIn, provider: Provider, shape: Shape, word: str
) -> None:
    stand_in.on_query.then(CannedReply(200, shape.job(status=word, error=MODERATED)))

    assert await outcome_of(provider.poll(REF)) == REFUSED


@pytest.mark.parametrize("error", [None, "", EMPTY], ids=str)
@pytest.mark.parametrize(
    ("word", "kind"),
    [("failed", BROKEN), ("rejected", REJECTED), ("moderated", REFUSED), ("expired", GONE)],
)
async def test_trap_12_a_verdict_needs_no_reason(
    stand_in: ProviderStandIn,
    provider: Provider,
    shape: Shape,
    word: str,
    kind: Outcome,
    error: object,
) -> None:
    stand_in.on_query.then(CannedReply(200, shape.job(status=word, error=error)))

    assert await outcome_of(provider.poll(REF)) == kind


def progress_of(shape: Shape) -> int | None:
    return 24 if "progress" in shape.running else None


@pytest.mark.parametrize("error", [None, EMPTY], ids=str)
@pytest.mark.parametrize("word", ["error", "blocked", "timeout", "timed_out"])
async def test_trap_12_a_word_that_may_be_about_the_question_needs_a_reason(
    stand_in: ProviderStandIn, provider: Provider, shape: Shape, word: str, error: object
) -> None:
    stand_in.on_query.then(CannedReply(200, shape.job(status=word, error=error)))

    assert await outcome_of(provider.poll(REF)) == Pending(progress_of(shape), word)


@pytest.mark.parametrize("error", [None, "slow upstream"], ids=str)
async def test_trap_06_an_unknown_word_is_handed_on_for_the_log(
    stand_in: ProviderStandIn, provider: Provider, shape: Shape, error: object
) -> None:
    stand_in.on_query.then(CannedReply(200, shape.done(status="Dreaming\n", error=error)))

    assert await outcome_of(provider.poll(REF)) == Pending(progress_of(shape), "dreaming")


async def test_trap_20_an_unknown_word_is_fit_for_the_log(
    stand_in: ProviderStandIn, provider: Provider, shape: Shape
) -> None:
    word = f"see https://x.test/a?key={stand_in.api_key} " + "long " * 200
    stand_in.on_query.then(CannedReply(200, shape.job(status=word)))

    answer = await provider.poll(REF)

    assert isinstance(answer, Pending)
    assert answer.unknown_status is not None
    assert answer.unknown_status.startswith("see https://x.test/a?… long")
    assert len(answer.unknown_status) == 300


@pytest.mark.parametrize(
    "word",
    ["queued", "Pending", "processing", "IN_PROGRESS", "in progress", "SUBMITTED", "NOT_START"],
)
async def test_trap_06_the_words_of_the_pages_are_not_unknown(
    stand_in: ProviderStandIn, provider: Provider, shape: Shape, word: str
) -> None:
    stand_in.on_query.then(CannedReply(200, shape.job(status=word)))

    assert await outcome_of(provider.poll(REF)) == Pending(progress_of(shape))


QUESTIONS: Final[dict[str, tuple[CannedReply, Outcome]]] = {
    "trap-15-403": (CannedReply(403, {"code": "x", "error": MODERATED}), REFUSED),
    "trap-15-422": (CannedReply(422, {"error": {"message": MODERATED}}), REFUSED),
    "403-for-another-reason": (CannedReply(403, {"error": "not now"}), UnreachableError),
    "403-of-the-account": (
        CannedReply(403, {"error": "Your account is suspended (content policy)."}),
        UnreachableError,
    ),
    "403-page": (CannedReply(403, f"<html>{MODERATED}</html>"), UnreachableError),
    "422-for-another-reason": (CannedReply(422, {"detail": "id"}), UnreachableError),
    "404-moderation": (CannedReply(404, {"error": MODERATED}), UnreachableError),
    "410-object": (CannedReply(410, {"error": "Gone"}), UnknownJobError),
    "410-nothing": (CannedReply(410, ""), UnknownJobError),
}


@pytest.mark.parametrize(("reply", "expected"), QUESTIONS.values(), ids=QUESTIONS)
async def test_a_refused_question_can_be_the_end_of_a_job(
    stand_in: ProviderStandIn, provider: Provider, reply: CannedReply, expected: Outcome
) -> None:
    stand_in.on_query.then(reply)

    assert await outcome_of(provider.poll(REF)) == expected


NO_WORD: Final[dict[str, tuple[CannedReply, Outcome]]] = {
    "trap-15-withheld": (CannedReply(200, WITHHELD), REFUSED),
    "trap-15-withheld-and-named": (CannedReply(200, {"request_id": REF, **WITHHELD}), REFUSED),
    "trap-15-withheld-and-null": (CannedReply(200, {"status": None, **WITHHELD}), REFUSED),
    "trap-15-withheld-beside-an-error": (
        CannedReply(200, {"error": "x", "video": {"url": URL, "respect_moderation": False}}),
        REFUSED,
    ),
    "trap-02-202-is-not-yet": (CannedReply(202, WITHHELD), Pending()),
    "trap-15-not-yet": (CannedReply(200, {"status": "pending", **WITHHELD}), Pending()),
    "trap-06-not-known": (
        CannedReply(200, {"status": "dreaming", **WITHHELD}),
        Pending(None, "dreaming"),
    ),
    "trap-15-respected": (
        CannedReply(200, {"request_id": REF, "video": {"url": "", "respect_moderation": True}}),
        Pending(),
    ),
}


@pytest.mark.parametrize("dialect", [XAI, COMETAPI], ids=str)
@pytest.mark.parametrize(("reply", "expected"), NO_WORD.values(), ids=NO_WORD)
@pytest.mark.usefixtures("dialect")
async def test_a_video_that_is_withheld_without_a_word_is_an_end(
    stand_in: ProviderStandIn,
    provider: Provider,
    reply: CannedReply,
    expected: Outcome,
) -> None:
    stand_in.on_query.then(reply)

    assert await outcome_of(provider.poll(REF)) == expected


async def test_a_job_that_is_over_when_it_is_taken_says_so(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, shape: Shape
) -> None:
    over: Json = {**shape.only_ref(), "status": "error", "error": "no GPU"}
    stand_in.on_create.then(CannedReply(200, over))
    stand_in.on_query.then(CannedReply(200, over))

    created = await outcome_of(provider.submit(dialect.spec, dialect.inputs))
    asked = await outcome_of(provider.poll(REF))

    assert BROKEN in (created, asked)
    assert asked == BROKEN
