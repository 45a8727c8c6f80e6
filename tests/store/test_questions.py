from datetime import timedelta

from bot.domain import JobState, MessageKind
from bot.store.engines.engine import Database
from bot.store.markers import MarkerStore
from tests.factories import GUILD, REQUESTER, make_job_id, make_origin
from tests.manual_clock import START, ManualClock
from tests.store.world import World


async def test_a_job_is_found_by_its_own_id_only(world: World) -> None:
    job = await world.reserve()

    assert await world.questions.job(job.id) == job
    assert await world.questions.job("nosuchjob0") is None
    assert await world.questions.job("%") is None


async def test_a_members_running_jobs_come_first_and_then_the_newest(world: World) -> None:
    for number, state in enumerate(
        (JobState.RENDERING, JobState.TOLD, JobState.POSTED, JobState.FAILED), start=1
    ):
        await world.bring_to(state, number)
        world.clock.advance(seconds=1)

    found = await world.questions.of_member(GUILD, REQUESTER, limit=10)

    assert [job.id for job in found] == [make_job_id(number) for number in (4, 1, 3, 2)]


async def test_a_members_list_ends_at_its_limit(world: World) -> None:
    for number in range(1, 5):
        await world.reserve(number)
        world.clock.advance(seconds=1)

    found = await world.questions.of_member(GUILD, REQUESTER, limit=2)

    assert [job.id for job in found] == [make_job_id(4), make_job_id(3)]


async def test_a_members_list_holds_nothing_of_others_or_of_other_servers(world: World) -> None:
    mine = await world.reserve(1)
    await world.reserve(2, origin=make_origin(2, requester_id=REQUESTER + 1))
    await world.reserve(3, origin=make_origin(3, guild_id=GUILD + 1))

    assert await world.questions.of_member(GUILD, REQUESTER, limit=10) == [mine]


async def test_the_history_of_a_job_is_told_in_order(world: World) -> None:
    await world.reserve(2)
    job = await world.bring_to(JobState.RESERVED)
    world.clock.advance(seconds=5)
    submitting = await world.jobs.start_submitting(job)
    await world.jobs.mark_rendering(submitting, "ref-9", world.clock.now())

    history = await world.questions.history(job.id)

    later = START + timedelta(seconds=5)
    assert history == [
        (START, "reserved", None),
        (later, "submitting", None),
        (later, "rendering", "ref-9"),
    ]


async def test_nothing_is_due_in_an_empty_database(world: World) -> None:
    assert await world.questions.next_due_at() is None


async def test_the_next_step_may_be_a_job_or_a_message(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)
    card = await world.begin_sending(job.id, MessageKind.CARD)
    await world.jobs.postpone(job, START + timedelta(minutes=2))
    await world.outbox.retry(card, START + timedelta(minutes=3), problem="away")
    by_job = await world.questions.next_due_at()
    await world.jobs.cancel(job.id)

    by_message = await world.questions.next_due_at()

    assert by_job == START + timedelta(minutes=2)
    assert by_message == START


async def test_a_marker_outlives_its_store(database: Database, clock: ManualClock) -> None:
    await MarkerStore(database, clock).set("commands", "hash-1")

    assert await MarkerStore(database, clock).get("commands") == "hash-1"


async def test_a_marker_is_written_over(database: Database, clock: ManualClock) -> None:
    markers = MarkerStore(database, clock)
    await markers.set("commands", "hash-1")
    await markers.set("other", "untouched")

    await markers.set("commands", "hash-2")

    assert await markers.get("commands") == "hash-2"
    assert await markers.get("other") == "untouched"


async def test_a_marker_that_was_never_set_is_none(database: Database, clock: ManualClock) -> None:
    assert await MarkerStore(database, clock).get("commands") is None
