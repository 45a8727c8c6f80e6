import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.engines.presence import Look, Presence, alone_at_once, be_present, worker_name
from bot.store.engines.server import make_engine
from sandbox.postgres_server import PostgresServer
from tests.manual_clock import PATIENCE_SECONDS, ManualClock
from tests.store.engines import PostgresEngine
from tests.store_postgres.test_server import cut_off


@asynccontextmanager
async def process(
    url: str, clock: ManualClock, worker: str, *, has_gateway: bool = False
) -> AsyncIterator[Presence]:
    async with be_present(url, worker, clock, has_gateway=has_gateway) as presence:
        await presence.look()
        yield presence


async def until_there_are(presence: Presence, count: int) -> Look:
    """Wait for the server: it notices within moments that a connection was closed."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            look = await presence.look()
            if len(look.living) == count:
                return look
            await asyncio.sleep(0.01)


def test_two_runs_have_two_names() -> None:
    assert worker_name() != worker_name()


async def test_processes_see_each_other_come_and_go(url: str, clock: ManualClock) -> None:
    async with process(url, clock, "first") as first:
        async with process(url, clock, "second"):
            both = await first.look()
        alone = await until_there_are(first, 1)

    assert (len(both.living), both.has("first"), both.has("second")) == (2, True, True)
    assert (len(alone.living), alone.has("first"), alone.has("second")) == (1, True, False)


async def test_processes_of_another_database_are_not_seen(
    postgres_engine: PostgresEngine, url: str, clock: ManualClock
) -> None:
    async with (
        process(url, clock, "first") as first,
        process(postgres_engine.migrated(), clock, "second"),
    ):
        look = await first.look()

    assert not look.has("second")


async def test_a_process_whose_connection_broke_comes_back(
    postgres_engine: PostgresEngine, url: str, clock: ManualClock
) -> None:
    async with process(url, clock, "first", has_gateway=True) as first:
        cut_off(postgres_engine.server, url)

        with pytest.raises(StoreUnavailableError, match="can't be reached"):
            await first.look()
        look = await first.look()

        assert (look.has("first"), look.is_ousted) == (True, False)
        async with be_present(url, "second", clock, has_gateway=False) as second:
            assert (await second.look()).has("first")


async def test_a_second_process_with_the_gateway_waits_until_the_first_has_ended(
    url: str, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def serve_as_second() -> None:
        async with process(url, clock, "second", has_gateway=True):
            pass

    async with process(url, clock, "first", has_gateway=True) as first:
        waiting = asyncio.create_task(serve_as_second())
        for _ in range(3):
            await clock.until_asleep()
            clock.advance(seconds=1)
            await asyncio.sleep(0)
        await clock.until_asleep()
        assert not waiting.done()
        assert not (await first.look()).has("second")
    while not waiting.done():
        clock.advance(seconds=1)
        await asyncio.sleep(0.01)
    await waiting

    said = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert said == ["Another process uses this database with the gateway; waiting"]


async def test_workers_without_the_gateway_do_not_wait(url: str, clock: ManualClock) -> None:
    async with (
        process(url, clock, "gateway", has_gateway=True) as first,
        process(url, clock, "one"),
        process(url, clock, "two") as last,
    ):
        looks = [await first.look(), await last.look()]

    assert [(len(look.living), look.is_ousted) for look in looks] == [(3, False), (3, False)]


async def test_a_process_that_lost_the_gateway_to_another_knows(
    postgres_engine: PostgresEngine, url: str, clock: ManualClock
) -> None:
    async with process(url, clock, "first", has_gateway=True) as first:
        cut_off(postgres_engine.server, url)
        async with process(url, clock, "second", has_gateway=True) as second:
            with pytest.raises(StoreUnavailableError):
                await first.look()

            assert (await first.look()).is_ousted
            assert not (await second.look()).is_ousted


async def test_a_connection_of_its_own_that_lingers_at_the_server_ousts_nobody(
    url: str, clock: ManualClock
) -> None:
    # What a cut cable leaves: the server still believes in the old connection.
    engine = make_engine(
        sa.make_url(url), timedelta(seconds=5), settings={}, isolation_level="AUTOCOMMIT"
    )
    async with process(url, clock, "first", has_gateway=True):
        again = Presence(engine, "first", has_gateway=True)
        look = await again.look()
        await again.leave()
    await engine.dispose()

    assert not look.is_ousted


async def test_a_server_that_is_away_makes_the_others_invisible(
    own_server: PostgresServer, clock: ManualClock
) -> None:
    async with process(own_server.url("bot"), clock, "first") as first:
        await asyncio.to_thread(own_server.stop)

        for _ in range(2):
            with pytest.raises(StoreUnavailableError):
                await first.look()


@pytest.mark.parametrize("has_gateway", [True, False])
async def test_a_process_that_starts_while_a_backup_is_restored_waits_for_its_end(
    url: str, clock: ManualClock, caplog: pytest.LogCaptureFixture, *, has_gateway: bool
) -> None:
    async def start() -> None:
        async with be_present(url, "first", clock, has_gateway=has_gateway):
            pass

    async with alone_at_once(url):
        starting = asyncio.create_task(start())
        for _ in range(2):
            await clock.until_asleep()
            clock.advance(seconds=1)
            await asyncio.sleep(0)
        await clock.until_asleep()
        assert not starting.done()
    while not starting.done():
        clock.advance(seconds=1)
        await asyncio.sleep(0.01)
    await starting

    said = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert said == ["A backup is being restored into this database; waiting"]


@pytest.mark.parametrize("has_gateway", [True, False])
async def test_a_process_that_comes_back_while_a_backup_is_restored_has_to_end(
    postgres_engine: PostgresEngine, url: str, clock: ManualClock, *, has_gateway: bool
) -> None:
    async with process(url, clock, "first", has_gateway=has_gateway) as first:
        cut_off(postgres_engine.server, url)
        async with alone_at_once(url):
            with pytest.raises(StoreUnavailableError):
                await first.look()

            assert (await first.look()).is_ousted


async def test_nobody_is_alone_beside_a_process_that_has_only_begun(
    url: str, clock: ManualClock
) -> None:
    async with be_present(url, "first", clock, has_gateway=False):
        with pytest.raises(ConfigurationError, match="Stop all its processes first"):
            async with alone_at_once(url):
                pass


async def test_nobody_is_alone_on_a_server_that_is_away(own_server: PostgresServer) -> None:
    await asyncio.to_thread(own_server.stop)

    with pytest.raises(StoreUnavailableError, match="can't be reached"):
        async with alone_at_once(own_server.url("bot")):
            pass
