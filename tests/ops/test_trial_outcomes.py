from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.domain import Charge, FailureKind, Inputs, PauseReason, VideoSpec
from bot.media.fetch import Fetcher
from bot.media.video import VideoProbe
from bot.ops.trials.trial import Made, NotMade, Trial
from bot.ops.trials.trial_plan import Plan
from bot.providers.client import ApiClient, Timeouts
from bot.providers.geeknow import GeekNowProvider
from sandbox.canned import CannedReply
from sandbox.geeknow import GeekNowStandIn
from tests.ops.trial_desk import Notes, SwiftClock

SPEC = VideoSpec("geeknow", "grok-video-3", "a fox in the snow", 1, "720p", "3:2")
PLAN = Plan("GeekNow", "http://127.0.0.1", "Grok Video 3", SPEC, Inputs(), None)
NO_JOB = CannedReply(400, {"code": "task_not_exist", "message": "task_not_exist"})


@dataclass
class Bench:
    """One trial against the stand-in, on a clock that never really waits."""

    provider: GeekNowProvider
    fetcher: Fetcher
    destination: Path
    clock: SwiftClock
    notes: Notes

    async def run(self) -> Made | NotMade:
        trial = Trial(
            self.provider,
            GeekNowProvider.schedule,
            self.fetcher,
            VideoProbe(),
            self.clock,
            self.notes,
        )
        return await trial.run(PLAN, self.destination)

    async def failure(self) -> tuple[FailureKind, Charge]:
        outcome = await self.run()
        assert isinstance(outcome, NotMade)
        assert not self.destination.exists()
        return outcome.failure.kind, outcome.failure.charge


@pytest.fixture
async def bench(
    geeknow: GeekNowStandIn, session: aiohttp.ClientSession, tmp_path: Path
) -> AsyncIterator[Bench]:
    client = ApiClient(
        session,
        base_url=geeknow.base_url,
        api_key=SecretStr(geeknow.api_key),
        timeouts=Timeouts(create=5.0, query=5.0),
    )
    async with Fetcher(max_bytes=10_000_000, private_hosts=("127.0.0.1",)) as fetcher:
        yield Bench(GeekNowProvider(client), fetcher, tmp_path / "video.mp4", SwiftClock(), Notes())


async def test_a_trial_waits_as_the_provider_asks_and_tells_every_step(
    bench: Bench, geeknow: GeekNowStandIn
) -> None:
    outcome = await bench.run()

    assert isinstance(outcome, Made)
    assert outcome.path.stat().st_size == outcome.size_bytes
    assert outcome.cost_micros is None
    assert bench.clock.waits == [10, 10, 10]
    assert bench.notes.told == [
        "sending",
        f"accepted {geeknow.charges[0].id}",
        "pending 0",
        "pending 50",
        "rendered",
    ]


@pytest.mark.parametrize(
    ("reply", "ending"),
    [
        (
            CannedReply(400, {"code": "moderation", "message": "content policy"}),
            (FailureKind.REFUSED, Charge.POSSIBLE, None),
        ),
        (
            CannedReply(422, {"code": "invalid_request", "message": "seconds"}),
            (FailureKind.REJECTED, Charge.NONE, None),
        ),
        (
            CannedReply(429, {"message": "slow down"}),
            (FailureKind.PROVIDER_ERROR, Charge.NONE, None),
        ),
        (
            CannedReply(401, {"message": "Invalid token"}),
            (FailureKind.PROVIDER_ERROR, Charge.NONE, PauseReason.KEY),
        ),
        (
            CannedReply(403, {"message": "user quota is not enough"}),
            (FailureKind.PROVIDER_ERROR, Charge.NONE, PauseReason.CREDIT),
        ),
        (
            CannedReply(404, "<html>nothing here</html>"),
            (FailureKind.PROVIDER_ERROR, Charge.NONE, PauseReason.ADDRESS),
        ),
        (
            CannedReply(accepts=True, drop=True),
            (FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, None),
        ),
        (CannedReply(502, "bad gateway"), (FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, None)),
    ],
)
async def test_a_paid_call_is_made_once_whatever_comes_of_it(
    bench: Bench,
    geeknow: GeekNowStandIn,
    reply: CannedReply,
    ending: tuple[FailureKind, Charge, PauseReason | None],
) -> None:
    geeknow.on_create.then(reply)

    outcome = await bench.run()

    assert isinstance(outcome, NotMade)
    assert (outcome.failure.kind, outcome.failure.charge, outcome.to_mend) == ending
    assert [request.method for request in geeknow.requests] == ["POST"]


