from typing import Final

from bot.domain import Charge, FailureKind, JobState, PauseReason
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn, ResultPlace
from tests.contract.desk import Desk, failure_of
from tests.contract.shapes import URL, Said, Shape, wrapped
from tests.contract.traps import concerned, matrix

PAGE: Final = "<!DOCTYPE html><html><title>Bad Gateway</title></html>"
WRONG_KEY: Final = {"code": "204", "msg": "登录验证失败"}
UNAUTHORIZED: Final = {"error": {"code": "AuthenticationError", "type": "Unauthorized"}}


NOT_OVER: Final = (
    Said(1, "id", lambda shape: shape.only_ref()),
    Said(2, "202", lambda _: CannedReply(202, "")),
    Said(6, "a-new-word", lambda shape: shape.job(status="dreaming")),
    Said(6, "pending", lambda shape: shape.job(status="pending")),
    Said(6, "a-new-word-with-an-address", lambda shape: shape.done(status="reviewing")),
    Said(6, "a-list", lambda shape: shape.job(status=["done"])),
    Said(6, "no-word", lambda shape: {**shape.only_ref(), **shape.job(status="")}),
    Said(8, "running", lambda _: wrapped({"status": "pending"})),
    Said(8, "outside-running", lambda _: wrapped(None)),
    Said(8, "outside-unknown", lambda _: wrapped(None, status="UNKNOWN")),
    Said(9, "the-key", lambda _: WRONG_KEY),
    Said(9, "trouble", lambda _: {"code": "500", "msg": "系统繁忙"}),
    Said(9, "nothing-wrapped", lambda _: {"code": "success", "data": None}),
    Said(9, "nothing", lambda _: {}),
    Said(11, "401", lambda _: CannedReply(401, UNAUTHORIZED)),
    Said(11, "404-page", lambda _: CannedReply(404, PAGE)),
    Said(11, "429", lambda _: CannedReply(429, {"error": "slow down"}, {"Retry-After": "9"})),
    Said(11, "502", lambda _: CannedReply(502, PAGE)),
    Said(11, "hung-up", lambda _: CannedReply(drop=True)),
    Said(11, "half-an-answer", lambda shape: CannedReply(200, shape.done(), half=True)),
)
ONE_OF_EACH: Final = {case.trap: case for case in NOT_OVER}.values()


@matrix(NOT_OVER)
async def test_what_does_not_say_that_a_job_is_over_changes_nothing(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(case.reply(shape))

    made = await desk.asked_in_vain(job)

    [charged] = stand_in.charges
    assert (made.state, made.result_url) == (JobState.RENDERED, stand_in.file_url(charged))


@matrix(ONE_OF_EACH)
async def test_a_job_that_is_never_over_ends_once_at_its_deadline(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await desk.accepted()
    stand_in.on_query.always(case.reply(shape))

    ended = await desk.ride_past_the_deadline(job)

    failure = failure_of(ended)
    assert (failure.kind, failure.charge) == (FailureKind.TIMED_OUT, Charge.POSSIBLE)
    assert (len(stand_in.charges), desk.creates()) == (1, 1)
    assert (await desk.world.events(job.id))[2:] == ["rendering", "failed:timed_out"]


MADE: Final = (
    Said(3, "an-address-alone", lambda shape: shape.video()),
    Said(3, "null", lambda shape: shape.done(status=None)),
    Said(7, "upper-case", lambda shape: shape.done(status=shape.done_word.upper())),
    Said(7, "completed", lambda shape: shape.done(status="Completed")),
    Said(7, "succeeded", lambda shape: shape.done(status="SUCCEEDED")),
    Said(7, "success", lambda shape: shape.done(status=" success ")),
    Said(7, "done", lambda shape: shape.done(status="Done")),
    Said(8, "inside", lambda shape: wrapped(shape.done(), status="SUCCESS", **shape.video())),
    Said(8, "outside", lambda shape: wrapped(None, status="SUCCESS", **shape.video())),
)


@matrix(MADE)
async def test_a_video_that_is_made_is_fetched_from_where_it_is(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(case.reply(shape))

    made = await desk.step(job)

    assert (made.state, made.result_url, made.progress) == (JobState.RENDERED, URL, 100)


FAILED: Final = (
    Said(7, "upper-case", lambda shape: shape.job(status="FAILED")),
    Said(7, "failure", lambda shape: shape.job(status="Failure")),
    Said(7, "cancelled", lambda shape: shape.job(status="CANCELLED")),
    Said(7, "canceled", lambda shape: shape.job(status="canceled")),
    Said(8, "inside", lambda shape: wrapped(shape.failed(), status="FAILURE")),
    Said(8, "outside", lambda _: wrapped(None, status="FAILURE", fail_reason="no GPU")),
)


@matrix(FAILED)
async def test_a_job_without_a_video_ends_once(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Said
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(case.reply(shape))

    ended = await desk.step(job)

    failure = failure_of(ended)
    assert (failure.kind, failure.charge) == (FailureKind.PROVIDER_ERROR, Charge.POSSIBLE)
    assert (len(stand_in.charges), desk.creates()) == (1, 1)


@concerned(4)
async def test_a_success_that_never_names_a_file_is_asked_about_again_and_then_lost(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    stand_in.result_place = ResultPlace.NOWHERE
    stand_in.on_content.always(CannedReply(404, {"error": "Task not found"}))
    job = await desk.rendered()
    asked = desk.questions()

    ended = await desk.ride(job)

    failure = failure_of(ended)
    assert (failure.kind, failure.charge) == (FailureKind.LOST, Charge.MADE)
    assert 3 <= desk.questions() - asked < 10
    assert len(stand_in.charges) == 1


@concerned(4)
async def test_a_success_that_names_its_file_later_has_a_video(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    stand_in.result_place = ResultPlace.NOWHERE
    stand_in.on_content.then(CannedReply(400, {"error": "Task is not completed yet"}))
    job = await desk.step(await desk.rendered())
    stand_in.result_place = None

    ended = await desk.ride(await desk.world.again(job))

    assert (job.state, ended.state) == (JobState.RENDERED, JobState.STORED)
    assert len(stand_in.charges) == 1


@concerned(11)
async def test_a_key_that_is_refused_for_a_while_pauses_the_provider_and_not_the_job(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(*[CannedReply(401, UNAUTHORIZED)] * 4)

    reasons = []
    for _ in range(4):
        job = await desk.step(job)
        reasons.append(await desk.pause_reason())
        job = await desk.world.again(job)
    made = await desk.ride(job, until={JobState.RENDERED})

    assert reasons == [None, None, PauseReason.KEY, PauseReason.KEY]
    assert made.state is JobState.RENDERED
    assert await desk.pause_reason() is None
    assert len(stand_in.charges) == 1
