from collections.abc import Iterator

import pytest

from sandbox.postgres_server import PostgresServer, private_postgres
from tests.manual_clock import ManualClock
from tests.store.engines import PostgresEngine


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def url(postgres_engine: PostgresEngine) -> str:
    """Name a fresh database with this version's tables."""
    return postgres_engine.migrated()


@pytest.fixture
def own_server(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """Run one more server, which a test may stop."""
    request.getfixturevalue("postgres")  # skips the test where there is none
    with private_postgres() as server:
        server.create("bot")
        yield server
