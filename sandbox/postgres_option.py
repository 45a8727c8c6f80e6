"""The options by which a command of the sandbox works on PostgreSQL instead of SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer

from bot.errors import ConfigurationError, StoreUnavailableError
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
    try:
        if url is not None or not is_private:
            yield url
            return
        with private_postgres() as server:
            server.create(_DATABASE)
            server.let_check_itself(_DATABASE)
            yield server.url(_DATABASE)
    except (PostgresUnavailableError, ConfigurationError, StoreUnavailableError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_EXIT_UNAVAILABLE) from None
