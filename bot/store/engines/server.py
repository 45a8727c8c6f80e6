"""Connections to a PostgreSQL server, and what its errors mean for the bot."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import ConfigurationError, StoreUnavailableError

_CONNECTIONS: Final = 8
"""Of one process; a server allows a hundred to everybody unless it is told otherwise."""
_COMMAND_SECONDS: Final = 30
_PATIENCE: Final = timedelta(seconds=5)
_STATEMENT_AT_FAULT: Final[dict[str, type[sa.exc.DatabaseError]]] = {
    # Classes of PostgreSQL's error codes (its manual, appendix A).
    "22": sa.exc.DataError,
    "23": sa.exc.IntegrityError,
}
_BAD_OPTION: Final = (
    "DATABASE_URL has an option that can't be used. Leave out what follows the `?`."
)
_OPERATORS_TO_MEND: Final = ("28", "3D")
"""A login that is refused, a database that is not there."""


@asynccontextmanager
async def open_server(url: sa.URL, patience: timedelta) -> AsyncIterator[AsyncEngine]:
    """Open a pool, and see that it leads to a database that the bot can use.

    A transaction has `patience` with the server, and with others that hold a row; the server
    ends it when its process was stopped inside it.

    Raises:
        ConfigurationError: The server refuses the login, or the database will not do.
        StoreUnavailableError: The server can't be reached.
    """
    engine = make_engine(
        url,
        patience,
        settings={
            "lock_timeout": f"{patience.total_seconds() * 1000:.0f}ms",
            "idle_in_transaction_session_timeout": "60s",
        },
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_COMMAND_SECONDS,
        pool_pre_ping=True,
    )
    try:
        await _check(engine)
        yield engine
    finally:
        await engine.dispose()


def make_engine(
    url: sa.URL, patience: timedelta, *, settings: dict[str, str], **pool: object
) -> AsyncEngine:
    """Return an engine whose connections give up in time, in the bot's name.

    Raises:
        ConfigurationError: The address will not do.
    """
    if not url.database or url.get_driver_name() != "asyncpg":
        raise ConfigurationError(
            "DATABASE_URL will not do. PostgreSQL's looks like "
            "postgresql+asyncpg://user:password@host/database"
        )
    return create_async_engine(
        url,
        hide_parameters=True,  # prompts and signed addresses are among them
        connect_args={
            "timeout": patience.total_seconds(),
            "command_timeout": _COMMAND_SECONDS,
            "server_settings": {"application_name": "grok-bot", **settings},
        },
        **pool,
    )


async def server_major(url: str) -> int:
    """Return the first number of the server's version.

    Raises:
        ConfigurationError: The address will not do.
        StoreUnavailableError: The server can't be reached.
    """
    engine = make_engine(sa.make_url(url), _PATIENCE, settings={}, poolclass=sa.pool.NullPool)
    try:
        with server_errors("reached"):
            async with engine.connect() as connection:
                asked = await connection.execute(sa.text("SHOW server_version_num"))
                return int(asked.scalar_one()) // 10_000
    finally:
        await engine.dispose()


@contextmanager
def server_errors(what: str) -> Iterator[None]:
    """Turn the driver's errors into ours, without the rows that PostgreSQL quotes in them."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _meaning(error, what) from None
    except (sa.exc.TimeoutError, OSError, TimeoutError) as error:
        raise StoreUnavailableError(f"The database can't be {what}: {_in_words(error)}") from None


async def _check(engine: AsyncEngine) -> None:
    try:
        async with engine.connect() as connection:
            asked = await connection.execute(sa.text("SHOW server_encoding"))
            encoding = asked.scalar_one()
    except sa.exc.DBAPIError as error:
        if _code(error)[:2] in _OPERATORS_TO_MEND:
            raise ConfigurationError(
                f"The database can't be opened: {_in_words(error)}. Correct DATABASE_URL."
            ) from None
        if isinstance(_driver_error(error), ValueError):
            raise ConfigurationError(_BAD_OPTION) from None
        raise _meaning(error, "reached") from None
    except (OSError, TimeoutError) as error:
        raise StoreUnavailableError(f"The database can't be reached: {_in_words(error)}") from None
    except (TypeError, ValueError):
        raise ConfigurationError(_BAD_OPTION) from None
    if encoding != "UTF8":
        raise ConfigurationError(
            f"The database keeps text as {encoding}; prompts need one that was made with "
            "ENCODING 'UTF8'."
        )


def _meaning(error: sa.exc.DBAPIError, what: str) -> Exception:
    """Tell a statement that is at fault from a server that is away."""
    code = _code(error)
    at_fault = _STATEMENT_AT_FAULT.get(code[:2])
    if at_fault is not None:
        return at_fault(error.statement, None, _Told(_in_words(error)), hide_parameters=True)
    return StoreUnavailableError(f"The database can't be {what}: {_in_words(error)}")


class _Told(Exception):  # noqa: N818 - stands where SQLAlchemy keeps the driver's own error
    """What a server said, without the row that it said it about."""


def _code(error: sa.exc.DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def _driver_error(error: sa.exc.DBAPIError) -> BaseException | None:
    return None if error.orig is None else error.orig.__cause__


def _in_words(error: BaseException) -> str:
    if isinstance(error, sa.exc.DBAPIError):
        code, said = _code(error), _driver_error(error)
        if code.startswith("22"):
            return f"a value was refused (SQLSTATE {code})"  # the text may quote it
        # The first argument: what `str` adds are the details, such as the whole row.
        return str(said.args[0]) if said is not None and said.args else "the connection broke"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or "no answer in time"
