"""The commands `grok-bot limits`: how much may be made on all servers together, and by a person."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, Final, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.clock import SystemClock
from bot.domain import EVERYWHERE, Asker, Cost, Gauge, LimitKind, Policy, Scope, Unit
from bot.limits.amounts import read_amount
from bot.limits.facts import Facts
from bot.ops.door import open_current
from bot.posting.denials import amount_text, rate_text
from bot.posting.moderation.policy_text import limit_change_text, value_text
from bot.posting.moderation.words_policies import NOTHING_SET_BY_OPERATOR, POLICIES
from bot.settings import read_settings
from bot.store.moderation.policies import PolicyStore, Where

_NOBODY: Final = Asker(member_id=0, role_ids=frozenset(), channel_id=0)
"""Asks for what is used of the limits that everybody shares."""
NUMBERS: Final = {"ignore_unknown_options": True}
"""A number below zero is not an option: it gets a sentence as well."""

Result = TypeVar("Result")


class OperatorScope(StrEnum):
    """The scopes that only the operator can set."""

    EVERYWHERE = Scope.EVERYWHERE.value
    PERSON = Scope.PERSON.value


ForWhom = Annotated[
    OperatorScope, typer.Argument(help="All servers together, or each person over all of them.")
]
Kind = Annotated[LimitKind, typer.Argument(help="Over which time; a cooldown is a pause.")]
Counted = Annotated[Unit, typer.Argument(help="What is counted.")]

limits: Final = typer.Typer(help="Limit what may be made, over all servers.", no_args_is_help=True)


@limits.command("set", context_settings=NUMBERS)
def set_limit(
    scope: ForWhom,
    kind: Kind,
    unit: Counted,
    amount: Annotated[
        str, typer.Argument(help="Such as 5; dollars such as 2.50; of a cooldown its seconds.")
    ],
) -> None:
    """Set a limit, beside a bot that may be running."""
    wanted = read_amount(amount, kind, unit)
    change = run_with_policies(
        lambda store: store.set_limit(operator(scope), kind, unit, wanted, None)
    )
    typer.echo(plain(limit_change_text(Scope(scope), 0, kind, unit, change)))


@limits.command("remove")
def remove_limit(scope: ForWhom, kind: Kind, unit: Counted) -> None:
    """Remove a limit, beside a bot that may be running."""
    change = run_with_policies(lambda store: store.remove_limit(operator(scope), kind, unit, None))
    typer.echo(plain(limit_change_text(Scope(scope), 0, kind, unit, change)))


@limits.command("show")
def show_limits() -> None:
    """Show all limits and policies of the operator, and what is used of the shared ones."""
    facts = run_with_policies(lambda store: store.facts(EVERYWHERE, _NOBODY, Cost()))
    if not facts.book.limits and not facts.book.policies:
        typer.echo(NOTHING_SET_BY_OPERATOR)
        return
    Console(highlight=False).print(_table(facts))


def operator(scope: OperatorScope) -> Where:
    """Return the scope of the operator that was named."""
    return Where(EVERYWHERE, Scope(scope))


def run_with_policies(work: Callable[[PolicyStore], Awaitable[Result]]) -> Result:
    """Do something with what is set in the database of the settings.

    Raises:
        ConfigurationError: The database is of another version, or can't be opened.
    """

    async def run() -> Result:
        async with open_current(read_settings()) as database:
            return await work(PolicyStore(database, SystemClock()))

    return asyncio.run(run())


def plain(text: str) -> str:
    """Take the marks of Discord out of a text of ours."""
    return text.replace("**", "").replace("`", "")


def _table(facts: Facts) -> Table:
    table = Table(title="What the operator has set")
    for heading in ("scope", "what", "used", "set at (UTC)"):
        table.add_column(heading, overflow="fold")
    for gauge in facts.gauges:
        limit = gauge.limit
        rate = rate_text(limit.amount, limit.kind, limit.unit)
        when = f"{limit.set_at:%Y-%m-%d %H:%M}"
        table.add_row(*map(Text, (limit.scope, rate, _used(gauge), when)))
    for policy in facts.book.policies:
        when = f"{policy.set_at:%Y-%m-%d %H:%M}"
        table.add_row(*map(Text, (policy.scope, _policy(policy), "", when)))
    return table


def _used(gauge: Gauge) -> str:
    """Say what is used of a limit that everybody shares; of a pause there is no amount."""
    limit = gauge.limit
    if limit.scope is not Scope.EVERYWHERE or limit.kind is LimitKind.COOLDOWN:
        return ""
    return amount_text(gauge.used, limit.unit)


def _policy(policy: Policy) -> str:
    return plain(f"{POLICIES[policy.name]()}: {value_text(policy.name, policy.value)}")
