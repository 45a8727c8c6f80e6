from dataclasses import dataclass, replace
from typing import Any, Final

from bot.domain import Charge, FailureKind, JobState
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.desk import Desk, failure_of
from tests.contract.dialects import COMETAPI, GEEKNOW, GLOBALAIOPC, XAI, XINGCHAO, Dialect
from tests.contract.shapes import URL, Shape, wrapped
from tests.contract.traps import Case, concerned, matrix

TIMES: Final = (
    *("created", "created_at", "completed_at", "expires_at"),
    *("submit_time", "start_time", "finish_time"),
)


@dataclass(frozen=True, slots=True)
class Value(Case):
    """One way to write a value, and what is to be made of it."""

    said: Any
    read: Any = None


LENGTHS: Final = (
    Value(21, "fraction", 6.04),
    Value(21, "text-with-a-unit", "6s"),
    Value(21, "word", "six"),
    Value(21, "null", None),
    Value(21, "object", {"seconds": 6}),
    Value(21, "not-a-number", float("nan")),
    Value(21, "larger-than-a-float", 10**400),
)


@matrix(LENGTHS)
async def test_a_length_of_any_type_costs_no_video(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Value
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(CannedReply(200, shape.lasting(case.said)))

    made = await desk.step(job)

    assert (made.state, made.result_url) == (JobState.RENDERED, URL)


@concerned(21)
async def test_a_length_is_sent_the_way_the_provider_reads_it(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    await desk.accepted()

    [charged] = stand_in.charges
    assert charged.seconds == desk.spec.seconds


PROGRESS: Final = (
    Value(22, "whole", 42, 42),
    Value(22, "percent", "42%", 42),
    Value(22, "too-large", 1000, 100),
    Value(22, "negative", -5, 0),
    Value(22, "hundred", 100, 100),
    Value(22, "null", None),
    Value(22, "true", said=True),
    Value(22, "list", [42]),
    Value(22, "not-a-number", float("nan")),
    Value(22, "larger-than-a-float", 10**400),
)


@matrix(PROGRESS)
async def test_progress_of_any_type_is_shown_if_it_can_be_and_is_never_the_state(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Value
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(CannedReply(200, shape.job(progress=case.said)))

    asked = await desk.step(job)

    assert (asked.state, asked.progress) == (JobState.RENDERING, case.read)


@concerned(22)
async def test_progress_of_nothing_on_a_failure_is_still_a_failure(
    stand_in: ProviderStandIn, desk: Desk, shape: Shape
) -> None:
    job = await desk.accepted()
    stand_in.on_query.then(CannedReply(200, shape.failed(progress=0)))

    assert failure_of(await desk.step(job)).kind is FailureKind.PROVIDER_ERROR


RESOLUTIONS: Final = (
    Value(23, "480p", "480p", "480p", only=(XAI, COMETAPI, GLOBALAIOPC, XINGCHAO)),
    Value(23, "720p", "720p", "720p", only=(XAI, COMETAPI, GLOBALAIOPC, XINGCHAO)),
    Value(23, "720P", "720p", "720P", only=(GEEKNOW,)),
    Value(23, "1080P", "1080p", "1080P", only=(GEEKNOW,)),
)


@matrix(RESOLUTIONS)
async def test_a_resolution_is_written_the_way_of_its_provider(
    stand_in: ProviderStandIn, desk: Desk, case: Value
) -> None:
    await desk.accepted(spec=replace(desk.spec, resolution=case.said))

    [charged] = stand_in.charges
    assert charged.size == case.read


MOMENTS: Final = (
    Value(24, "zero", 0),
    Value(24, "null", None),
    Value(24, "date", "2026-11-20T12:00:00Z"),
    Value(24, "beyond-all-years", 10**20),
    Value(24, "object", {"at": 0}),
)


@matrix(MOMENTS)
async def test_times_of_any_type_decide_nothing(
    dialect: Dialect, stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Value
) -> None:
    times = dict.fromkeys(TIMES, case.said)
    running, done = shape.job(**times), shape.done(**times)
    if dialect is COMETAPI:
        # Its flat shape has none; they stand in the wrapper.
        running, done = wrapped(None, **times), wrapped(shape.done(), **times)
    job = await desk.accepted()
    stand_in.on_query.then(CannedReply(200, running), CannedReply(200, done))

    asked = await desk.step(job)
    made = await desk.step(await desk.world.again(asked))

    assert (asked.state, made.state) == (JobState.RENDERING, JobState.RENDERED)


TICKS: Final = (
    Value(25, "32-bits", 3_000_000_000, 300_000),
    Value(25, "more-than-32-bits", 250_000_000_000_000, 25_000_000_000),
    Value(25, "63-bits", 2**63 - 1, 922_337_203_685_478),
    Value(25, "64-bits", 2**63),
    Value(25, "thousands-of-digits", 10**4000),
    Value(25, "negative", -1),
    Value(25, "word", "free"),
)


@matrix(TICKS)
async def test_what_a_video_cost_is_in_its_row_whatever_its_size(
    dialect: Dialect, stand_in: ProviderStandIn, desk: Desk, shape: Shape, case: Value
) -> None:
    usage = {"cost_in_usd_ticks": case.said}
    job = await desk.accepted()
    stand_in.on_query.then(CannedReply(200, shape.done(usage=usage)))

    made = await desk.step(job)

    # What xAI takes from CometAPI is not what CometAPI takes.
    micros = case.read if dialect is XAI else None
    assert (made.state, made.cost_micros) == (JobState.RENDERED, micros)


@concerned(25)
async def test_what_a_failure_cost_is_in_its_row(
    dialect: Dialect, stand_in: ProviderStandIn, desk: Desk, shape: Shape
) -> None:
    usage = {"cost_in_usd_ticks": 250_000_000_000_000}
    job = await desk.accepted()
    stand_in.on_query.then(CannedReply(200, shape.failed(error="no GPU", usage=usage)))

    ended = await desk.step(job)

    is_ours = dialect is XAI
    assert ended.cost_micros == (25_000_000_000 if is_ours else None)
    assert failure_of(ended).charge is (Charge.MADE if is_ours else Charge.POSSIBLE)
