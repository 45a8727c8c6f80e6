"""What is about PostgreSQL itself; what holds on any engine is in tests/store."""

import asyncio
import traceback
from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from bot.errors import BotError, ConfigurationError, StoreUnavailableError
from bot.store.engines.engine import Database, open_database
from bot.store.schema import markers
from sandbox.postgres_server import PostgresServer
from tests.factories import make_job_id, make_valid_request
from tests.manual_clock import START, ManualClock
from tests.store.engines import PostgresEngine
from tests.store.world import make_world

TOO_LONG = "secret " * 9
ODD_WORD = "pass/word?with#signs%and@more"


async def ask(database: Database) -> int:
    async with database.read() as connection:
        found: int = (await connection.execute(sa.text("SELECT 1"))).scalar_one()
        return found


async def refused(url: str) -> BotError:
    with pytest.raises(BotError) as caught:
        async with open_database(url):
            pass
    return caught.value


def everything_said(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


async def test_a_commit_is_on_the_disk_before_anybody_acts_on_it(url: str) -> None:
    async with open_database(url) as database, database.write() as connection:
        shown = [
            (await connection.execute(sa.text(f"SHOW {name}"))).scalar_one()
            for name in ("transaction_isolation", "transaction_read_only", "application_name")
        ]

    assert shown == ["read committed", "off", "grok-bot"]


async def test_a_password_with_every_sign_opens_the_database_when_it_is_quoted(
    postgres_engine: PostgresEngine, url: str
) -> None:
    server = postgres_engine.server
    server.execute(f"CREATE ROLE odd LOGIN PASSWORD '{ODD_WORD}'")
    own = url.replace(f"grok:{server.password}", f"odd:{quote(ODD_WORD, safe='')}")

    async with open_database(own) as database:
        answer = await ask(database)

    assert answer == 1


@pytest.mark.parametrize("what", ["password", "database", "user"])
async def test_a_login_that_is_refused_is_the_operators_to_mend(
    postgres_engine: PostgresEngine, url: str, what: str
) -> None:
    wrong = {
        "password": url.replace(postgres_engine.server.password, "a-wrong-secret"),
        "database": url.rpartition("/")[0] + "/nowhere",
        "user": url.replace("//grok:", "//nobody:"),
    }[what]

    error = await refused(wrong)

    assert isinstance(error, ConfigurationError)
    assert "Correct DATABASE_URL" in str(error)
    for secret in ("a-wrong-secret", postgres_engine.server.password):
        assert secret not in everything_said(error)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://bot:a-secret@db.example/bot", "postgresql+asyncpg://"),
        ("postgresql+asyncpg://bot:a-secret@db.example", "will not do"),
        ("postgresql+asyncpg://bot:a-secret@127.0.0.1:1/bot?speed=high", "an option"),
        ("postgresql+asyncpg://bot:a-secret@127.0.0.1:1/bot?ssl=perhaps", "an option"),
        ("postgresql+asyncpg://bot:a-secret@127.0.0.1:port/bot", "can't be read"),
    ],
)
async def test_an_address_that_will_not_do_is_said_without_its_password(
    url: str, said: str
) -> None:
    error = await refused(url)

    assert isinstance(error, ConfigurationError)
    assert said in str(error)
    assert "a-secret" not in everything_said(error)


async def test_a_server_that_is_not_there_may_come_back() -> None:
    error = await refused("postgresql+asyncpg://bot:a-secret@127.0.0.1:1/bot")

    assert isinstance(error, StoreUnavailableError)
    assert "can't be reached" in str(error)
    assert "a-secret" not in everything_said(error)


async def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    silence = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silence.wait()
        writer.close()

    listener = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    address = "{}:{}".format(*listener.sockets[0].getsockname())
    with pytest.raises(StoreUnavailableError, match="no answer in time"):
        async with open_database(
            f"postgresql+asyncpg://bot:a-secret@{address}/bot", patience=timedelta(seconds=0.1)
        ):
            pass
    silence.set()
    listener.close()
    await listener.wait_closed()


