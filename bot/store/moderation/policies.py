"""Limits, policies, grants and blocks: each change is one commit with its line on record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import (
    EVERYWHERE,
    Asker,
    Change,
    Cost,
    LimitKind,
    PolicyName,
    Scope,
    Unit,
)
from bot.errors import InvalidRequestError
from bot.language import _
from bot.limits.facts import Facts
from bot.limits.listings import Edit
from bot.limits.rulebook import Rulebook
from bot.limits.values import check_amount, check_policy
from bot.store.engines.engine import Database
from bot.store.moderation.books import read_book, read_facts, read_language, read_reserved
from bot.store.moderation.policy_schema import limits, policies
from bot.store.record.audit import Entry, append
from bot.store.upsert import insert_or_change

_OPERATORS: Final = frozenset({Scope.EVERYWHERE, Scope.PERSON})


@dataclass(frozen=True, slots=True)
class Where:
    """The scope that is set: of a server, or of the operator."""

    guild_id: int
    scope: Scope
    target_id: int = 0

    @property
    def name(self) -> str:
        """Write it for the record."""
        return f"{self.scope}:{self.target_id}" if self.target_id else str(self.scope)


def server(guild_id: int) -> Where:
    """Return the scope of a whole server."""
    return Where(guild_id, Scope.SERVER, guild_id)


class PolicyStore:
    """The only code that changes what is allowed; `by_id` is the moderator, None the operator."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def book(self, guild_id: int) -> Rulebook:
        """Read everything that is set for a server, and by the operator for all of them."""
        async with self._database.read() as connection:
            return await read_book(connection, guild_id)

    async def language(self, guild_id: int) -> str | None:
        """Say what a server has chosen to be spoken in public; None when it has not."""
        async with self._database.read() as connection:
            return await read_language(connection, guild_id)

    async def facts(self, guild_id: int, asker: Asker, cost: Cost) -> Facts:
        """Read what a decision would be made on, for who asks what applies to whom.

        It decides nothing: only the transaction that inserts a job does.
        """
        async with self._database.read() as connection:
            return await read_facts(connection, guild_id, asker, cost, self._clock.now())

    async def reserved_micros(self, guild_id: int, kind: LimitKind) -> int:
        """Say how much of what a server has used belongs to jobs that are not over yet."""
        async with self._database.read() as connection:
            return await read_reserved(connection, guild_id, kind, self._clock.now())

    async def set_limit(
        self, where: Where, kind: LimitKind, unit: Unit, amount: int, by_id: int | None
    ) -> Change:
        """Set an amount.

        Raises:
            InvalidRequestError: It is negative or absurd, or not for this scope.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            entry = await put_limit(connection, where, kind, unit, amount, by_id, now)
            return await _on_record(connection, entry, now)

    async def remove_limit(
        self, where: Where, kind: LimitKind, unit: Unit, by_id: int | None
    ) -> Change:
        """Remove an amount; one that is not there changes nothing, and is not put on record."""
        async with self._database.write() as connection:
            entry = await drop_limit(connection, where, kind, unit, by_id)
            return await _on_record(connection, entry, self._clock.now())

    async def set_policy(
        self, where: Where, name: PolicyName, value: object, by_id: int | None
    ) -> Change:
        """Set what is allowed or done.

        Raises:
            InvalidRequestError: It takes no such value, or not in this scope.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            entry = await put_policy(connection, where, name, value, by_id, now)
            return await _on_record(connection, entry, now)

    async def remove_policy(self, where: Where, name: PolicyName, by_id: int | None) -> Change:
        """Go back to how it is when nothing is set."""
        async with self._database.write() as connection:
            entry = await drop_policy(connection, where, name, by_id)
            return await _on_record(connection, entry, self._clock.now())

    async def edit_policy(
        self, where: Where, name: PolicyName, edit: Edit, by_id: int | None
    ) -> Change:
        """Make something else of what is set, whatever others set meanwhile.

        Raises:
            InvalidRequestError: `edit` says no, or the policy does not take what it makes.
        """
        now = self._clock.now()
        key = {**_scope(where), "name": name}
        async with self._database.write() as connection:
            value = edit(await _value(connection, policies, key, policies.c.value))
            entry = (
                await drop_policy(connection, where, name, by_id)
                if value is None
                else await put_policy(connection, where, name, value, by_id, now)
            )
            return await _on_record(connection, entry, now)


