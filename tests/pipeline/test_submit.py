import logging
from datetime import timedelta

import pytest

from bot.domain import Charge, Failure, FailureKind, Job, JobState, MessageKind, MessageState
from bot.errors import NotAcceptedError, OutcomeUnknownError, StaleJobError
from bot.media.storage import ResultStorage
from bot.pipeline.inputs import InputReader
from bot.pipeline.lanes import Lane
from bot.pipeline.submit import Submitter
from bot.providers.base import Accepted, Failed
from bot.store.questions import JobQuestions
from tests.factories import make_failure, make_reference
from tests.manual_clock import START
from tests.pipeline.fakes import SCHEDULE, ScriptedProvider, make_lane
from tests.store.world import LEASES, World


@pytest.fixture
async def job(world: World) -> Job:
    return await world.bring_to(JobState.RESERVED)


async def test_an_accepted_job_renders_and_is_first_asked_about_when_its_provider_says(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.submission = Accepted("ref-7")

    await submitter.submit(job)

    moved = await world.job(job.id)
    assert (moved.state, moved.provider_ref) == (JobState.RENDERING, "ref-7")
    assert await world.due_at(job.id) == START + SCHEDULE.first
    assert [spec for spec, _ in scripted.submitted] == [job.spec]


async def test_the_row_says_submitting_before_the_call_is_made(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    seen: list[JobState] = []

    async def look() -> None:
        found = await JobQuestions(world.database).job(job.id)
        assert found is not None
        seen.append(found.state)

    scripted.on_submit = look

    await submitter.submit(job)

    assert seen == [JobState.SUBMITTING]


async def test_the_provider_gets_the_reference_images_in_their_order(
    submitter: Submitter, scripted: ScriptedProvider, world: World, storage: ResultStorage
) -> None:
    keys = ("references/a-1.jpg", "references/a-2.jpg")
    for key in keys:
        await storage.write(key.encode(), key)
    job = await world.bring_to(JobState.RESERVED, references=[make_reference(key) for key in keys])

    await submitter.submit(job)

    ((_, inputs),) = scripted.submitted
    assert [image.data for image in inputs.images] == [key.encode() for key in keys]
    assert [image.media_type for image in inputs.images] == ["image/jpeg"] * 2
    assert (inputs.image_urls, inputs.video_url) == ((), None)


async def test_missing_reference_images_end_the_job_before_anything_is_paid(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    job = await world.bring_to(JobState.RESERVED, references=[make_reference()])

    await submitter.submit(job)

    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert (failure.kind, failure.charge) == (FailureKind.PROVIDER_ERROR, Charge.NONE)
    assert failure.detail.startswith("reference images: ")
    assert scripted.submitted == []
    assert "submitting" not in await world.events(job.id)


@pytest.mark.parametrize("lanes", [{}, {"scripted": make_lane(None)}], ids=["unknown", "no-key"])
async def test_a_provider_without_a_key_ends_the_job_for_nothing(
    world: World, inputs: InputReader, job: Job, lanes: dict[str, Lane]
) -> None:
    await Submitter(world.jobs, world.pauses, world.questions, lanes, inputs, world.clock).submit(
        job
    )

    assert (await world.job(job.id)).failure == Failure(
        FailureKind.PROVIDER_ERROR, Charge.NONE, "no key for scripted"
    )


async def test_a_job_that_is_not_taken_goes_back_and_waits(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.submission = NotAcceptedError("503")

    await submitter.submit(job)

    moved = await world.job(job.id)
    assert (moved.state, moved.attempts, moved.failure) == (JobState.RESERVED, 1, None)
    due_at = await world.due_at(job.id)
    assert due_at is not None
    assert timedelta(seconds=5) <= due_at - START <= timedelta(seconds=5.5)


async def test_a_provider_that_asks_to_be_left_alone_is(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.submission = NotAcceptedError("429", retry_after=600.0)

    await submitter.submit(job)

    due_at = await world.due_at(job.id)
    assert due_at is not None
    assert timedelta(minutes=10) <= due_at - START <= timedelta(minutes=11)


async def test_a_job_that_was_not_taken_is_taken_later(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.submission = NotAcceptedError("503")
    await submitter.submit(job)
    scripted.submission = Accepted("ref-7")
    world.clock.advance(seconds=10)

    await submitter.submit(await world.claim(job.id))

    assert (await world.job(job.id)).state is JobState.RENDERING


async def test_patience_with_a_provider_that_takes_nothing_ends(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.submission = NotAcceptedError("503")
    tries = 0
    current = job
    while current.state is JobState.RESERVED:
        await submitter.submit(current)
        tries += 1
        world.clock.advance(timedelta(minutes=3))
        claimed = await world.jobs.claim(1, LEASES)
        current = claimed[0] if claimed else await world.job(job.id)

    assert current.failure == Failure(
        FailureKind.PROVIDER_ERROR, Charge.NONE, "took no jobs for too long: 503"
    )
    assert len(scripted.submitted) == tries == 20


async def test_an_unknown_outcome_ends_the_job_and_is_never_tried_again(
    submitter: Submitter,
    scripted: ScriptedProvider,
    world: World,
    job: Job,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scripted.submission = OutcomeUnknownError("reply lost")

    await submitter.submit(job)

    assert (await world.job(job.id)).failure == Failure(
        FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, "reply lost"
    )
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert (await world.message(job.id, MessageKind.FAILURE)).state is MessageState.PENDING


async def test_a_refusal_is_the_end_as_the_provider_puts_it(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.submission = Failed(make_failure(), 500)

    await submitter.submit(job)

    moved = await world.job(job.id)
    assert (moved.failure, moved.cost_micros) == (make_failure(), 500)


async def test_an_error_outside_the_contract_leaves_the_row_submitting(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    scripted.submission = KeyError("surprise")

    with pytest.raises(KeyError):
        await submitter.submit(job)

    assert (await world.job(job.id)).state is JobState.SUBMITTING


async def test_a_job_somebody_else_moved_is_not_submitted(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    await world.jobs.cancel(job.id)

    with pytest.raises(StaleJobError):
        await submitter.submit(job)

    assert scripted.submitted == []


async def test_a_wish_to_cancel_during_the_call_is_heeded_after_it(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    async def cancel() -> None:
        await world.jobs.cancel(job.id)

    scripted.on_submit = cancel

    await submitter.submit(job)

    assert (await world.job(job.id)).failure == Failure(FailureKind.CANCELLED, Charge.POSSIBLE)
