import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from bot.domain import JobState
from bot.errors import StoreUnavailableError
from bot.store.engines.engine import Database, open_database
from bot.store.migrate import migrate
from tests.factories import make_failure
from tests.store.engines import Engine
from tests.store.world import World

ADD = sa.text("INSERT INTO notes (note) VALUES (:note)")


@pytest.fixture
async def opened(engine: Engine) -> AsyncIterator[Database]:
    async with open_database(engine.empty()) as database:
        async with database.write() as connection:
            await connection.execute(sa.text("CREATE TABLE notes (note TEXT)"))
        yield database


async def add(database: Database, note: str) -> None:
    async with database.write() as connection:
        await connection.execute(ADD, {"note": note})


async def notes(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(sa.text("SELECT note FROM notes"))).scalars())


async def tables(database: Database) -> list[str]:
    async with database.read() as connection:
        return await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())


async def test_a_reader_can_not_write(opened: Database) -> None:
    with pytest.raises(StoreUnavailableError, match=r"read-?only"):
        async with opened.read() as connection:
            await connection.execute(ADD, {"note": "by a reader"})

    assert await notes(opened) == []


async def test_a_reader_sees_one_moment_while_others_write(opened: Database) -> None:
    async with opened.read() as connection:
        count = sa.text("SELECT count(*) FROM notes")
        before = (await connection.execute(count)).scalar_one()
        await add(opened, "meanwhile")
        after = (await connection.execute(count)).scalar_one()

    assert (before, after) == (0, 0)
    assert await notes(opened) == ["meanwhile"]


async def test_an_error_rolls_its_transaction_back_and_no_other(opened: Database) -> None:
    async def fail() -> None:
        async with opened.write() as connection:
            await connection.execute(ADD, {"note": "lost"})
            await asyncio.sleep(0)
            raise LookupError

    results = await asyncio.gather(fail(), add(opened, "kept"), return_exceptions=True)

    assert isinstance(results[0], LookupError)
    assert await notes(opened) == ["kept"]


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_a_task_cancelled_anywhere_in_a_transaction_leaves_none_open(
    opened: Database, steps: int
) -> None:
    async def write_two() -> None:
        async with opened.write() as connection:
            await connection.execute(ADD, {"note": "one"})
            await connection.execute(ADD, {"note": "two"})

    task = asyncio.create_task(write_two())
    for _ in range(steps):
        await asyncio.sleep(0.0001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await add(opened, "next")

    assert await notes(opened) in (["next"], ["one", "two", "next"])


async def test_a_task_cancelled_between_its_statements_changes_nothing(opened: Database) -> None:
    inside = asyncio.Event()

    async def write_and_wait() -> None:
        async with opened.write() as connection:
            await connection.execute(ADD, {"note": "lost"})
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await add(opened, "next")

    assert await notes(opened) == ["next"]


async def test_a_broken_statement_is_not_taken_for_a_database_that_is_away(
    opened: Database,
) -> None:
    async with opened.write() as connection:
        await connection.execute(sa.text("CREATE UNIQUE INDEX once ON notes (note)"))
    await add(opened, "twice")

    with pytest.raises(sa.exc.IntegrityError):
        await add(opened, "twice")

    assert await notes(opened) == ["twice"]


async def test_a_trial_of_writing_leaves_nothing_behind(opened: Database) -> None:
    await opened.try_writing()

    assert await tables(opened) == ["notes"]


async def test_two_processes_that_migrate_at_once_make_the_tables_once(engine: Engine) -> None:
    url = engine.empty()
    async with open_database(url) as first, open_database(url) as second:
        revisions = await asyncio.gather(migrate(first), migrate(second))

        assert len(set(revisions)) == 1
        assert "jobs" in await tables(first)


async def test_what_an_engine_can_not_keep_does_not_keep_a_job_from_ending(world: World) -> None:
    job = await world.bring_to(JobState.RENDERING)

    await world.jobs.fail(job, make_failure(detail="half \ud83e and \0 nothing"))

    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert failure.detail == "half ? and ? nothing"
