"""The options by which a command of the sandbox works on PostgreSQL instead of SQLite."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Final

import typer

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.engines.engine import open_database, sqlite_path
from sandbox.postgres_server import PostgresUnavailableError, private_postgres

_DATABASE: Final = "sandbox"
_EXIT_UNAVAILABLE: Final = 69

Postgres = Annotated[
    bool, typer.Option("--postgres", help="On PostgreSQL, with a server of its own.")
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(help="On PostgreSQL, in this empty database: postgresql+asyncpg://user@host/name"),
]


@contextmanager
def postgres_url(url: str | None, *, is_private: bool) -> Iterator[str | None]:
    """Name the database to work on, which may be on a server of one's own; None is SQLite.

    What is wrong with it ends the command with a sentence.
    """
    with ExitStack() as stack:
        try:
            if url is not None:
                asyncio.run(_check(url))
            elif is_private:
                server = stack.enter_context(private_postgres())
                server.create(_DATABASE)
                server.let_check_itself(_DATABASE)
                url = server.url(_DATABASE)
        except (PostgresUnavailableError, ConfigurationError, StoreUnavailableError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(_EXIT_UNAVAILABLE) from None
        yield url


async def _check(url: str) -> None:
    if sqlite_path(url) is not None:
        raise ConfigurationError("--database-url is for PostgreSQL; without it SQLite is used.")
    async with open_database(url):
        pass
