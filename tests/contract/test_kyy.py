from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urljoin

import aiohttp
import pytest
from pydantic import SecretStr

from bot.domain import Charge, FailureKind, Inputs, JsonObject, Mode, VideoSpec
from bot.errors import OutcomeUnknownError, ProviderAccessError, UnknownJobError, UnreachableError
from bot.providers.base import Accepted, Failed, FileSource, Finished, KeyCheck, Pending, Provider
from bot.providers.client import ApiClient
from bot.providers.kyy import GlobalAiOpcProvider, XingchaoProvider
from sandbox.canned import CannedReply
from sandbox.kyy import GlobalAiOpcStandIn, KyyStandIn
from sandbox.provider_stand_in import ResultPlace, Side
from tests.contract.dialects import Outcome, error_of, outcome_of, picture
from tests.media.file_host import FileHost, open_file_host

REF: Final = "video_ea637864-75e9-46da-a863-75a3e8badef7"
URL: Final = "https://cdn.example/video.mp4?signature=1"
SPEC: Final = VideoSpec("globalaiopc", "grok_video3", "a fox in the snow", 6, "480p", "3:2")
BROKEN: Final = (FailureKind.PROVIDER_ERROR, Charge.POSSIBLE)
REFUSED: Final = (FailureKind.REFUSED, Charge.POSSIBLE)
REJECTED: Final = (FailureKind.REJECTED, Charge.POSSIBLE)
WRONG_KEY: Final = {"code": "204", "msg": "登录验证失败"}
BEARER: Final = {"Authorization": "Bearer sk-real"}
SPRING: Final = {"message": "No handler found for GET /kyyReactApiServer/v1/result/video_1"}
UNAUTHORIZED: Final = {"error": {"code": "AuthenticationError", "type": "Unauthorized"}}

Json = dict[str, Any]


@pytest.fixture
async def kyy() -> AsyncIterator[KyyStandIn]:
    async with GlobalAiOpcStandIn(clip_scale=0.1) as started:
        yield started


@pytest.fixture
def provider(kyy: KyyStandIn, session: aiohttp.ClientSession) -> Provider:
    key = SecretStr(kyy.api_key)
    return GlobalAiOpcProvider(ApiClient(session, base_url=kyy.base_url, api_key=key))


@pytest.fixture
async def images() -> AsyncIterator[FileHost]:
    async with open_file_host("127.0.0.1") as host:
        yield host


def job(**fields: object) -> Json:
    sample = {
        "id": REF,
        "object": "video",
        "created": 1774836724,
        "model": "grok_video3_max",
        "status": "processing",
        "video_url": None,
        "error": None,
    }
    return {**sample, **fields}


def done(**fields: object) -> Json:
    return job(**{"status": "completed", "video_url": URL, "actualDuration": 10, **fields})


def failed(error: object) -> Json:
    return job(status="failed", error=error)


