"""The chain that the rows of the record make, and the search for the first that breaks it."""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import AuditRow
from bot.store.record.schema import audit, audit_head

GENESIS: Final = "0" * 64
"""What the first row has for the hash of the one before it."""
_PAGE: Final = 500
_SQLITE_MOMENT: Final = "%Y-%m-%d %H:%M:%S.%f"
_WORDS: Final = ("action", "target", "reason", "before", "after", "previous_hash", "hash")
_NUMBERS: Final = ("id", "guild_id")
_CHANGED: Final = "is not as it was written"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of checking the record."""

    rows: int
    """Those that are good, from the first on."""
    bad_row: int | None = None
    """The first that is not; None when all are."""
    problem: str = ""
    """What is wrong with it, to follow its number in a sentence."""
    last_hash: str = GENESIS
    """Of the last good row."""


def hash_of(row: AuditRow) -> str:
    """Return the hash of all that a row says, and of the row before it."""
    written = [
        row.id,
        row.at.astimezone(UTC).isoformat(),
        row.guild_id,
        row.actor_id,
        row.action,
        row.target,
        row.reason,
        row.before,
        row.after,
        row.previous_hash,
    ]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


async def check_chain(connection: AsyncConnection) -> Verdict:
    """Go through the record in one view of the database, a page at a time.

    Whoever can write to the database can seal a changed record anew from the changed row to the
    end. That is found by comparing with what was mirrored: each mirrored message has a hash.
    """
    rows, last_hash = 0, GENESIS
    async for row_id, row in _rows(connection):
        number = rows + 1
        if row_id != number:
            return Verdict(rows, *_misplaced(row_id, number), last_hash)
        if row is None or row.hash != hash_of(row):
            return Verdict(rows, number, _CHANGED, last_hash)
        if row.previous_hash != last_hash:
            return Verdict(max(rows - 1, 0), *_unlinked(number), last_hash)
        rows, last_hash = number, row.hash
    return await _check_end(connection, rows, last_hash)


def _misplaced(row_id: int, number: int) -> tuple[int, str]:
    if row_id < number:
        return row_id, "was added: the record begins with row 1"
    return number, "is missing"


def _unlinked(number: int) -> tuple[int, str]:
    if number == 1:
        return number, "is not the first that was written"
    # That row is whole by itself and names another one before it: that one was replaced.
    return number - 1, f"was replaced: row {number} was written after another one"


async def _check_end(connection: AsyncConnection, rows: int, last_hash: str) -> Verdict:
    columns = _readable(connection, audit_head)
    found = (await connection.execute(sa.select(*columns))).mappings().one_or_none()
    try:
        end = (0, GENESIS) if found is None else (_number(found["last_id"]), _text(found["hash"]))
    except ValueError:
        end = (0, "")
    last_id, noted_hash = end
    if last_id > rows:
        return Verdict(rows, rows + 1, "is missing", last_hash)
    if last_id < rows:
        problem = "was added, or the note of where the record ends (audit_head) was changed"
        return Verdict(max(last_id, 0), max(last_id, 0) + 1, problem, last_hash)
    if noted_hash != last_hash:
        problem = f"{_CHANGED}, or the note of where the record ends (audit_head) was changed"
        return Verdict(max(rows - 1, 0), rows, problem, last_hash)
    return Verdict(rows, last_hash=last_hash)


async def _rows(connection: AsyncConnection) -> AsyncIterator[tuple[int, AuditRow | None]]:
    """Yield each row with its id; None for one that nobody could have written."""
    columns = [audit.c.id.label("number"), *_readable(connection, audit)]
    last: int | None = None
    while True:
        after = sa.true() if last is None else audit.c.id > last
        statement = sa.select(*columns).where(after).order_by(audit.c.id).limit(_PAGE)
        page = (await connection.execute(statement)).mappings().all()
        for found in page:
            last = found["number"]
            yield found["number"], _row(found)
        if len(page) < _PAGE:
            return


def _readable(connection: AsyncConnection, table: sa.Table) -> list[sa.ColumnElement[Any]]:
    """Return the columns of a table so that none of them fails to be read.

    SQLite keeps anything in any column, such as bytes that are no text: there all are bytes.
    """
    if connection.dialect.name != "sqlite":
        return list(table.c)
    return [sa.cast(column, sa.LargeBinary).label(column.name) for column in table.c]


def _row(found: sa.RowMapping) -> AuditRow | None:
    try:
        read: dict[str, Any] = {name: _number(found[name]) for name in _NUMBERS}
        read |= {name: _text(found[name]) for name in _WORDS}
        actor_id = None if found["actor_id"] is None else _number(found["actor_id"])
        return AuditRow(at=_moment(found["at"]), actor_id=actor_id, **read)
    except ValueError:
        return None


def _text(value: object) -> str:
    match value:
        case str():
            return value
        case bytes():
            return value.decode()
    raise ValueError("nothing is there")


def _number(value: object) -> int:
    match value:
        case int():
            return value
        case bytes() if str(int(value)).encode() == value:
            return int(value)
    raise ValueError("no number is there")


def _moment(value: object) -> datetime:
    """Read a moment that is written as we write it, to the letter."""
    match value:
        case datetime():
            return value
    written = _text(value)
    moment = datetime.strptime(written, _SQLITE_MOMENT).replace(tzinfo=UTC)
    if moment.strftime(_SQLITE_MOMENT) != written:
        raise ValueError("not as we write it")
    return moment
