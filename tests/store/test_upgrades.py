"""Databases of every earlier version, with rows in them, become ones of this version."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import bot.store
from bot.domain import JobState, MessageKind, MessageState, Mode
from bot.store.engine import Database, open_database
from bot.store.migrate import migrate, pending_migrations
from bot.store.schema import job_events, jobs, metadata, outbox
from tests.factories import make_job_id
from tests.manual_clock import START, ManualClock
from tests.store.engines import Engine
from tests.store.world import LEASES, make_world

MIGRATIONS = Path(bot.store.__file__).with_name("migrations")
NEWEST_FIRST = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
EARLIER = NEWEST_FIRST[:0:-1]
OF_EVERY_VERSION = {
    "guild_id": 11,
    "channel_id": 22,
    "requester_id": 33,
    "provider": "geeknow",
    "model": "grok-video-3",
    "prompt": "A fox in the snow",
    "seconds": 6,
    "resolution": "720p",
    "reference_images": [],
    "created_at": START,
    "updated_at": START,
}


@pytest.fixture
async def empty(engine: Engine) -> AsyncIterator[Database]:
    async with open_database(engine.empty()) as opened:
        yield opened


async def make_old(database: Database, revision: str) -> None:
    """Make a database as that version left it, with a job on its way and one that is over."""

    def upgrade(connection: sa.Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    rendering = {
        "id": make_job_id(1),
        "interaction_id": 1,
        "state": JobState.RENDERING,
        "provider_ref": "ref-1",
        "submitted_at": START,
        "due_at": START,
        **OF_EVERY_VERSION,
    }
    posted = {
        "id": make_job_id(2),
        "interaction_id": 2,
        "state": JobState.POSTED,
        "provider_ref": "ref-2",
        "submitted_at": START,
        "file_key": "2026/11/job0000002.mp4",
        "file_bytes": 5,
        "file_sha256": "ab" * 32,
        "file_seconds": 6.0,
        "file_width": 16,
        "file_height": 9,
        **OF_EVERY_VERSION,
    }
    card = {
        "job_id": make_job_id(1),
        "kind": MessageKind.CARD,
        "state": MessageState.PENDING,
        "channel_id": 22,
        "due_at": START,
        "created_at": START,
    }
    async with database.write() as connection:
        await connection.run_sync(upgrade)
        await connection.execute(sa.insert(jobs).values(rendering))
        await connection.execute(sa.insert(jobs).values(posted))
        await connection.execute(sa.insert(outbox).values(card))
        event = {"job_id": make_job_id(1), "at": START, "event": "reserved"}
        await connection.execute(sa.insert(job_events).values(event))


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
