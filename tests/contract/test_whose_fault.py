import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Final

import pytest

from bot.domain import Charge, FailureKind, PauseReason
from bot.errors import NotAcceptedError, OutcomeUnknownError, ProviderAccessError
from bot.providers.base import Provider
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.desk import Desk, failure_of
from tests.contract.dialects import Dialect, Outcome, error_of, outcome_of
from tests.contract.shapes import Json

REJECTED: Final = (FailureKind.REJECTED, Charge.NONE)
REFUSED: Final = (FailureKind.REFUSED, Charge.POSSIBLE)
UNKNOWN: Final = OutcomeUnknownError
WAF: Final = "<html><title>403 Forbidden</title>Your request was blocked.</html>"
PAGE: Final = "<!DOCTYPE html><html><a href='/billing'>Invalid API key? Credits used up?</a></html>"


def error(message: str, code: str = "") -> Json:
    return {"error": {"message": message, "type": "api_error", "param": "", "code": code}}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One answer to the paid call, and what it means to the one job that it is about."""

    name: str
    reply: CannedReply
    outcome: Outcome

    def __str__(self) -> str:
        return self.name


ABOUT_ONE_REQUEST: Final = (
    Refusal("403-firewall", CannedReply(403, WAF), REJECTED),
    Refusal("403-text-of-a-firewall", CannedReply(403, "error code: 1020"), REJECTED),
    Refusal("403-nothing", CannedReply(403, ""), REJECTED),
    Refusal(
        "404-file",
        CannedReply(404, error("The file at video.url could not be found")),
        REJECTED,
    ),
    Refusal("404-image", CannedReply(404, {"error": "image not found"}), REJECTED),
    Refusal("404-url-of-an-image", CannedReply(404, {"error": "Image URL not found"}), REJECTED),
    Refusal("404-no-such-thing", CannedReply(404, error("no such style", "not_found")), REJECTED),
    Refusal(
        "403-fetching",
        CannedReply(403, error("Fetching image from https://cdn.example/a.png returned 403")),
        REJECTED,
    ),
    Refusal("403-no-download", CannedReply(403, error("Failed to download video file")), REJECTED),
    Refusal("403-url", CannedReply(403, error("The URL could not be accessed.")), REJECTED),
    Refusal("401-fetching", CannedReply(401, error("could not fetch image: 401")), REJECTED),
    Refusal("403-in-chinese", CannedReply(403, error("图片下载失败")), REJECTED),
    Refusal("400-end-credits", CannedReply(400, error("end credits are not a style")), REJECTED),
    Refusal("400-key", CannedReply(400, error("the key light of an api keynote")), REJECTED),
    Refusal("400-balance", CannedReply(400, error("white balance is no ratio")), REJECTED),
    Refusal("422-billing", CannedReply(422, {"detail": "billing is no style"}), REJECTED),
    Refusal("409-nothing", CannedReply(409, ""), UNKNOWN),
    Refusal("409-page", CannedReply(409, PAGE), UNKNOWN),
    Refusal("425-nothing", CannedReply(425, ""), UNKNOWN),
    Refusal("499-nothing", CannedReply(499, ""), UNKNOWN),
    Refusal("499-object", CannedReply(499, error("context canceled")), UNKNOWN),
    Refusal("460-nothing", CannedReply(460, ""), UNKNOWN),
    Refusal("409-object", CannedReply(409, error("conflict")), REJECTED),
    Refusal("425-object", CannedReply(425, error("too early")), REJECTED),
    Refusal("400-moderated", CannedReply(400, error("content policy")), REFUSED),
)


@pytest.mark.parametrize("refusal", ABOUT_ONE_REQUEST, ids=str)
async def test_what_concerns_one_request_ends_it_and_pauses_nobody(
    stand_in: ProviderStandIn, desk: Desk, refusal: Refusal
) -> None:
    stand_in.on_create.always(refusal.reply)

    ended = failure_of(await desk.step(await desk.reserve()))

    expected = refusal.outcome
    if expected is UNKNOWN:
        expected = (FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)
    assert (ended.kind, ended.charge) == expected
    assert (desk.creates(), await desk.pause_reason()) == (1, None)


KEY, CREDIT, ADDRESS = PauseReason.KEY, PauseReason.CREDIT, PauseReason.ADDRESS
THE_OPERATORS: Final[dict[str, tuple[CannedReply, PauseReason]]] = {
    "301-page": (CannedReply(301, PAGE), ADDRESS),
    "308-credit": (CannedReply(308, error("x", "insufficient_quota")), ADDRESS),
    "400-page": (CannedReply(400, PAGE), ADDRESS),
    "401-page": (CannedReply(401, PAGE), ADDRESS),
    "404-page": (CannedReply(404, PAGE), ADDRESS),
    "405-page": (CannedReply(405, PAGE), ADDRESS),
    "404-text": (CannedReply(404, "404 page not found"), ADDRESS),
    "404-nothing": (CannedReply(404, ""), ADDRESS),
    "404-new-api": (CannedReply(404, error("Invalid URL (POST /v1/videos)")), ADDRESS),
    "404-spring": (
        CannedReply(404, {"message": "No handler found for POST /v1/grok/videos"}),
        ADDRESS,
    ),
    "404-newer-spring": (
        CannedReply(404, {"message": "No static resource v1/grok/videos."}),
        ADDRESS,
    ),
    "404-older-spring": (CannedReply(404, {"status": 404, "error": "Not Found"}), ADDRESS),
    "404-express": (CannedReply(404, {"message": "Cannot POST /v1/videos"}), ADDRESS),
    "404-fastapi": (CannedReply(404, {"detail": "Not Found"}), ADDRESS),
    "404-flask": (
        CannedReply(404, {"message": "The requested URL was not found on the server."}),
        ADDRESS,
    ),
    "404-xai": (
        CannedReply(404, {"code": "not-found", "error": "The requested resource was not found."}),
        ADDRESS,
    ),
    "404-route": (CannedReply(404, error("no Route matched with those values")), ADDRESS),
    "404-endpoint": (CannedReply(404, error("Unknown endpoint: /v1/videos")), ADDRESS),
    "404-path": (CannedReply(404, error("not found for path /v1/videos")), ADDRESS),
    "404-empty-object": (CannedReply(404, {}), ADDRESS),
    "404-in-chinese": (CannedReply(404, error("接口不存在")), ADDRESS),
    "405-object": (CannedReply(405, {"detail": "Method Not Allowed"}), ADDRESS),
    "400-key": (CannedReply(400, error("Incorrect API key provided: xa***.")), KEY),
    "400-key-by-code": (CannedReply(400, error("x", "invalid_api_key")), KEY),
    "400-key-revoked": (CannedReply(400, error("This API key has been revoked")), KEY),
    "400-no-key": (CannedReply(400, error("No API key was given")), KEY),
    "400-token": (CannedReply(400, error("Invalid token (request id: 2025)")), KEY),
    "400-login": (CannedReply(400, {"code": "204", "msg": "登录验证失败"}), KEY),
    "401-new-api": (CannedReply(401, error("Invalid token")), KEY),
    "403-object": (CannedReply(403, error("not yours")), KEY),
    "403-video": (CannedReply(403, error("Your team has no access to video generation")), KEY),
    "403-account": (
        CannedReply(403, error("Your account has been suspended: usage policies")),
        KEY,
    ),
    "403-text": (CannedReply(403, "Invalid API key"), KEY),
    "402-page": (CannedReply(402, PAGE), CREDIT),
    "403-quota": (CannedReply(403, error("user quota is not enough")), CREDIT),
    "403-token-quota": (CannedReply(403, error("", "pre_consume_token_quota_failed")), CREDIT),
    "403-credits": (CannedReply(403, error("Insufficient account credits")), CREDIT),
    "429-credits": (CannedReply(429, error("You have used all available credits.")), CREDIT),
    "429-out-of-credits": (CannedReply(429, error("The team ran out of credits")), CREDIT),
    "429-quota": (CannedReply(429, "quota exhausted"), CREDIT),
    "400-arrears": (CannedReply(400, error("账户已欠费")), CREDIT),
    "400-no-credits-left": (CannedReply(400, error("no credits left")), CREDIT),
}


@pytest.mark.parametrize(("reply", "reason"), THE_OPERATORS.values(), ids=THE_OPERATORS)
async def test_what_only_the_operator_can_mend_is_told_by_exact_codes_and_whole_phrases(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    provider: Provider,
    reply: CannedReply,
    reason: PauseReason,
) -> None:
    stand_in.on_create.then(reply)

    raised = await error_of(provider.submit(dialect.spec, dialect.inputs))

    assert isinstance(raised, ProviderAccessError), raised
    assert raised.reason is reason


@pytest.mark.parametrize(
    "text",
    ["Quota exceeded for 'requests per minute'", "Resource has been exhausted (check quota)"],
)
async def test_trap_17_too_many_requests_are_not_the_end_of_the_credit(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, text: str
) -> None:
    stand_in.on_create.then(CannedReply(429, error(text, "resource-exhausted")))

    outcome = await outcome_of(provider.submit(dialect.spec, dialect.inputs))

    assert outcome is NotAcceptedError


LONG: Final = 'A sign: "Invalid API key,\nInsufficient credits left", NSFW, <b>unsafe content</b>'
SHORT: Final = "invalid api key"


@dataclass(frozen=True, slots=True)
class Echo:
    """A way to give a member's own words back."""

    name: str
    prompt: str
    said: Callable[[str], CannedReply]

    def __str__(self) -> str:
        return self.name


