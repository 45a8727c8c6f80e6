import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain import JobState
from bot.errors import ConfigurationError, StoreUnavailableError
from bot.ops.backups.backup import back_up
from bot.ops.backups.postgres_dump import load, tables_in
from bot.ops.backups.restore import Restored, restore
from bot.settings import Settings
from bot.store.engines.engine import open_database
from bot.store.engines.presence import be_present
from bot.store.engines.restored import Reopened, make_way
from bot.store.migrate import migrate, pending_migrations
from bot.store.tables import metadata
from tests.manual_clock import ManualClock
from tests.store.engines import PostgresEngine
from tests.store.old_versions import EARLIER, NEWEST_FIRST, make_old
from tests.store.world import World, make_world


@pytest.fixture
def settings(postgres_engine: PostgresEngine, tmp_path: Path) -> Settings:
    return Settings(_env_file=None, database_url=postgres_engine.migrated(), data_dir=tmp_path)


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    async with open_database(settings.database_url) as database:
        yield make_world(database, ManualClock())


async def restored(settings: Settings, clock: ManualClock, backup: Path) -> Restored:
    clock.advance(seconds=1)
    return await restore(settings, clock, backup)


async def test_a_dump_takes_the_place_of_what_is_there_and_nothing_in_it_is_trusted(
    settings: Settings, world: World
) -> None:
    waiting = await world.reserve(1)
    backup = (await back_up(settings, world.clock)).path
    await world.reserve(2)

    done = await restored(settings, world.clock, backup)

    assert done.rows == Reopened(jobs=1, open=1, doubtful=1)
    assert (await world.job(waiting.id)).state is JobState.SUBMITTING
    assert done.aside is not None
    again = await restored(settings, world.clock, done.aside)
    assert again.rows == Reopened(jobs=2, open=2, doubtful=2)


@pytest.mark.parametrize("has_gateway", [True, False])
async def test_it_is_refused_while_any_process_runs(
    settings: Settings, world: World, *, has_gateway: bool
) -> None:
    backup = (await back_up(settings, world.clock)).path
    await world.reserve()

    async with be_present(settings.database_url, "another", world.clock, has_gateway=has_gateway):
        with pytest.raises(ConfigurationError, match="Stop all its processes first"):
            await restored(settings, world.clock, backup)

    assert (await world.job("job0000001")).state is JobState.RESERVED


@pytest.mark.parametrize("revision", EARLIER)
async def test_a_dump_of_an_older_version_is_brought_up_to_this_one(
    postgres_engine: PostgresEngine, settings: Settings, tmp_path: Path, revision: str
) -> None:
    old = settings.model_copy(update={"database_url": postgres_engine.empty()})
    async with open_database(old.database_url) as database:
        await make_old(database, revision)
    backup = (await back_up(old, ManualClock(), folder=tmp_path / "old")).path

    done = await restored(settings, ManualClock(), backup)

    assert done.rows == Reopened(jobs=2, open=1, doubtful=0)


async def test_a_dump_of_a_newer_version_changes_nothing(settings: Settings, world: World) -> None:
    await world.execute("UPDATE alembic_version SET version_num = '9999'")
    backup = (await back_up(settings, world.clock)).path
    newest = NEWEST_FIRST[0]
    await world.execute("UPDATE alembic_version SET version_num = :newest", newest=newest)
    await world.reserve()

    with pytest.raises(ConfigurationError, match="written by a newer version"):
        await restored(settings, world.clock, backup)

    assert (await world.job("job0000001")).state is JobState.RESERVED


async def test_a_dump_of_something_else_changes_nothing(
    postgres_engine: PostgresEngine, settings: Settings, tmp_path: Path
) -> None:
    other = settings.model_copy(update={"database_url": postgres_engine.empty()})
    backup = (await back_up(other, ManualClock(), folder=tmp_path / "other")).path

    with pytest.raises(ConfigurationError, match="has no tables of this bot"):
        await restored(settings, ManualClock(), backup)


async def test_what_is_no_dump_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.pgdump").write_bytes(b"something")

    with pytest.raises(ConfigurationError, match=r"a\.pgdump can't be used"):
        await restored(settings, ManualClock(), tmp_path / "a.pgdump")


async def test_a_dump_that_was_cut_off_changes_nothing(settings: Settings, world: World) -> None:
    await world.reserve(1)
    backup = (await back_up(settings, world.clock)).path
    await world.reserve(2)
    os.truncate(backup, backup.stat().st_size - 200)

    with pytest.raises(ConfigurationError, match=r"pgdump can't be used"):
        await restored(settings, world.clock, backup)

    assert (await world.job("job0000002")).state is JobState.RESERVED


async def test_what_goes_wrong_on_the_way_is_told_with_what_to_do(
    settings: Settings, world: World
) -> None:
    backup = (await back_up(settings, world.clock)).path
    await world.execute("CREATE TABLE guest (job_id TEXT REFERENCES jobs (id))")

    with pytest.raises(StoreUnavailableError, match="mend that and restore again"):
        await restored(settings, world.clock, backup)

    with pytest.raises(ConfigurationError, match="A restore was interrupted"):
        await migrate(world.database)
    await world.execute("DROP TABLE guest")
    await restored(settings, world.clock, backup)
    assert await migrate(world.database) == NEWEST_FIRST[0]


async def test_a_dump_that_was_loaded_and_not_made_safe_is_not_gone_on_from(
    settings: Settings, world: World
) -> None:
    await world.reserve()
    backup = (await back_up(settings, world.clock)).path
    await make_way(world.database, await tables_in(backup))
    await load(settings.database_url, backup)

    for begin in (migrate, pending_migrations):
        with pytest.raises(ConfigurationError, match="Run grok-bot restore again"):
            await begin(world.database)
    done = await restored(settings, world.clock, backup)

    assert done.rows == Reopened(jobs=1, open=1, doubtful=1)
    assert await pending_migrations(world.database) == 0


async def test_what_was_dumped_in_the_middle_of_a_restore_can_be_gone_back_to(
    settings: Settings, world: World
) -> None:
    await make_way(world.database, metadata.tables)
    aside = (await back_up(settings, world.clock)).path

    await restored(settings, world.clock, aside)

    assert await pending_migrations(world.database) == 0


async def test_a_server_without_tables_of_ours_takes_a_dump(
    postgres_engine: PostgresEngine, settings: Settings, world: World
) -> None:
    await world.bring_to(JobState.STORED)
    backup = (await back_up(settings, world.clock)).path
    fresh = settings.model_copy(update={"database_url": postgres_engine.empty()})

    done = await restored(fresh, world.clock, backup)

    assert done.rows == Reopened(jobs=1, open=1, doubtful=0)
    async with open_database(fresh.database_url) as database:
        assert await migrate(database) == NEWEST_FIRST[0]
        async with database.read() as connection:
            found = await connection.execute(sa.text("SELECT first_at FROM outbox"))
            assert None not in found.scalars().all()
