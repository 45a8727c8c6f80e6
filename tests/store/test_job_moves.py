from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain import (
    Charge,
    Failure,
    FailureKind,
    Job,
    JobState,
    MessageKind,
    MessageState,
)
from bot.errors import StaleJobError
from bot.store.schema import outbox
from tests.factories import make_failure, make_reference, make_video
from tests.manual_clock import START
from tests.store.world import World

LATER = START + timedelta(minutes=7)
Move = Callable[[World, Job], Awaitable[Job]]
MOVES: dict[str, tuple[JobState, Move]] = {
    "start_submitting": (JobState.RESERVED, lambda world, job: world.jobs.start_submitting(job)),
    "put_back": (
        JobState.SUBMITTING,
        lambda world, job: world.jobs.put_back(job, LATER, attempts=1, detail="busy"),
    ),
    "mark_rendering": (
        JobState.SUBMITTING,
        lambda world, job: world.jobs.mark_rendering(job, "ref-9", LATER),
    ),
    "mark_rendered": (
        JobState.RENDERING,
        lambda world, job: world.jobs.mark_rendered(job, "https://files.example/9.mp4"),
    ),
    "mark_stored": (
        JobState.RENDERED,
        lambda world, job: world.jobs.mark_stored(job, make_video()),
    ),
    "postpone": (JobState.RENDERING, lambda world, job: world.jobs.postpone(job, LATER)),
    "fail": (JobState.RENDERING, lambda world, job: world.jobs.fail(job, make_failure())),
}
ALLOWED_ELSEWHERE = {
    "postpone": {JobState.RESERVED, JobState.SUBMITTING, JobState.RENDERED},
    "fail": {
        JobState.RESERVED,
        JobState.SUBMITTING,
        JobState.RENDERED,
        JobState.STORED,
    },
}
WRONG_STATES = [
    (name, state)
    for name, (right, _) in MOVES.items()
    for state in JobState
    if state is not right and state not in ALLOWED_ELSEWHERE.get(name, set())
]


@pytest.mark.parametrize("name", MOVES)
async def test_a_move_works_from_its_own_state_and_lease(world: World, name: str) -> None:
    state, move = MOVES[name]
    job = await world.bring_to(state)
    world.clock.advance(seconds=1)

    moved = await move(world, job)

    assert await world.job(job.id) == moved
    assert moved.updated_at == START + timedelta(seconds=1)


@pytest.mark.parametrize(("name", "state"), WRONG_STATES)
async def test_a_job_that_is_in_another_state_by_now_is_left_alone(
    world: World, name: str, state: JobState
) -> None:
    right, move = MOVES[name]
    job = await world.bring_to(state)

    with pytest.raises(StaleJobError):
        await move(world, replace(job, state=right))

    assert await world.job(job.id) == job


@pytest.mark.parametrize(("name", "state"), WRONG_STATES)
async def test_no_move_begins_in_a_state_that_it_does_not_leave(
    world: World, name: str, state: JobState
) -> None:
    job = await world.bring_to(state)

    with pytest.raises((StaleJobError, sa.exc.IntegrityError)):
        await MOVES[name][1](world, job)

    assert await world.job(job.id) == job


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("is_elsewhere", [False, True], ids=["same state", "another state"])
async def test_a_worker_with_an_old_lease_changes_nothing(
    world: World, name: str, *, is_elsewhere: bool
) -> None:
    right, move = MOVES[name]
    job = await world.bring_to(JobState.STORED if is_elsewhere else right)

    with pytest.raises(StaleJobError):
        await move(world, replace(job, state=right, lease=job.lease - 1))

    assert await world.job(job.id) == job


async def test_submitting_is_dated_and_keeps_its_lease(world: World) -> None:
    job = await world.bring_to(JobState.RESERVED)
    lease_end = await world.due_at(job.id)
    world.clock.advance(seconds=3)

    moved = await world.jobs.start_submitting(job)

    assert moved.state is JobState.SUBMITTING
    assert moved.submitted_at == moved.updated_at == START + timedelta(seconds=3)
    assert moved.lease == job.lease
    assert await world.due_at(job.id) == lease_end


async def test_a_job_that_is_put_back_waits_and_counts_the_try(world: World) -> None:
    job = await world.bring_to(JobState.SUBMITTING)

    moved = await world.jobs.put_back(job, LATER, attempts=1, detail="429")

    assert (moved.state, moved.attempts, moved.submitted_at) == (JobState.RESERVED, 1, None)
    assert await world.due_at(job.id) == LATER
    assert (await world.questions.history(job.id))[-1] == (START, "put_back", "429")


async def test_rendering_begins_with_a_reference_and_no_counts(world: World) -> None:
    reserved = await world.bring_to(JobState.RESERVED)
    await world.jobs.postpone(reserved, world.clock.now(), attempts=4, misses=2)
    job = await world.jobs.start_submitting(await world.claim(reserved.id))

    moved = await world.jobs.mark_rendering(job, "ref-9", LATER)

    assert (moved.state, moved.provider_ref) == (JobState.RENDERING, "ref-9")
    assert (job.attempts, moved.attempts, moved.misses) == (4, 0, 0)
    assert await world.due_at(job.id) == LATER


