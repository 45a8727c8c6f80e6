"""Insert a row, or see to the one that is there: one statement, whoever does so meanwhile."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_change(
    dialect: sa.Dialect, table: sa.Table, row: Mapping[str, Any], change: Mapping[str, Any]
) -> sa.Insert:
    """Insert `row`; where its key is taken already, make `change` to the row that has it."""
    if dialect.name == "postgresql":
        return (
            postgresql.insert(table)
            .values(row)
            .on_conflict_do_update(index_elements=list(table.primary_key), set_=change)
        )
    return (
        sqlite.insert(table)
        .values(row)
        .on_conflict_do_update(index_elements=list(table.primary_key), set_=change)
    )


def insert_or_leave(dialect: sa.Dialect, table: sa.Table, row: Mapping[str, Any]) -> sa.Insert:
    """Insert `row`, unless its key is taken already."""
    if dialect.name == "postgresql":
        return postgresql.insert(table).values(row).on_conflict_do_nothing()
    return sqlite.insert(table).values(row).on_conflict_do_nothing()
