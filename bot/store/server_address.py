"""Where a PostgreSQL server is, in the words of its own tools."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

_TLS: Final = "ssl"


def server_environment(url: str) -> Mapping[str, str]:
    """Return what pg_dump and its like read from their environment, the password among it.

    (PostgreSQL, "libpq: environment variables".) A command line would show it to everybody.
    """
    parsed = sa.make_url(url)
    given = {
        "PGHOST": parsed.host or _first(parsed.query.get("host")),
        "PGPORT": str(parsed.port) if parsed.port else _first(parsed.query.get("port")),
        "PGUSER": parsed.username,
        "PGPASSWORD": parsed.password,
        "PGDATABASE": parsed.database,
        "PGSSLMODE": _first(parsed.query.get(_TLS)),
    }
    return {name: value for name, value in given.items() if value}


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value[0] if isinstance(value, tuple) else value