async def test_a_server_without_room_for_one_more_is_no_fault_of_the_settings(
    postgres_engine: PostgresEngine, url: str
) -> None:
    server = postgres_engine.server
    server.execute("CREATE ROLE crowded LOGIN PASSWORD 'crowded' CONNECTION LIMIT 0")

    error = await refused(url.replace(f"grok:{server.password}", "crowded:crowded"))

    assert isinstance(error, StoreUnavailableError)
    assert "too many connections" in str(error)


async def test_a_database_that_can_not_keep_every_character_is_refused(
    postgres_engine: PostgresEngine,
) -> None:
    name = postgres_engine.make(encoding="LATIN1")

    error = await refused(postgres_engine.server.url(name))

    assert isinstance(error, ConfigurationError)
    assert "LATIN1" in str(error)


async def test_a_server_that_starts_again_is_found_again(own_server: PostgresServer) -> None:
    async with open_database(own_server.url("bot")) as database:
        await ask(database)
        await asyncio.to_thread(own_server.stop)
        with pytest.raises(StoreUnavailableError, match="can't be read"):
            await ask(database)
        await asyncio.to_thread(own_server.start)

        assert await ask(database) == 1


async def test_a_connection_that_the_server_cut_is_replaced_unnoticed(
    postgres_engine: PostgresEngine, url: str
) -> None:
    async with open_database(url) as database:
        await ask(database)
        cut_off(postgres_engine.server, url)

        assert await ask(database) == 1


async def test_a_connection_that_breaks_in_a_transaction_makes_the_store_unavailable(
    postgres_engine: PostgresEngine, url: str
) -> None:
    async with open_database(url) as database:
        with pytest.raises(StoreUnavailableError, match="can't be written"):
            await write_while_it_breaks(database, postgres_engine.server, url)

        assert await ask(database) == 1


async def write_while_it_breaks(database: Database, server: PostgresServer, url: str) -> None:
    async with database.write() as connection:
        await connection.execute(sa.text("SELECT 1"))
        cut_off(server, url)
        await connection.execute(sa.text("SELECT 1"))


async def test_a_row_that_another_process_holds_is_waited_for_but_not_for_ever(url: str) -> None:
    row = {"name": "a", "value": "b", "updated_at": START}
    change = sa.update(markers).values(value="c")
    async with (
        open_database(url) as first,
        open_database(url, patience=timedelta(milliseconds=50)) as second,
    ):
        async with first.write() as connection:
            await connection.execute(sa.insert(markers).values(row))
        async with first.write() as holding:
            await holding.execute(change)
            with pytest.raises(StoreUnavailableError, match="lock timeout"):
                async with second.write() as connection:
                    await connection.execute(change)


async def test_a_role_that_may_not_write_is_told_by_a_trial(
    postgres_engine: PostgresEngine, url: str
) -> None:
    server = postgres_engine.server
    server.execute("CREATE ROLE reader LOGIN PASSWORD 'reading'")
    own = url.replace(f"grok:{server.password}", "reader:reading")

    async with open_database(own) as database:
        with pytest.raises(StoreUnavailableError, match="permission denied"):
            await database.try_writing()


async def test_an_error_does_not_quote_the_row_that_it_is_about(
    url: str, clock: ManualClock
) -> None:
    async with open_database(url) as database:
        world = make_world(database, clock)
        await world.put(make_job_id(), make_valid_request(prompt="A secret wish"), [])

        with pytest.raises(sa.exc.IntegrityError) as caught:
            await world.execute("UPDATE jobs SET seconds = 0")

    assert "jobs_counts_sane" in str(caught.value)
    assert "secret wish" not in everything_said(caught.value)


async def test_a_value_that_does_not_fit_is_not_quoted_either(url: str, clock: ManualClock) -> None:
    async with open_database(url) as database:
        world = make_world(database, clock)
        await world.reserve()

        with pytest.raises(sa.exc.DataError) as caught:
            await world.execute("UPDATE jobs SET look = :look", look=TOO_LONG)

    assert "SQLSTATE 22001" in str(caught.value)
    assert "secret" not in everything_said(caught.value)


def cut_off(server: PostgresServer, url: str) -> None:
    """End every connection to one database, as a restart or a firewall would."""
    name = url.rpartition("/")[2]
    server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"  # noqa: S608 - our own name
        f" WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
