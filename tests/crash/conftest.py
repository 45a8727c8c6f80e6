"""Databases for lives: of SQLite, or of each engine in turn."""

from pathlib import Path

import pytest

from sandbox.crash.databases import Databases, PostgresDatabases, SqliteDatabases
from sandbox.postgres_server import PostgresServer
from tests.store.engines import TEMPLATE, Engine

LIVES = "lives"


@pytest.fixture
def files(sqlite_template: Path) -> SqliteDatabases:
    return SqliteDatabases(sqlite_template)


@pytest.fixture(scope="session")
def on_server(postgres: PostgresServer) -> PostgresDatabases:
    postgres.create(LIVES, template=TEMPLATE)
    postgres.let_check_itself(LIVES)
    return PostgresDatabases(postgres.url(LIVES))


@pytest.fixture
def databases(engine: Engine, request: pytest.FixtureRequest) -> Databases:
    chosen: Databases = request.getfixturevalue(
        "on_server" if engine.name == "postgres" else "files"
    )
    return chosen