ANSWERS: Final[dict[str, tuple[JsonObject | CannedReply, Outcome]]] = {
    "trap-1-only-an-id": ({"id": REF}, Pending()),
    "trap-3-an-address-without-a-status": ({"id": REF, "video_url": URL}, Finished(URL)),
    "trap-3-an-address-beside-an-error": (done(status=None, error="gone"), Pending()),
    "trap-4-completed-without-an-address": (done(video_url=None), Finished(None, 10)),
    "trap-4-completed-with-an-empty-address": (done(video_url=" "), Finished(None, 10)),
    "trap-6-a-word-of-xai": (job(status="pending"), Pending()),
    "trap-6-a-new-word": (done(status="reviewing"), Pending(None, "reviewing")),
    "trap-6-a-number-for-a-word": (job(status=2), Pending()),
    "trap-7-queued": (job(status="QUEUED"), Pending()),
    "trap-7-completed": (done(status="Completed"), Finished(URL, 10)),
    "trap-7-succeeded": (done(status="SUCCEEDED"), Finished(URL, 10)),
    "trap-7-failed": (job(status="FAILED", error="no GPU"), BROKEN),
    "trap-7-cancelled": (job(status="cancelled"), BROKEN),
    "trap-9-the-key-refused": (WRONG_KEY, ProviderAccessError),
    "trap-9-a-business-error": ({"code": "500", "msg": "系统繁忙"}, UnreachableError),
    "trap-9-no-such-task": ({"code": "404", "msg": "任务不存在"}, UnknownJobError),
    "trap-9-nothing-at-all": ({}, UnreachableError),
    "trap-9-a-code-beside-a-job": (job(**WRONG_KEY), Pending()),
    "trap-12-error-null": (job(), Pending()),
    "trap-12-error-empty": (done(error=""), Finished(URL, 10)),
    "trap-12-error-object-of-nothing": (job(error={"code": "", "message": ""}), Pending()),
    "trap-12-error-absent": ({"id": REF, "status": "processing"}, Pending()),
    "trap-12-error-while-running": (job(error="slow upstream"), Pending()),
    "trap-12-no-error-on-failure": (failed(None), BROKEN),
    "trap-12-error-object-on-failure": (failed({"message": "no GPU"}), BROKEN),
    "trap-12-error-beside-a-video": (done(error="late"), Finished(URL, 10)),
    "trap-13-code-success": (done(code="success", msg="ok"), Finished(URL, 10)),
    "trap-13-code-number": ({"code": 204, "msg": "登录验证失败"}, ProviderAccessError),
    "trap-15-moderated": (failed("The prompt violates content policies."), REFUSED),
    "trap-15-moderated-in-chinese": (failed("图片内容违规"), REFUSED),
    "trap-21-fraction": (done(actualDuration=10.04), Finished(URL, 10.04)),
    "trap-21-text": (done(actualDuration="10"), Finished(URL, 10)),
    "trap-21-no-number": (done(actualDuration=None), Finished(URL)),
    "trap-21-zero": (done(actualDuration=0), Finished(URL)),
    "trap-22-progress-after-all": (job(progress="42%"), Pending(42)),
    "trap-22-progress-is-not-the-state": (job(progress=100), Pending(100)),
    "trap-24-created-zero": (job(created=0), Pending()),
    "an-amount-is-no-price": (done(amount=1.5, totalTokens=9), Finished(URL, 10)),
    "an-image-out-of-reach": (failed("Reference image could not be accessed."), REJECTED),
    "images-out-of-reach": (failed("images 1, 2 could not be accessed"), REJECTED),
    "a-model-out-of-reach": (failed("Upstream could not be accessed."), BROKEN),
    "trap-2-202-without-a-body": (CannedReply(202, ""), UnreachableError),
    "trap-11-401-while-polling": (CannedReply(401, UNAUTHORIZED), ProviderAccessError),
    "trap-11-502-while-polling": (CannedReply(502, "<h1>Bad Gateway</h1>"), UnreachableError),
    "trap-19-404-of-spring": (CannedReply(404, SPRING), UnreachableError),
    "trap-19-404-in-full": (CannedReply(404, {**SPRING, "error": "Not Found"}), UnreachableError),
    "trap-19-200-with-a-page": (CannedReply(200, "<h1>Welcome</h1>"), UnreachableError),
}


