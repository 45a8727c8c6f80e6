"""Limits, policies, grants and blocks: each change is one commit with its line on record."""

from dataclasses import dataclass
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
from bot.limits.facts import Facts
from bot.limits.rulebook import Rulebook
from bot.limits.values import check_value, scopes_of
from bot.store.audit import Entry, append
from bot.store.books import read_book, read_facts, read_reserved
from bot.store.engine import Database
from bot.store.policy_schema import limits, policies
from bot.store.upsert import insert_or_change

MOST: Final = 10**12
"""The largest amount: a million dollars, or more jobs and seconds than anybody can pay."""
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
        _check_scope(where)
        if not 0 <= amount <= MOST:
            raise InvalidRequestError("A limit is a number from zero up. Please use a smaller one.")
        key = {**_scope(where), "kind": kind, "unit": unit}
        now = self._clock.now()
        async with self._database.write() as connection:
            before = await _value(connection, limits, key, limits.c.amount)
            values = {"amount": amount, "set_by_id": by_id, "set_at": now}
            await _put(connection, limits, key, values)
            entry = _entry("limit.set", where, by_id, f"{kind}/{unit}", before, amount)
            await append(connection, entry, now=now)
        return Change(before, amount)

    async def remove_limit(
        self, where: Where, kind: LimitKind, unit: Unit, by_id: int | None
    ) -> Change:
        """Remove an amount; one that is not there changes nothing, and is not put on record."""
        key = {**_scope(where), "kind": kind, "unit": unit}
        async with self._database.write() as connection:
            before = await _value(connection, limits, key, limits.c.amount)
            if before is not None:
                await connection.execute(sa.delete(limits).where(_is(limits, key)))
                entry = _entry("limit.remove", where, by_id, f"{kind}/{unit}", before, None)
                await append(connection, entry, now=self._clock.now())
        return Change(before, None)

    async def set_policy(
        self, where: Where, name: PolicyName, value: object, by_id: int | None
    ) -> Change:
        """Set what is allowed or done.

        Raises:
            InvalidRequestError: It takes no such value, or not in this scope.
        """
        _check_scope(where)
        if where.scope not in scopes_of(name):
            raise InvalidRequestError(f"“{name}” can't be set for a {where.scope}.")
        checked = check_value(name, value)
        key = {**_scope(where), "name": name}
        now = self._clock.now()
        async with self._database.write() as connection:
            before = await _value(connection, policies, key, policies.c.value)
            await _put(
                connection,
                policies,
                key,
                {"value": checked, "set_by_id": by_id, "set_at": now},
            )
            entry = _entry("policy.set", where, by_id, name, before, checked)
            await append(connection, entry, now=now)
        return Change(before, checked)

    async def remove_policy(self, where: Where, name: PolicyName, by_id: int | None) -> Change:
        """Go back to how it is when nothing is set."""
        key = {**_scope(where), "name": name}
        async with self._database.write() as connection:
            before = await _value(connection, policies, key, policies.c.value)
            if before is not None:
                await connection.execute(sa.delete(policies).where(_is(policies, key)))
                entry = _entry("policy.remove", where, by_id, name, before, None)
                await append(connection, entry, now=self._clock.now())
        return Change(before, None)


def _check_scope(where: Where) -> None:
    is_operators = where.scope in _OPERATORS
    if is_operators is not (where.guild_id == EVERYWHERE):
        raise InvalidRequestError("Only the people who run this bot can set that.")


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