@pytest.mark.parametrize(
    "state",
    [JobState.RESERVED, JobState.SUBMITTING, JobState.RENDERING, JobState.RENDERED],
)
async def test_a_postponed_job_stays_where_it_is(world: World, state: JobState) -> None:
    job = await world.bring_to(state)

    moved = await world.jobs.postpone(job, LATER, attempts=2, misses=1, progress=40)

    assert moved == replace(job, attempts=2, misses=1, progress=40)
    assert await world.due_at(job.id) == LATER


async def test_a_pause_without_news_keeps_the_percentage(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)
    told = await world.jobs.postpone(job, LATER, progress=40)

    moved = await world.jobs.postpone(told, LATER)

    assert moved.progress == 40


async def test_a_rendered_job_is_due_at_once(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)
    counted = await world.jobs.postpone(job, LATER, attempts=3, misses=1)

    moved = await world.jobs.mark_rendered(counted, None)

    assert (moved.state, moved.result_url, moved.progress) == (JobState.RENDERED, None, 100)
    assert (moved.attempts, moved.misses) == (0, 0)
    assert await world.due_at(job.id) == START


async def test_a_stored_job_owes_its_result_and_is_not_due_itself(world: World) -> None:
    job = await world.bring_to(JobState.RENDERED)

    moved = await world.jobs.mark_stored(job, make_video())

    assert (moved.state, moved.video, moved.attempts) == (JobState.STORED, make_video(), 0)
    assert await world.due_at(job.id) is None
    result = await world.message(job.id, MessageKind.RESULT)
    assert (result.state, result.channel_id) == (MessageState.PENDING, job.origin.channel_id)


@pytest.mark.parametrize(
    "state",
    [
        JobState.RESERVED,
        JobState.SUBMITTING,
        JobState.RENDERING,
        JobState.RENDERED,
        JobState.STORED,
    ],
)
async def test_a_failed_job_owes_the_reason(world: World, state: JobState) -> None:
    job = await world.bring_to(state)
    failure = Failure(FailureKind.LOST, Charge.MADE, "the file is gone")

    moved = await world.jobs.fail(job, failure)

    assert (moved.state, moved.failure) == (JobState.FAILED, failure)
    assert moved.lease == job.lease + 1
    assert await world.due_at(job.id) is None
    owed = await world.message(job.id, MessageKind.FAILURE)
    assert owed.state is MessageState.PENDING
    assert (await world.questions.history(job.id))[-1] == (
        START,
        "failed:lost",
        "the file is gone",
    )


async def test_a_failure_without_details_reads_back_the_same(world: World) -> None:
    job = await world.bring_to(JobState.RESERVED)

    moved = await world.jobs.fail(job, Failure(FailureKind.TIMED_OUT, Charge.POSSIBLE))

    assert moved.failure == Failure(FailureKind.TIMED_OUT, Charge.POSSIBLE)


async def test_the_end_and_the_owed_reason_are_one_commit(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)
    await occupy(world, job.id, MessageKind.FAILURE)

    with pytest.raises(sa.exc.IntegrityError):
        await world.jobs.fail(job, make_failure())

    assert await world.job(job.id) == job
    assert "failed:refused" not in await world.events(job.id)


async def test_the_stored_file_and_the_owed_result_are_one_commit(world: World) -> None:
    job = await world.bring_to(JobState.RENDERED)
    await occupy(world, job.id, MessageKind.RESULT)

    with pytest.raises(sa.exc.IntegrityError):
        await world.jobs.mark_stored(job, make_video())

    assert await world.job(job.id) == job
    assert "stored" not in await world.events(job.id)


async def test_everything_that_is_known_about_a_job_reads_back(world: World) -> None:
    references = (make_reference("references/a-1.jpg"), make_reference("references/a-2.jpg"))

    job = await world.bring_to(JobState.POSTED, references=references)

    assert job.references == references
    assert job.provider_ref == f"ref-{job.id}"
    assert job.video == make_video()
    assert await world.events(job.id) == [
        "reserved",
        "submitting",
        "rendering",
        "rendered",
        "stored",
        "sent:result",
        "posted",
    ]


async def test_a_moment_of_another_zone_is_the_same_moment(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)
    elsewhere = datetime.fromisoformat("2026-11-20T21:00:00.123456+09:00")

    await world.jobs.postpone(job, elsewhere)

    due_at = await world.due_at(job.id)
    assert due_at == elsewhere
    assert due_at is not None
    assert due_at.utcoffset() == timedelta(0)


async def test_a_moment_without_a_zone_is_refused(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)

    with pytest.raises(sa.exc.StatementError, match="without a zone"):
        await world.jobs.postpone(job, LATER.replace(tzinfo=None))

    assert await world.job(job.id) == job


async def occupy(world: World, job_id: str, kind: MessageKind) -> None:
    row = {"job_id": job_id, "kind": kind, "channel_id": 1, "created_at": START}
    async with world.database.write() as connection:
        await connection.execute(sa.insert(outbox).values(state=MessageState.DROPPED, **row))
