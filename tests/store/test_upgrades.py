"""Databases of every earlier version, with rows in them, become ones of this version."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.domain import JobState, MessageKind, Mode
from bot.store.engines.engine import Database, open_database
from bot.store.migrate import migrate, pending_migrations
from bot.store.tables import metadata
from tests.factories import make_job_id
from tests.manual_clock import START, ManualClock
from tests.store.engines import Engine
from tests.store.old_versions import EARLIER, NEWEST_FIRST, make_old
from tests.store.world import LEASES, make_world


@pytest.fixture
async def empty(engine: Engine) -> AsyncIterator[Database]:
    async with open_database(engine.empty()) as opened:
        yield opened


def differences(connection: sa.Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def test_there_are_earlier_versions() -> None:
    assert EARLIER[0] == "0001"
    assert NEWEST_FIRST[0] not in EARLIER


@pytest.mark.parametrize("revision", EARLIER)
async def test_a_database_of_an_earlier_version_becomes_one_of_this(
    empty: Database, revision: str
) -> None:
    await make_old(empty, revision)
    missing = await pending_migrations(empty)

    reached = await migrate(empty)

    assert missing == NEWEST_FIRST.index(revision)
    assert reached == NEWEST_FIRST[0]
    async with empty.read() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("revision", EARLIER)
async def test_its_jobs_go_on_and_are_as_they_were(empty: Database, revision: str) -> None:
    await make_old(empty, revision)
    await migrate(empty)
    world = make_world(empty, ManualClock(START + timedelta(hours=1)))

    claimed = await world.jobs.claim(8, LEASES)

    assert [(job.id, job.state, job.provider_ref) for job in claimed] == [
        (make_job_id(1), JobState.RENDERING, "ref-1")
    ]
    posted = await world.job(make_job_id(2))
    assert posted.video is not None
    assert (posted.spec.prompt, posted.spec.mode) == ("A fox in the snow", Mode.TEXT)
    assert (await world.owed(make_job_id(1), MessageKind.CARD)).first_at is None
    assert await world.events(make_job_id(1)) == ["reserved"]