@pytest.mark.parametrize(("answer", "expected"), ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_about_a_job_is_read(
    kyy: KyyStandIn, provider: Provider, answer: JsonObject | CannedReply, expected: Outcome
) -> None:
    kyy.on_query.then(answer if isinstance(answer, CannedReply) else CannedReply(200, answer))

    assert await outcome_of(provider.poll(REF)) == expected


CREATED: Final[dict[str, tuple[CannedReply, Outcome]]] = {
    "the-sample": (CannedReply(200, job(status="queued")), Accepted(REF)),
    "only-an-id": (CannedReply(200, {"id": REF}), Accepted(REF)),
    "trap-12-an-error-beside-a-job": (CannedReply(200, job(error="slow")), Accepted(REF)),
    "failed-at-once": (CannedReply(200, failed("no GPU")), BROKEN),
    "trap-15-refused-at-once": (CannedReply(200, failed("policy violation")), REFUSED),
    "trap-9-the-key-refused": (CannedReply(200, WRONG_KEY), ProviderAccessError),
    "trap-9-no-credit": (CannedReply(200, {"code": "1", "msg": "余额不足"}), ProviderAccessError),
    "trap-9-a-bad-value": (CannedReply(200, {"code": "204", "msg": "参数错误"}), REJECTED),
    "trap-9-moderation": (CannedReply(200, {"code": "1", "msg": "提示词违规"}), REFUSED),
    "trap-13-only-success": (CannedReply(200, {"code": "200", "msg": "ok"}), OutcomeUnknownError),
    "trap-19-404-of-spring": (CannedReply(404, SPRING), ProviderAccessError),
    "trap-19-200-with-a-page": (CannedReply(200, "<h1>Welcome</h1>"), OutcomeUnknownError),
    "trap-35-502": (CannedReply(502, "<h1>Bad Gateway</h1>"), OutcomeUnknownError),
    "trap-35-hung-up": (CannedReply(drop=True, accepts=True), OutcomeUnknownError),
}


@pytest.mark.parametrize(("reply", "expected"), CREATED.values(), ids=CREATED)
async def test_an_answer_to_the_paid_call_is_read(
    kyy: KyyStandIn, provider: Provider, reply: CannedReply, expected: Outcome
) -> None:
    kyy.on_create.then(reply)

    assert await outcome_of(provider.submit(SPEC, Inputs())) == expected
    assert len(kyy.requests) == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [(WRONG_KEY, "key"), ({"msg": "余额不足"}, "credit"), (None, "address")],
    ids=["trap-9-key", "trap-9-credit", "trap-19-address"],
)
async def test_what_only_the_operator_can_mend_is_named(
    kyy: KyyStandIn, provider: Provider, reply: JsonObject | None, reason: str
) -> None:
    kyy.on_create.then(CannedReply(200, reply) if reply else CannedReply(404, SPRING))

    raised = await error_of(provider.submit(SPEC, Inputs()))

    assert isinstance(raised, ProviderAccessError)
    assert raised.reason == reason


@pytest.mark.parametrize("count", [1, 7], ids=lambda count: f"{count}-images")
async def test_trap_27_images_travel_as_the_addresses_given(
    kyy: KyyStandIn, provider: Provider, images: FileHost, count: int
) -> None:
    kinds = ("image/png", "image/jpeg", "image/webp")
    files = [picture(kinds[number % 3], (60 + number, 40)).data for number in range(count)]
    urls = tuple(f"{images.serve(f'/{n}', file)}?ex=1&hm=2" for n, file in enumerate(files))

    accepted = await provider.submit(replace(SPEC, mode=Mode.REFERENCES), Inputs(image_urls=urls))

    assert accepted == Accepted(kyy.charges[0].id)
    assert kyy.charges[0].images == tuple(files)
    assert [f"{images.base_url}{hit.path_qs}" for hit in images.hits] == list(urls)


