"""The commands `grok-bot block` and `unblock`: one person, on all servers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from bot.clock import SystemClock
from bot.domain import EVERYWHERE, Change
from bot.ops.door import open_current
from bot.posting.moderation.words_policies import BLOCKED, NOT_BLOCKED, UNBLOCKED
from bot.settings import read_settings
from bot.store.moderation.members import MemberStore

_FORMATS: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
_LARGEST_ID: Final = 2**63 - 1

Person = Annotated[
    int, typer.Argument(metavar="USER_ID", min=1, max=_LARGEST_ID, help="The id of a Discord user.")
]


def block(
    user_id: Person,
    until: Annotated[
        datetime | None,
        typer.Option(formats=_FORMATS, help="Until when, in UTC; otherwise until `unblock`."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; the person reads it.")] = "",
) -> None:
    """Let a person make no videos, on any server."""
    until_at = None if until is None else until.replace(tzinfo=UTC)
    change = _run(
        lambda store: store.block(EVERYWHERE, user_id, until_at=until_at, reason=reason, by_id=None)
    )
    before = NOT_BLOCKED if change.before is None else change.before
    typer.echo(BLOCKED.format(user_id=user_id, before=before, after=change.after))


def unblock(user_id: Person) -> None:
    """Let a person make videos again; what a server's moderators blocked stays so."""
    change = _run(lambda store: store.unblock(EVERYWHERE, user_id, by_id=None))
    if change.before is None:
        typer.echo(f"User {user_id} was {NOT_BLOCKED}.")
        return
    typer.echo(UNBLOCKED.format(user_id=user_id, before=change.before, after=NOT_BLOCKED))


def _run(work: Callable[[MemberStore], Awaitable[Change]]) -> Change:
    async def run() -> Change:
        async with open_current(read_settings()) as database:
            return await work(MemberStore(database, SystemClock()))

    return asyncio.run(run())
