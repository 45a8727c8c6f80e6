import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.domain import FailureKind, JobState, MessageKind, PauseReason
from bot.errors import ConfigurationError
from bot.ops.commands.jobs import read_jobs
from bot.settings import Settings
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from tests.factories import make_failure, make_spec, make_valid_request
from tests.manual_clock import ManualClock
from tests.ops.trial_desk import Desk
from tests.store.world import World, make_world

URL = "sqlite+aiosqlite:///data/bot.sqlite3"
SETTINGS = Settings(_env_file=None)
LONG = timedelta(hours=2)


@pytest.fixture
async def world(desk: Desk) -> AsyncIterator[World]:
    async with open_database(f"sqlite+aiosqlite:///{desk.folder}/data/bot.sqlite3") as database:
        await migrate(database)
        # The command reads the real clock.
        yield make_world(database, ManualClock(SystemClock().now()))


async def drop_cards(world: World) -> None:
    await world.execute("UPDATE outbox SET due_at = NULL, state = 'dropped' WHERE kind = 'card'")


async def make_geeknows(world: World) -> None:
    await world.execute("UPDATE jobs SET provider = 'geeknow', model = 'grok-video-3'")


async def waits_for(world: World) -> str:
    report = await read_jobs(SETTINGS, world.clock, only_stuck=False)
    (judged,) = report.jobs
    return judged.waits_for


async def concerns(world: World) -> tuple[str, ...]:
    report = await read_jobs(SETTINGS, world.clock, only_stuck=True)
    return tuple(concern for judged in report.jobs for concern in judged.concerns)


async def test_open_jobs_are_shown_with_what_they_wait_for(world: World, desk: Desk) -> None:
    await world.bring_to(JobState.RENDERING)
    await make_geeknows(world)
    await drop_cards(world)
    await world.execute("UPDATE jobs SET leased_by = NULL, progress = 40, attempts = 2")

    result = await desk.run("jobs")

    assert result.exit_code == 0, result.output
    assert "Open jobs" in result.output
    for cell in ("job0000001", "rendering", "ref-job0000001", "GeekNow to finish (40 %)"):
        assert cell in result.output


async def test_stuck_jobs_are_shown_with_the_concern_and_when_something_happens_next(
    world: World, desk: Desk
) -> None:
    world.clock.advance(-LONG)
    job = await world.bring_to(JobState.RENDERING)
    await world.jobs.postpone(job, SystemClock().now() + timedelta(minutes=30.5))
    world.clock.advance(LONG)
    await world.reserve(2)
    await make_geeknows(world)
    await drop_cards(world)

    result = await desk.run("jobs", "--stuck")

    assert "Jobs that a person should look at" in result.output
    assert "job0000002" not in result.output
    for cell in ("job0000001", "past the", "usual time", "in 30 min"):
        assert cell in result.output


async def test_without_open_jobs_that_is_said(world: World, desk: Desk) -> None:
    await world.bring_to(JobState.POSTED)
    await drop_cards(world)

    assert (await desk.run("jobs")).output == "No job is on its way.\n"
    assert (await desk.run("jobs", "--stuck")).output == "No job is stuck.\n"


async def test_a_paused_provider_is_named_below(world: World, desk: Desk) -> None:
    await world.pauses.pause("geeknow", PauseReason.CREDIT, "no")

    result = await desk.run("jobs", "--stuck")

    assert "No job is stuck." in result.output
    assert "UTC: its credit is used up" in result.output


async def test_what_each_state_waits_for_is_told(world: World) -> None:
    await world.reserve()
    await drop_cards(world)
    await make_geeknows(world)
    words = [await waits_for(world)]
    await world.execute("UPDATE jobs SET attempts = 3")
    words.append(await waits_for(world))
    await world.pauses.pause("geeknow", PauseReason.KEY, "no")
    words.append(await waits_for(world))
    job = await world.claim("job0000001")
    words.append(await waits_for(world))
    await world.jobs.start_submitting(job)
    await world.execute("UPDATE jobs SET leased_by = NULL")
    words.append(await waits_for(world))

    assert words == [
        "its turn",
        "another try at GeekNow",
        "GeekNow, which is paused: its key was refused",
        "the worker that has it",
        "the reply to the paid call",
    ]