async def test_what_the_provider_ends_is_over(bench: Bench, geeknow: GeekNowStandIn) -> None:
    error = {"message": "sensitive content", "code": ""}
    geeknow.ending = {"status": "failed", "error": error}

    assert await bench.failure() == (FailureKind.REFUSED, Charge.POSSIBLE)


@pytest.mark.parametrize(
    "reply",
    [
        CannedReply(500, {"message": "oops"}),
        CannedReply(half=True),
        CannedReply(401, {"message": "Invalid token"}),
    ],
)
async def test_a_question_without_an_answer_is_asked_again(
    bench: Bench, geeknow: GeekNowStandIn, reply: CannedReply
) -> None:
    geeknow.on_query.then(*[reply] * 5)

    assert isinstance(await bench.run(), Made)
    assert len([told for told in bench.notes.told if told.startswith("trouble")]) == 5
    assert bench.clock.waits[1:5] == sorted(bench.clock.waits[1:5])


async def test_two_denials_of_a_job_are_not_believed(bench: Bench, geeknow: GeekNowStandIn) -> None:
    geeknow.on_query.then(NO_JOB, NO_JOB, CannedReply(), NO_JOB, NO_JOB)

    assert isinstance(await bench.run(), Made)


async def test_three_denials_in_a_row_are(bench: Bench, geeknow: GeekNowStandIn) -> None:
    geeknow.on_query.then(NO_JOB, CannedReply(500, {}), NO_JOB, NO_JOB)

    assert await bench.failure() == (FailureKind.LOST, Charge.POSSIBLE)


async def test_a_job_is_given_up_when_its_provider_forgets_it(
    bench: Bench, geeknow: GeekNowStandIn
) -> None:
    geeknow.stages = ({"status": "processing", "progress": 40},)
    started_at = bench.clock.now()

    assert await bench.failure() == (FailureKind.TIMED_OUT, Charge.POSSIBLE)
    patience = bench.clock.now() - started_at
    assert timedelta(hours=24) < patience < timedelta(hours=24, minutes=2)
    assert bench.clock.waits[-1] == 60
    assert bench.notes.told[2] == "pending 40"
    assert bench.notes.told[-1] == "pending 40 late"


async def test_a_file_that_is_not_there_yet_is_fetched_again_from_a_fresh_address(
    bench: Bench, geeknow: GeekNowStandIn
) -> None:
    geeknow.on_file.then(CannedReply(404, "not yet"), CannedReply(body=b"half a video" * 9))
    geeknow.on_content.then(CannedReply(404, "not yet"), CannedReply(404, "not yet"))
    geeknow.on_query.then(*[CannedReply()] * 3, CannedReply(500, {}))

    outcome = await bench.run()

    assert isinstance(outcome, Made)
    assert bench.clock.waits[3] >= 5
    assert [told for told in bench.notes.told if told.startswith("trouble")] != []


async def test_a_file_that_never_comes_is_lost_and_charged(
    bench: Bench, geeknow: GeekNowStandIn
) -> None:
    geeknow.on_file.always(CannedReply(404, "gone"))
    geeknow.on_content.always(CannedReply(404, "gone"))
    geeknow.on_query.then(*[CannedReply()] * 3, CannedReply(body={"status": "processing"}))

    assert await bench.failure() == (FailureKind.LOST, Charge.MADE)
    assert len(geeknow.requests) == 1 + 3 + 5 + 2 * 6


async def test_what_is_fetched_and_is_no_video_is_not_kept(
    bench: Bench, geeknow: GeekNowStandIn
) -> None:
    liar = CannedReply(body=b"\0\0\0\x10ftypisom" + bytes(64))
    geeknow.on_file.always(liar)
    geeknow.on_content.always(liar)

    assert await bench.failure() == (FailureKind.LOST, Charge.MADE)