async def put_limit(
    connection: AsyncConnection,
    where: Where,
    kind: LimitKind,
    unit: Unit,
    amount: int,
    by_id: int | None,
    now: datetime,
) -> Entry:
    """Write one amount, and return the line for the record, which the caller appends.

    Raises:
        InvalidRequestError: It is negative or absurd, or not for this scope.
    """
    _check_scope(where)
    key = {**_scope(where), "kind": kind, "unit": unit}
    values = {"amount": check_amount(kind, amount), "set_by_id": by_id, "set_at": now}
    before = await _value(connection, limits, key, limits.c.amount)
    await _put(connection, limits, key, values)
    return _entry("limit.set", where, by_id, f"{kind}/{unit}", before, amount)


async def drop_limit(
    connection: AsyncConnection, where: Where, kind: LimitKind, unit: Unit, by_id: int | None
) -> Entry | None:
    """Delete one amount, and return the line for the record; None when there was none."""
    key = {**_scope(where), "kind": kind, "unit": unit}
    before = await _value(connection, limits, key, limits.c.amount)
    if before is None:
        return None
    await connection.execute(sa.delete(limits).where(_is(limits, key)))
    return _entry("limit.remove", where, by_id, f"{kind}/{unit}", before, None)


async def put_policy(
    connection: AsyncConnection,
    where: Where,
    name: PolicyName,
    value: object,
    by_id: int | None,
    now: datetime,
) -> Entry:
    """Write one policy, and return the line for the record, which the caller appends.

    Raises:
        InvalidRequestError: It takes no such value, or not in this scope.
    """
    _check_scope(where)
    checked = check_policy(where.scope, name, value)
    key = {**_scope(where), "name": name}
    before = await _value(connection, policies, key, policies.c.value)
    await _put(connection, policies, key, {"value": checked, "set_by_id": by_id, "set_at": now})
    return _entry("policy.set", where, by_id, name, before, checked)


async def drop_policy(
    connection: AsyncConnection, where: Where, name: PolicyName, by_id: int | None
) -> Entry | None:
    """Delete one policy, and return the line for the record; None when there was none."""
    key = {**_scope(where), "name": name}
    before = await _value(connection, policies, key, policies.c.value)
    if before is None:
        return None
    await connection.execute(sa.delete(policies).where(_is(policies, key)))
    return _entry("policy.remove", where, by_id, name, before, None)


async def _on_record(connection: AsyncConnection, entry: Entry | None, now: datetime) -> Change:
    if entry is None:
        return Change(None, None)
    await append(connection, entry, now=now)
    return Change(entry.before, entry.after)


def _check_scope(where: Where) -> None:
    is_operators = where.scope in _OPERATORS
    if is_operators is not (where.guild_id == EVERYWHERE):
        raise InvalidRequestError(_("Only the people who run this bot can set that."))
    if not _is_target(where):
        # A second row for the same server would be one that nobody finds to remove.
        raise InvalidRequestError(_("That is no {scope} of this server.", scope=where.scope))


def _is_target(where: Where) -> bool:
    match where.scope:
        case Scope.EVERYWHERE | Scope.PERSON:
            return where.target_id == 0
        case Scope.SERVER:
            return where.target_id == where.guild_id
        case Scope.CHANNEL | Scope.ROLE | Scope.MEMBER:
            return where.target_id > 0


def _scope(where: Where) -> dict[str, Any]:
    return {
        "guild_id": where.guild_id,
        "scope": where.scope,
        "target_id": where.target_id,
    }


def _entry(
    action: str, where: Where, by_id: int | None, what: str, before: object, after: object
) -> Entry:
    return Entry(
        action,
        guild_id=where.guild_id,
        actor_id=by_id,
        target=f"{where.name} {what}",
        before=before,
        after=after,
    )


def _is(table: sa.Table, key: dict[str, Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in key.items()))


async def _value(
    connection: AsyncConnection, table: sa.Table, key: dict[str, Any], column: sa.Column[Any]
) -> Any:  # noqa: ANN401 - as the column has it
    statement = sa.select(column).where(_is(table, key)).with_for_update()
    return (await connection.execute(statement)).scalar_one_or_none()


async def _put(
    connection: AsyncConnection, table: sa.Table, key: dict[str, Any], values: dict[str, Any]
) -> None:
    statement = insert_or_change(connection.dialect, table, {**key, **values}, values)
    await connection.execute(statement)