@pytest.mark.parametrize("inputs", [Inputs(), Inputs(images=(picture(),))], ids=["none", "bytes"])
async def test_trap_27_nothing_is_sent_when_the_images_have_no_address(
    kyy: KyyStandIn, provider: Provider, inputs: Inputs
) -> None:
    outcome = await outcome_of(provider.submit(replace(SPEC, mode=Mode.REFERENCES), inputs))

    assert outcome == (FailureKind.REJECTED, Charge.NONE)
    assert kyy.requests == []


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({}, (6, "480p", "3:2")),
        ({"resolution": "720p", "seconds": 30}, (30, "720p", "3:2")),
        ({"aspect_ratio": None}, (6, "480p", None)),
        # No such length exists: it would be refused if it were sent.
        (
            {"model": "grok_video3_pro", "seconds": 11, "resolution": "720p", "aspect_ratio": None},
            (10, "720p", None),
        ),
    ],
    ids=["trap-29-all-is-said", "trap-23-lower-case", "trap-30-no-ratio", "a-fixed-length-is-not"],
)
async def test_trap_21_the_values_arrive_as_the_page_types_them(
    kyy: KyyStandIn, provider: Provider, changes: Json, taken: tuple[int, str, str | None]
) -> None:
    prompt = '猫 & "quotes"\n@everyone'

    await provider.submit(replace(SPEC, prompt=prompt, **changes), Inputs())

    [charged] = kyy.charges
    assert charged.prompt == prompt
    assert (charged.seconds, charged.size, charged.aspect_ratio) == taken
    assert kyy.requests[0].headers["content-type"] == "application/json"
    assert kyy.requests[0].headers["authorization"] == f"Bearer {kyy.api_key}"


@pytest.mark.parametrize("place", [ResultPlace.VIDEO_URL, ResultPlace.NOWHERE])
async def test_trap_4_a_job_is_taken_to_its_end_with_and_without_an_address(
    kyy: KyyStandIn, provider: Provider, session: aiohttp.ClientSession, place: ResultPlace
) -> None:
    kyy.result_place = place
    accepted = await provider.submit(SPEC, Inputs())
    assert isinstance(accepted, Accepted)

    answers = [await provider.poll(accepted.ref) for _ in range(3)]

    assert answers[:2] == [Pending(), Pending()]
    assert isinstance(answers[2], Finished)
    sources = provider.sources(accepted.ref, answers[2].url)
    assert len(sources) == (0 if place is ResultPlace.NOWHERE else 1)
    for source in sources:
        async with session.get(source.url, headers=source.headers) as response:
            assert (await response.read())[4:8] == b"ftyp"
    assert [kyy.api_key in str(one) for one in kyy.requests_to(Side.FILES)] == [False] * len(
        sources
    )


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        (URL, {}),
        ("http://zcbservice.aizfw.cn/a.mp4", {}),
        ("https://zcbservice.aizfw.cn@cdn.example/a.mp4", {}),
        ("http://169.254.169.254/latest/meta-data", {}),
        ("https://zcbservice.aizfw.cn/a.mp4", BEARER),
        ("/kyyReactApiServer/a.mp4", BEARER),
    ],
)
async def test_trap_31_and_34_only_the_providers_own_origin_gets_the_key(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str]
) -> None:
    base_url, key = XingchaoProvider.default_base_url, SecretStr("sk-real")
    real = XingchaoProvider(ApiClient(session, base_url=base_url, api_key=key))

    [source] = real.sources(REF, url)

    assert source == FileSource(urljoin(f"{base_url}/", url), headers)


@pytest.mark.parametrize("ref", ["grok:uuid", "a/b", "a?b#c", "ü%2F", "a b"])
async def test_an_identifier_is_encoded_into_the_path(
    kyy: KyyStandIn, provider: Provider, ref: str
) -> None:
    assert await outcome_of(provider.poll(ref)) is UnknownJobError
    assert kyy.requests[0].path == f"/kyyReactApiServer/v1/result/{ref}"


async def test_trap_20_the_reason_is_kept_short_and_without_secrets(
    kyy: KyyStandIn, provider: Provider
) -> None:
    text = f"key {kyy.api_key} see https://x.test/a?team=1 " + "long " * 200
    kyy.on_query.then(CannedReply(200, failed(text)))

    answer = await provider.poll(REF)

    assert isinstance(answer, Failed)
    assert answer.failure.detail.startswith("failed: key … see https://x.test/a?… long")
    assert len(answer.failure.detail) == 300


async def test_no_free_call_shows_whether_a_key_is_good(
    kyy: KyyStandIn, provider: Provider
) -> None:
    assert await provider.check_key() is KeyCheck.NOT_POSSIBLE
    assert kyy.requests == []
