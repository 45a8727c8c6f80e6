import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.domain import Charge, FailureKind, JobState, MessageKind, Mode
from bot.providers import CATALOGUE
from bot.providers.client import Timeouts
from sandbox.canned import CannedReply, Script
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.conftest import Connect
from tests.contract.desk import Desk, failure_of, open_desk
from tests.contract.dialects import Dialect
from tests.contract.shapes import Shape
from tests.contract.traps import Case, concerned, matrix
from tests.manual_clock import PATIENCE_SECONDS
from tests.store.world import LEASES

PAGE: Final = "<html><title>Bad Gateway</title></html>"
SLOW: Final = CannedReply(accepts=True, delay_seconds=60)


@dataclass(frozen=True, slots=True)
class Lost(Case):
    """How the answer to a paid call gets lost after the job was taken."""

    reply: CannedReply


class Silence(Script):
    """Takes the job and never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()

    async def answer(
        self, request: web.Request, own: Callable[[], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        await own()
        self.begun.set()
        await asyncio.Event().wait()
        raise AssertionError("the caller hangs up first")


LOST: Final = (
    Lost(35, "hung-up", CannedReply(drop=True, accepts=True)),
    Lost(35, "half", CannedReply(half=True, accepts=True)),
    Lost(35, "408", CannedReply(408, PAGE, accepts=True)),
    Lost(35, "500", CannedReply(500, {"error": "panic"}, accepts=True)),
    Lost(35, "502", CannedReply(502, PAGE, accepts=True)),
    Lost(35, "503", CannedReply(503, PAGE, accepts=True)),
    Lost(35, "504", CannedReply(504, "", accepts=True)),
    Lost(35, "524", CannedReply(524, PAGE, accepts=True)),
    Lost(35, "nothing", CannedReply(200, {}, accepts=True)),
    Lost(35, "success-and-nothing", CannedReply(200, {"code": "success"}, accepts=True)),
)


@matrix(LOST)
async def test_when_nobody_knows_whether_a_job_was_taken_it_is_not_sent_again(
    stand_in: ProviderStandIn, desk: Desk, case: Lost
) -> None:
    stand_in.on_create.then(case.reply)

    ended = await desk.step(await desk.reserve())
    desk.world.clock.advance(timedelta(days=2))
    later = await desk.world.jobs.claim(64, LEASES)

    failure = failure_of(ended)
    assert (failure.kind, failure.charge) == (FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)
    assert (later, desk.creates(), len(stand_in.charges)) == ([], 1, 1)


@concerned(35)
async def test_a_worker_that_dies_in_the_paid_call_leaves_a_row_that_says_so(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    silence = Silence()
    stand_in.on_create = silence
    job = await desk.reserve()

    calling = asyncio.create_task(desk.step(job))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await silence.begun.wait()
    meanwhile = await desk.world.job(job.id)
    calling.cancel()
    await asyncio.wait([calling])
    ended = await desk.ride(await desk.world.again(meanwhile))

    failure = failure_of(ended)
    assert (meanwhile.state, calling.cancelled()) == (JobState.SUBMITTING, True)
    assert (failure.kind, failure.charge) == (FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)
    assert (desk.creates(), len(stand_in.charges)) == (1, 1)


@concerned(35)
async def test_the_reference_is_in_the_row_as_soon_as_it_is_known(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    taken = await desk.step(await desk.reserve())

    assert (taken.state, taken.provider_ref) == (JobState.RENDERING, stand_in.charges[0].id)


@concerned(36)
async def test_a_question_that_runs_out_of_time_keeps_the_reference(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    connect: Connect,
    tmp_path: Path,
    blank_database: Path,
) -> None:
    impatient = connect(timeouts=Timeouts(query=0.3))
    async with open_desk(dialect, stand_in, impatient, tmp_path, blank_database) as desk:
        job = await desk.accepted()
        stand_in.on_query.then(SLOW)

        made = await desk.asked_in_vain(job)

    assert (made.state, len(stand_in.charges)) == (JobState.RENDERED, 1)


@concerned(36)
async def test_a_job_that_takes_too_long_for_us_goes_on(
    dialect: Dialect, stand_in: ProviderStandIn, desk: Desk
) -> None:
    job = await desk.accepted()
    desk.world.clock.advance(dialect.provider.schedule.soft_deadline * 2)

    made = await desk.asked_in_vain(await desk.world.claim(job.id))

    assert (made.state, len(stand_in.charges)) == (JobState.RENDERED, 1)


@concerned(36)
async def test_a_video_that_waited_for_us_longer_than_its_deadline_is_found(
    dialect: Dialect, stand_in: ProviderStandIn, desk: Desk, shape: Shape
) -> None:
    stand_in.stages = ({"status": shape.done_word},)
    job = await desk.accepted()
    desk.world.clock.advance(dialect.provider.schedule.hard_deadline * 2)

    made = await desk.ride(await desk.world.claim(job.id))

    assert (made.state, len(stand_in.charges)) == (JobState.STORED, 1)


@concerned(37)
async def test_the_seconds_of_a_source_are_in_the_estimate_and_in_the_bill(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    source = await desk.ride(await desk.rendered())
    await desk.show(source, MessageKind.RESULT, stand_in.file_url(stand_in.charges[0]))
    spec = replace(desk.spec, mode=Mode.EDIT, aspect_ratio=None, resolution="720p")

    job = await desk.reserve(2, spec=spec, source_id=source.id)
    made = await desk.ride(job, until={JobState.RENDERED})

    before, after = stand_in.charges
    entry = CATALOGUE.find(f"{spec.provider}/{spec.model}")
    estimate = entry.estimate(spec, images=0, source_seconds=before.seconds)
    bare = entry.estimate(spec, images=0)
    assert after.cost_ticks == before.cost_ticks + 200_000_000
    if entry.price is None:
        assert (made.cost_micros, estimate) == (None, None)
    else:
        assert estimate is not None
        assert bare is not None
        assert made.cost_micros == after.cost_ticks // 10_000
        assert made.cost_micros <= estimate
        assert bare < estimate
