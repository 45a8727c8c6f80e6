from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

import bot.store.migrate
from bot.domain import Job, JobState, MessageKind, MessageState, Mode
from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.engines.engine import Database, open_database
from bot.store.migrate import migrate, pending_migrations
from bot.store.questions import JobQuestions
from bot.store.rows import message_from
from bot.store.schema import outbox
from bot.store.tables import metadata
from tests.manual_clock import START
from tests.store.engines import Engine

FIRST = "0001"
FOX = {
    "key": "references/a-1.png",
    "media_type": "image/png",
    "size_bytes": 9,
    "width": 64,
    "height": 48,
}
WORKING = {JobState.RESERVED, JobState.SUBMITTING, JobState.RENDERING, JobState.RENDERED}
WITH_FILE = {JobState.STORED, JobState.POSTED}
OVER = {JobState.FAILED, JobState.TOLD}


@pytest.fixture
async def empty(engine: Engine) -> AsyncIterator[Database]:
    async with open_database(engine.empty()) as opened:
        yield opened


def differences(connection: sa.Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def check_texts(connection: sa.Connection) -> set[tuple[str, str]]:
    inspector = sa.inspect(connection)
    return {
        (str(check["name"]), " ".join(check["sqltext"].split()))
        for table in metadata.tables
        for check in inspector.get_check_constraints(table)
    }


async def test_the_migrations_make_what_the_schema_says(empty: Database) -> None:
    await migrate(empty)

    async with empty.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_migrations_make_the_checks_that_the_schema_says(empty: Database) -> None:
    await migrate(empty)
    async with empty.read() as connection:
        migrated = await connection.run_sync(check_texts)

    async with empty.write() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        declared = await connection.run_sync(check_texts)

    assert migrated == declared
    assert len(migrated) == 52


async def test_an_empty_database_has_every_migration_pending(empty: Database) -> None:
    before = await pending_migrations(empty)
    revision = await migrate(empty)

    assert before >= 1
    assert revision == "0008"
    assert await pending_migrations(empty) == 0


async def test_counting_what_is_pending_changes_nothing(empty: Database) -> None:
    await pending_migrations(empty)

    async with empty.read() as connection:
        assert await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()) == []


async def test_migrating_twice_is_the_same_as_once(database: Database) -> None:
    assert await migrate(database) == await migrate(database)


async def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(ConfigurationError, match="newer version"):
        await migrate(database)
    with pytest.raises(ConfigurationError, match="newer version"):
        await pending_migrations(database)


async def test_a_migration_that_breaks_leaves_nothing_behind(empty: Database) -> None:
    async with empty.write() as connection:
        # The last table of the last migration is in the way.
        await connection.execute(sa.text("CREATE TABLE pauses (name TEXT)"))

    with pytest.raises((StoreUnavailableError, sa.exc.SQLAlchemyError)):
        await migrate(empty)

    async with empty.read() as connection:
        names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    assert names == ["pauses"]


def upgrade_to(connection: sa.Connection, revision: str) -> None:
    config = Config()
    folder = Path(bot.store.migrate.__file__).with_name("migrations")
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def row_of_the_first_version(
    number: int, state: JobState, images: Sequence[object]
) -> dict[str, object]:
    """Write a job as the first version left it; nothing here comes from the present schema."""
    is_taken = state not in {JobState.RESERVED, JobState.SUBMITTING}
    return {
        "id": f"job-{number}",
        "interaction_id": number,
        "guild_id": 1,
        "channel_id": 2,
        "requester_id": 3,
        "provider": "geeknow",
        "model": "grok-video-3",
        "prompt": "a fox",
        "seconds": 6,
        "resolution": "720p",
        "aspect_ratio": None if images else "3:2",
        "reference_images": images,
        "state": state,
        "failure": "refused" if state in OVER else None,
        "charge": "possible" if state in OVER else None,
        "provider_ref": f"ref-{number}" if is_taken else None,
        "file_key": "results/a.mp4" if state in WITH_FILE else None,
        "file_bytes": 1000 if state in WITH_FILE else None,
        "file_sha256": "ab" * 32 if state in WITH_FILE else None,
        "file_seconds": 6.0 if state in WITH_FILE else None,
        "file_width": 96 if state in WITH_FILE else None,
        "file_height": 64 if state in WITH_FILE else None,
        "due_at": START if state in WORKING else None,
        "created_at": START,
        "updated_at": START,
        "submitted_at": None if state is JobState.RESERVED else START,
    }


def fill_first_version(connection: sa.Connection, rows: list[dict[str, object]]) -> None:
    upgrade_to(connection, FIRST)
    jobs = sa.Table("jobs", sa.MetaData(), autoload_with=connection)
    connection.execute(sa.insert(jobs), rows)


async def test_the_jobs_of_the_first_version_are_read_by_this_one(empty: Database) -> None:
    kinds = [(state, images) for state in JobState for images in ([], [FOX])]
    rows = [row_of_the_first_version(number, *kind) for number, kind in enumerate(kinds)]
    async with empty.write() as connection:
        await connection.run_sync(fill_first_version, rows)

    await migrate(empty)

    jobs = [await JobQuestions(empty).job(f"job-{number}") for number in range(len(rows))]
    assert [read_back(job) for job in jobs] == [
        (state, len(images), Mode.REFERENCES if images else Mode.TEXT) for state, images in kinds
    ]
    for job, row in zip(jobs, rows, strict=True):
        assert job is not None
        assert (job.provider_ref, job.alternatives, job.look) == (row["provider_ref"], (), None)
        assert (job.estimate_micros, job.cost_micros, job.source_id) == (None, None, None)
        assert (job.video is None, job.failure is None) == (
            row["file_key"] is None,
            row["failure"] is None,
        )


async def test_what_an_older_version_owed_or_posted_is_the_same_after_the_migration(
    empty: Database,
) -> None:
    row = row_of_the_first_version(1, JobState.RESERVED, []) | {"id": "job0000001"}
    message = {"job_id": row["id"], "channel_id": 2, "created_at": START}
    posted = message | {"kind": "card", "state": "sent", "message_id": 900, "due_at": None}
    owed = message | {"kind": "failure", "state": "pending", "message_id": None, "due_at": START}

    def fill(connection: sa.Connection) -> None:
        fill_first_version(connection, [row])
        table = sa.Table("outbox", sa.MetaData(), autoload_with=connection)
        connection.execute(sa.insert(table), [posted, owed])

    async with empty.write() as connection:
        await connection.run_sync(fill)

    await migrate(empty)

    async with empty.read() as connection:
        rows = (await connection.execute(sa.select(outbox).order_by(outbox.c.kind))).mappings()
        card, failure = map(message_from, rows)
    assert (card.kind, card.state, card.message_id) == (MessageKind.CARD, MessageState.SENT, 900)
    assert (card.sequence, card.place, card.tried_at) == (0, None, None)
    assert (failure.state, failure.nonce) == (MessageState.PENDING, "grok-job0000001-f")


def read_back(job: Job | None) -> tuple[JobState, int, Mode] | None:
    return None if job is None else (job.state, len(job.references), job.spec.mode)
