"""Rules about prompts: each change is one commit with its line on record."""

import asyncio
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import EVERYWHERE, FailureKind, PromptRule, RuleAction, RuleKind
from bot.errors import InvalidRequestError
from bot.language import _
from bot.limits.prompt_rules import MOST_RULES, RuleSetting, check_rule, rule_values
from bot.store.columns import kept
from bot.store.engines.engine import Database
from bot.store.moderation.desk_schema import prompt_rules
from bot.store.record.audit import Entry, append
from bot.store.schema import jobs
from bot.store.spending.admission import take_the_till

_REMEMBERED: Final = 300


class PromptRuleStore:
    """The only code that changes rules about prompts; `by_id` None is the operator."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self, guild_id: int, kind: RuleKind, text: str, action: RuleAction, by_id: int | None
    ) -> PromptRule:
        """Make a rule of a server; for all servers with `EVERYWHERE`.

        Raises:
            InvalidRequestError: It will not do, is there already, or there are too many.
        """
        # To try a pattern out takes up to half a second.
        checked = await asyncio.to_thread(check_rule, kind, kept(text))
        now = self._clock.now()
        async with self._database.write() as connection:
            # One at a time, or two at once would count the same number of rules.
            await take_the_till(connection)
            earlier = await read_rules(connection, guild_id)
            _check_new(earlier, kind, checked)
            wanted = RuleSetting(kind, checked, action)
            rule, entry = await put_rule(connection, guild_id, wanted, by_id, now)
            await append(connection, entry, now=now)
        return rule

    async def remove(self, guild_id: int, rule_id: int, by_id: int | None) -> PromptRule:
        """Remove a rule of a server, and return what it was.

        Raises:
            InvalidRequestError: That server has no such rule.
        """
        async with self._database.write() as connection:
            await take_the_till(connection)
            for rule in await read_rules(connection, guild_id):
                if rule.id == rule_id:
                    break
            else:
                raise InvalidRequestError(
                    _("There is no such rule here. The list of rules has their numbers.")
                )
            entry = await drop_rule(connection, rule, by_id)
            await append(connection, entry, now=self._clock.now())
        return rule

    async def rules(self, guild_id: int) -> list[PromptRule]:
        """List the rules that hold in a server: the operator's first, each with the oldest first.

        A row that this version can't read is an error: what it forbids would be allowed.
        """
        async with self._database.read() as connection:
            return await read_rules(connection, EVERYWHERE, guild_id)

    async def refused_prompts(self, *, limit: int = _REMEMBERED) -> list[str]:
        """List the newest prompts that a provider refused, of all servers, as far as kept."""
        statement = (
            sa.select(jobs.c.prompt)
            .where(jobs.c.prompt != sa.literal_column("''"), jobs.c.failure == FailureKind.REFUSED)
            .order_by(jobs.c.updated_at.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return list((await connection.execute(statement)).scalars())


def rule_from(row: sa.RowMapping) -> PromptRule:
    """Read one row of `prompt_rules`."""
    return PromptRule(**{**row, "kind": RuleKind(row["kind"]), "action": RuleAction(row["action"])})


async def read_rules(connection: AsyncConnection, *guild_ids: int) -> list[PromptRule]:
    """Read the rules of servers, the oldest of each first."""
    statement = (
        sa.select(prompt_rules)
        .where(prompt_rules.c.guild_id.in_(guild_ids))
        .order_by(prompt_rules.c.guild_id, prompt_rules.c.id)
    )
    return [rule_from(row) for row in (await connection.execute(statement)).mappings()]


async def put_rule(
    connection: AsyncConnection,
    guild_id: int,
    wanted: RuleSetting,
    by_id: int | None,
    now: datetime,
) -> tuple[PromptRule, Entry]:
    """Make a rule in the caller's transaction, who puts the entry on record."""
    values = {"guild_id": guild_id, **rule_values(wanted), "set_by_id": by_id, "set_at": now}
    statement = sa.insert(prompt_rules).values(values).returning(*prompt_rules.c)
    rule = rule_from((await connection.execute(statement)).mappings().one())
    return rule, _entry("rule.add", rule, by_id, after=rule_values(rule))


async def drop_rule(connection: AsyncConnection, rule: PromptRule, by_id: int | None) -> Entry:
    """Remove a rule in the caller's transaction, who puts the entry on record."""
    await connection.execute(sa.delete(prompt_rules).where(prompt_rules.c.id == rule.id))
    return _entry("rule.remove", rule, by_id, before=rule_values(rule))


def _check_new(earlier: list[PromptRule], kind: RuleKind, text: str) -> None:
    if len(earlier) >= MOST_RULES:
        raise InvalidRequestError(
            _(
                "There are {count} rules already, as many as there can be. "
                "Please remove one, or put several words into one pattern.",
                count=MOST_RULES,
            )
        )
    for rule in earlier:
        if (rule.kind, rule.text) == (kind, text):
            raise InvalidRequestError(
                _(
                    "That is rule {id} already. To change what it does, remove it first.",
                    id=rule.id,
                )
            )


def _entry(
    action: str,
    rule: PromptRule,
    by_id: int | None,
    *,
    before: object = None,
    after: object = None,
) -> Entry:
    return Entry(
        action,
        guild_id=rule.guild_id,
        actor_id=by_id,
        target=f"rule:{rule.id}",
        before=before,
        after=after,
    )
