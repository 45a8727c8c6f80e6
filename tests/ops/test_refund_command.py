from collections.abc import AsyncIterator

import pytest

from bot.domain import Charge, FailureKind, JobState
from bot.errors import BotError, ConfigurationError
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from tests.factories import make_failure
from tests.manual_clock import ManualClock
from tests.ops.trial_desk import Desk
from tests.store.world import World, make_world


@pytest.fixture
async def world(desk: Desk) -> AsyncIterator[World]:
    async with open_database(f"sqlite+aiosqlite:///{desk.folder}/data/bot.sqlite3") as database:
        await migrate(database)
        yield make_world(database, ManualClock())


async def test_the_operator_gives_back_what_was_not_charged(world: World, desk: Desk) -> None:
    job = await world.bring_to(JobState.SUBMITTING)
    await world.jobs.fail(job, make_failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE))

    result = await desk.run("refund", f" {job.id.upper()} ", "--reason", "not on the bill")
    again = await desk.run("refund", job.id, "--reason", "not on the bill")

    assert result.output == f"Given back for job {job.id}: 1 job, 6 s of video, no money.\n"
    assert isinstance(again.exception, BotError)
    assert "nothing to give back" in str(again.exception)


async def test_without_a_reason_or_a_database_nothing_is_given_back(desk: Desk) -> None:
    nameless = await desk.run("refund", "job0000001")
    empty = await desk.run("refund", "job0000001", "--reason", "  ")
    nowhere = await desk.run("refund", "job0000001", "--reason", "why")

    assert nameless.exit_code == 2
    assert "needs a reason" in str(empty.exception)
    assert isinstance(nowhere.exception, ConfigurationError)
