"""Where a PostgreSQL server is, in the words of its own tools."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

_TLS: Final = "ssl"
_CONNECT_SECONDS: Final = "10"


def server_environment(url: str) -> Mapping[str, str]:
    """Return what pg_dump and its like read from their environment, the password among it.

    (PostgreSQL, "libpq: environment variables".) A command line would show it to everybody.
    What follows the `?` goes before the rest, as for the bot's own connections.
    """
    parsed = sa.make_url(url)
    query = parsed.query
    given = {
        "PGHOST": parsed.host or _first(query.get("host")),
        "PGPORT": str(parsed.port) if parsed.port else _first(query.get("port")),
        "PGUSER": _first(query.get("user")) or parsed.username,
        "PGPASSWORD": _first(query.get("password")) or parsed.password,
        "PGDATABASE": _first(query.get("database")) or parsed.database,
        "PGSSLMODE": _first(query.get(_TLS)),
        "PGCONNECT_TIMEOUT": _CONNECT_SECONDS,
    }
    return {name: value for name, value in given.items() if value}


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value[0] if isinstance(value, tuple) else value
