"""Puts a whole file of settings in the place of what is set: all of it, or nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import PromptRule, Scope
from bot.limits.exchange import (
    LimitSetting,
    PolicySetting,
    ServerSettings,
    Setting,
    settings_of,
)
from bot.limits.prompt_rules import RuleSetting
from bot.limits.rulebook import Rulebook
from bot.store.columns import kept
from bot.store.engines.engine import Database
from bot.store.moderation.books import read_book
from bot.store.moderation.policies import (
    Where,
    drop_limit,
    drop_policy,
    put_limit,
    put_policy,
    server,
)
from bot.store.moderation.prompt_rules import drop_rule, put_rule, read_rules
from bot.store.record.audit import Entry, append
from bot.store.spending.admission import take_the_till


@dataclass(frozen=True, slots=True)
class Replaced:
    """How many settings there were, are now, and are not as they were."""

    before: int
    after: int
    changed: int


class ExchangeStore:
    """The only code that changes more than one setting at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def current(self, guild_id: int) -> ServerSettings:
        """Read all that is set for a server and can be carried."""
        async with self._database.read() as connection:
            book, rules = await _read(connection, guild_id)
        return settings_of(book, rules, guild_id)

    async def replace(
        self, guild_id: int, wanted: ServerSettings, *, by_id: int | None
    ) -> Replaced:
        """Set what is wanted and remove the rest, each change with its own line on record.

        Raises:
            InvalidRequestError: Something of it can't be set; nothing was changed then.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            await take_the_till(connection)  # rules about prompts are changed one at a time
            book, rules = await _read(connection, guild_id)
            current = settings_of(book, rules, guild_id).by_key
            target = {one.key: one for one in map(_as_kept, wanted.everything)}
            made = {RuleSetting(one.kind, one.text, one.action): one for one in rules}
            entries: list[Entry | None] = []
            for key in sorted({*current, *target}):
                was, one = current.get(key), target.get(key)
                if one == was:
                    continue
                if isinstance(was, RuleSetting):
                    entries.append(await drop_rule(connection, made[was], by_id))
                elif was is not None and one is None:
                    entries.append(await _drop(connection, guild_id, was, by_id))
                if one is not None:
                    entries.append(await _put(connection, guild_id, one, by_id, now))
            # The record comes last: whoever sets one thing holds its row when they ask for
            # the end of the record, so that the other order could make two wait for each other.
            changes = [entry for entry in entries if entry is not None]
            for entry in changes:
                await append(connection, replace(entry, reason="settings import"), now=now)
        return Replaced(len(current), len(target), len(changes))


async def _read(connection: AsyncConnection, guild_id: int) -> tuple[Rulebook, list[PromptRule]]:
    return await read_book(connection, guild_id), await read_rules(connection, guild_id)


def _as_kept(one: Setting) -> Setting:
    """Return a setting as it comes back from the table, by which it is told from others."""
    return replace(one, text=kept(one.text)) if isinstance(one, RuleSetting) else one


def _where(guild_id: int, one: LimitSetting | PolicySetting) -> Where:
    if one.scope is Scope.SERVER:
        return server(guild_id)
    return Where(guild_id, one.scope, one.target_id)


async def _put(
    connection: AsyncConnection,
    guild_id: int,
    one: Setting,
    by_id: int | None,
    now: datetime,
) -> Entry:
    match one:
        case LimitSetting():
            where, amount = _where(guild_id, one), one.amount
            return await put_limit(connection, where, one.kind, one.unit, amount, by_id, now)
        case PolicySetting():
            where = _where(guild_id, one)
            return await put_policy(connection, where, one.name, one.value, by_id, now)
        case RuleSetting():
            _, entry = await put_rule(connection, guild_id, one, by_id, now)
            return entry


async def _drop(
    connection: AsyncConnection,
    guild_id: int,
    one: LimitSetting | PolicySetting,
    by_id: int | None,
) -> Entry | None:
    where = _where(guild_id, one)
    match one:
        case LimitSetting():
            return await drop_limit(connection, where, one.kind, one.unit, by_id)
        case PolicySetting():
            return await drop_policy(connection, where, one.name, by_id)
