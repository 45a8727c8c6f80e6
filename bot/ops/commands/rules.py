"""The commands `grok-bot rules`: rules about prompts that hold in all servers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final

import typer

from bot.clock import SystemClock
from bot.domain import EVERYWHERE, PromptRule, RuleAction, RuleKind
from bot.limits.prompt_rules import Hit
from bot.ops.door import open_current
from bot.pipeline.prompts import PromptWatch
from bot.posting.moderation.rules_text import plain_finding, plain_line
from bot.settings import read_settings
from bot.store.moderation.prompt_rules import PromptRuleStore

rules: Final = typer.Typer(
    help="What is not wanted in prompts, in all servers.", no_args_is_help=True
)


@rules.command()
def add(
    kind: Annotated[RuleKind, typer.Argument(help="How it finds what it looks for.")],
    text: Annotated[str, typer.Argument(help="The words, the expression, or the percentage.")],
    action: Annotated[RuleAction, typer.Argument(help="What becomes of such a prompt.")],
) -> None:
    """Make a rule that holds from the next prompt on."""
    typer.echo(f"Added: {plain_line(asyncio.run(_add(kind, text, action)))}")


@rules.command()
def remove(rule_id: Annotated[int, typer.Argument(metavar="ID", help="Its number.")]) -> None:
    """Remove a rule; it no longer holds from the next prompt on."""
    typer.echo(f"Removed: {plain_line(asyncio.run(_remove(rule_id)))}")


@rules.command("list")
def show() -> None:
    """List the rules for all servers."""
    found = asyncio.run(_list())
    for rule in found:
        typer.echo(plain_line(rule))
    if not found:
        typer.echo("There are no rules for all servers.")


@rules.command()
def test(text: Annotated[str, typer.Argument(help="What a member might ask for.")]) -> None:
    """Say which of these rules fire at a text, and where; nothing is counted or charged."""
    hits = asyncio.run(_test(text))
    for hit in hits:
        typer.echo(plain_finding(text, hit))
    if not hits:
        typer.echo("No rule fires at this text.")


async def _add(kind: RuleKind, text: str, action: RuleAction) -> PromptRule:
    async with _store() as store:
        return await store.add(EVERYWHERE, kind, text, action, None)


async def _remove(rule_id: int) -> PromptRule:
    async with _store() as store:
        return await store.remove(EVERYWHERE, rule_id, None)


async def _list() -> list[PromptRule]:
    async with _store() as store:
        return await store.rules(EVERYWHERE)


async def _test(text: str) -> list[Hit]:
    async with _store() as store:
        return await PromptWatch(store).hits(EVERYWHERE, text)


@asynccontextmanager
async def _store() -> AsyncIterator[PromptRuleStore]:
    async with open_current(read_settings()) as database:
        yield PromptRuleStore(database, SystemClock())