ECHOES: Final = (
    Echo("as-it-is", LONG, lambda p: CannedReply(400, error(f"cannot use prompt '{p}'"))),
    Echo("as-a-code", LONG, lambda p: CannedReply(400, error("no", p.replace("\n", " ")))),
    Echo("upper-case", LONG, lambda p: CannedReply(400, error(f"cannot use {p.upper()}!"))),
    Echo("on-one-line", LONG, lambda p: CannedReply(403, error(f"file url not found; {p}"))),
    Echo("cut-at-its-end", LONG, lambda p: CannedReply(400, error(f"cannot use {p[:44]}…"))),
    Echo("cut-at-its-start", LONG, lambda p: CannedReply(400, error(f"…{p[26:]} no good"))),
    Echo("escaped", LONG, lambda p: CannedReply(400, error(f"bad body: {json.dumps(p)}"))),
    Echo(
        "in-a-list-of-errors",
        LONG,
        lambda p: CannedReply(422, {"detail": [{"loc": ["seconds"], "input": {"prompt": p}}]}),
    ),
    Echo("in-plain-text", LONG, lambda p: CannedReply(400, f"cannot read {json.dumps(p)}")),
    Echo("as-html", LONG, lambda p: CannedReply(400, error(f"cannot use {escape(p)}"))),
    Echo("in-chinese", "招牌:余额不足,请充值", lambda p: CannedReply(400, error(f"“{p}”太短"))),
    Echo(
        "in-chinese-escaped",
        "招牌:余额不足,请充值",
        lambda p: CannedReply(400, error(json.dumps(p))),
    ),
    Echo("short", SHORT, lambda p: CannedReply(400, error(f"prompt ({p}) has no verb"))),
    Echo("short-and-403", SHORT, lambda p: CannedReply(403, error(f"image url not found: {p}"))),
)


@pytest.mark.parametrize("echo", ECHOES, ids=str)
async def test_the_members_own_words_are_not_the_providers(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, echo: Echo
) -> None:
    stand_in.on_create.then(echo.said(echo.prompt))

    spec = replace(dialect.spec, prompt=echo.prompt)
    outcome = await outcome_of(provider.submit(spec, dialect.inputs))

    assert outcome == REJECTED


@pytest.mark.parametrize("status", [200, 400])
async def test_what_the_provider_says_beside_the_members_words_is_read(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, status: int
) -> None:
    stand_in.on_create.then(CannedReply(status, {"error": "Incorrect API key provided: xa***."}))

    spec = replace(dialect.spec, prompt="a key")
    raised = await error_of(provider.submit(spec, dialect.inputs))

    assert isinstance(raised, ProviderAccessError)
    assert raised.reason is KEY


async def test_the_members_words_in_a_2xx_do_not_make_it_a_refusal_of_the_key(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider
) -> None:
    stand_in.on_create.then(CannedReply(200, {"message": "Invalid token"}))

    spec = replace(dialect.spec, prompt="invalid token")
    outcome = await outcome_of(provider.submit(spec, dialect.inputs))

    assert outcome is OutcomeUnknownError