async def test_a_file_and_a_message_that_are_waited_for_are_told(world: World) -> None:
    job = await world.bring_to(JobState.RENDERED)
    await drop_cards(world)
    await world.execute("UPDATE jobs SET leased_by = NULL")
    words = [await waits_for(world)]
    await world.jobs.fail(job, make_failure())
    words.append(await waits_for(world))
    message = await world.owed(job.id, MessageKind.FAILURE)
    await world.outbox.retry(message, world.clock.now(), problem="503 at [Discord]")
    words.append(await waits_for(world))

    assert words == [
        "its file from scripted",
        "its failure to be posted",
        "its failure to be posted: 503 at [Discord]",
    ]


async def test_a_job_in_doubt_is_listed_for_a_week_with_where_to_look(world: World) -> None:
    job = await world.bring_to(JobState.SUBMITTING)
    await world.jobs.fail(job, make_failure(FailureKind.OUTCOME_UNKNOWN))
    await world.execute("UPDATE outbox SET due_at = NULL, state = 'dropped'")
    await world.execute("UPDATE jobs SET state = 'told'")
    await make_geeknows(world)

    at_first = await concerns(world)
    world.clock.advance(timedelta(days=8))

    assert at_first == ("outcome unknown: look at the bill of GeekNow",)
    assert await concerns(world) == ()


async def test_a_job_in_doubt_that_owes_its_message_is_listed_once(world: World) -> None:
    job = await world.bring_to(JobState.SUBMITTING)
    await world.jobs.fail(job, make_failure(FailureKind.OUTCOME_UNKNOWN))
    await drop_cards(world)
    world.clock.advance(LONG)

    assert await concerns(world) == (
        "outcome unknown: look at the bill of scripted",
        "its failure is owed for long",
    )


@pytest.mark.parametrize(
    ("state", "concern"),
    [
        (JobState.RESERVED, "not submitted for long"),
        (JobState.SUBMITTING, "not submitted for long"),
        (JobState.RENDERING, "past the usual time"),
        (JobState.RENDERED, "past the usual time"),
        (JobState.STORED, "its result is owed for long"),
    ],
)
async def test_what_takes_too_long_is_a_concern(
    world: World, state: JobState, concern: str
) -> None:
    await world.bring_to(state)
    await make_geeknows(world)
    await drop_cards(world)

    at_first = await concerns(world)
    world.clock.advance(LONG)

    assert (at_first, await concerns(world)) == ((), (concern,))


async def test_a_job_of_a_provider_this_version_does_not_know_is_a_concern(world: World) -> None:
    await world.bring_to(JobState.RENDERING)
    await drop_cards(world)

    assert await concerns(world) == ("past the usual time",)


async def test_a_program_gets_everything_that_is_known(world: World, desk: Desk) -> None:
    request = make_valid_request()
    await world.reserve_request(request)
    await world.execute("UPDATE jobs SET estimate_micros = 420000")
    await world.pauses.pause("scripted", PauseReason.CREDIT, "no more")

    result = await desk.run("jobs", "--json")

    told = json.loads(result.output)
    (job,) = told["jobs"]
    assert (job["id"], job["state"], job["provider"]) == ("job0000001", "reserved", "scripted")
    assert (job["guild_id"], job["estimate_micros"], job["failure"]) == ("11", 420000, None)
    assert job["model"] == make_spec().model
    assert told["paused"][0]["reason"] == "credit"


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (timedelta(seconds=5), r"[0-9]+ s"),  # the command takes some itself
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=5, minutes=7), "5 h 7 min"),
        (timedelta(days=5, hours=7), "5 d 7 h"),
    ],
)
async def test_ages_are_in_the_words_people_use(
    world: World, desk: Desk, age: timedelta, shown: str
) -> None:
    world.clock.advance(-age)
    await world.bring_to(JobState.STORED)

    result = await desk.run("jobs")

    assert re.search(f" {shown} ", result.output)


async def test_without_a_database_there_is_nothing_to_list(desk: Desk) -> None:
    result = await desk.run("jobs")

    assert isinstance(result.exception, ConfigurationError)


async def test_a_database_of_an_older_version_is_left_alone(desk: Desk) -> None:
    async with open_database(URL):
        pass

    result = await desk.run("jobs")

    assert isinstance(result.exception, ConfigurationError)
    assert "Run grok-bot migrate" in str(result.exception)
