"""What all tables share: their column types, their naming, and the list that they are in."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware UTC moment on every engine; SQLite itself keeps no zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn an aware moment into what the engine stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone can't be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ANN401 - SQLAlchemy's own signature
        """Turn what the engine stored into an aware moment."""
        if value is None:
            return None
        assert isinstance(value, datetime)  # noqa: S101 - the column's type, said for mypy
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Wording(sa.TypeDecorator[str]):
    """Text of people and providers, without the few characters that an engine can't keep."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Write what can be kept."""
        return None if value is None else kept(value)


def kept(text: str) -> str:
    """Replace half characters, which are no UTF-8, and NUL, which PostgreSQL refuses."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")


NAMING: Final = {
    "ix": "%(table_name)s_%(column_0_N_name)s",
    "uq": "%(table_name)s_%(column_0_N_name)s_unique",
    "ck": "%(table_name)s_%(constraint_name)s",
    "fk": "%(table_name)s_%(column_0_N_name)s_of_%(referred_table_name)s",
    "pk": "%(table_name)s_key",
}
metadata: Final = sa.MetaData(naming_convention=NAMING)


def one_of(column: str, values: type[StrEnum]) -> str:
    """Write the condition that a column has one of the values of an enum."""
    words = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({words})"
