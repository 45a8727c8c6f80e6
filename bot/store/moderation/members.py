"""What moderators give to single members and take from them: grants and blocks, on record."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import Block, Change, Grant, Unit
from bot.errors import InvalidRequestError
from bot.language import _
from bot.limits.values import LARGEST_AMOUNT
from bot.store.engines.engine import Database
from bot.store.moderation.books import grants_of
from bot.store.moderation.policy_schema import blocks, grants
from bot.store.record.audit import Entry, append
from bot.store.upsert import insert_or_change

LONGEST: Final = timedelta(days=366)
"""A grant that is still there next year is forgotten by everybody."""
_LONGEST_REASON: Final = 300


class MemberStore:
    """The only code that changes grants and blocks; `by_id` None is the operator."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def grant(
        self,
        guild_id: int,
        member_id: int,
        *,
        unit: Unit,
        amount: int,
        expires_at: datetime,
        reason: str,
        by_id: int | None,
    ) -> Grant:
        """Give a member something on top of their limits, once.

        Raises:
            InvalidRequestError: It is nothing, absurd, over already, or for too long.
        """
        now = self._clock.now()
        if not 0 < amount <= LARGEST_AMOUNT:
            raise InvalidRequestError(
                _("A grant is a number above zero. Please use a smaller one.")
            )
        if not now < expires_at <= now + LONGEST:
            raise InvalidRequestError(_("A grant ends some time from now, within a year."))
        values = {
            "guild_id": guild_id,
            "member_id": member_id,
            "unit": unit,
            "amount": amount,
            "expires_at": expires_at,
            "reason": _checked(reason),
            "set_by_id": by_id,
            "set_at": now,
        }
        async with self._database.write() as connection:
            made = sa.insert(grants).values(values).returning(grants.c.id)
            grant_id = (await connection.execute(made)).scalar_one()
            entry = _grant_entry(grant_id, values)
            await append(connection, entry, now=now)
            found = await grants_of(connection, guild_id, member_id)
        return next(grant for grant in found if grant.id == grant_id)

    async def grants(self, guild_id: int, member_id: int) -> list[Grant]:
        """List the grants of a member that have something left and are not over."""
        now = self._clock.now()
        async with self._database.read() as connection:
            found = await grants_of(connection, guild_id, member_id)
        return [grant for grant in found if grant.left > 0 and grant.expires_at > now]

    async def block(
        self,
        guild_id: int,
        member_id: int,
        *,
        until_at: datetime | None,
        reason: str,
        by_id: int | None,
    ) -> Change:
        """Let a member make nothing until then; in all servers with `EVERYWHERE`.

        Raises:
            InvalidRequestError: That time is over, or the reason is too long.
        """
        now = self._clock.now()
        if until_at is not None and until_at <= now:
            raise InvalidRequestError(_("That time is over already. Please use a later one."))
        wanted = Block(guild_id, member_id, until_at, _checked(reason), by_id, now)
        async with self._database.write() as connection:
            return await put_block(connection, wanted)

    async def unblock(self, guild_id: int, member_id: int, *, by_id: int | None) -> Change:
        """Let a member make videos again; of one who is not blocked nothing is put on record."""
        async with self._database.write() as connection:
            before = await _block(connection, guild_id, member_id)
            if before is not None:
                is_theirs = (blocks.c.guild_id == guild_id) & (blocks.c.member_id == member_id)
                await connection.execute(sa.delete(blocks).where(is_theirs))
                entry = Entry(
                    "block.remove",
                    guild_id=guild_id,
                    actor_id=by_id,
                    target=f"member:{member_id}",
                    before=_until(before),
                )
                await append(connection, entry, now=self._clock.now())
        return Change(_until(before), None)

    async def blocks(self, guild_id: int, *, limit: int) -> Sequence[Block]:
        """List who is blocked in a server, the newest first."""
        now = self._clock.now()
        statement = (
            sa.select(blocks)
            .where(
                blocks.c.guild_id == guild_id,
                blocks.c.until_at.is_(None) | (blocks.c.until_at > now),
            )
            .order_by(blocks.c.set_at.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [Block(**row) for row in (await connection.execute(statement)).mappings()]


async def put_block(
    connection: AsyncConnection, wanted: Block, *, may_shorten: bool = True
) -> Change:
    """Block a member, on record, in the caller's transaction."""
    before = await _block(connection, wanted.guild_id, wanted.member_id)
    if before is not None and not may_shorten and _lasts(before, wanted):
        return Change(_until(before), _until(before))
    values = asdict(wanted)
    changed = {name: values[name] for name in ("until_at", "reason", "set_by_id", "set_at")}
    await connection.execute(insert_or_change(connection.dialect, blocks, values, changed))
    entry = Entry(
        "block.set",
        guild_id=wanted.guild_id,
        actor_id=wanted.set_by_id,
        target=f"member:{wanted.member_id}",
        reason=wanted.reason,
        before=_until(before),
        after=_until(wanted),
    )
    await append(connection, entry, now=wanted.set_at)
    return Change(_until(before), _until(wanted))


def _lasts(block: Block, other: Block) -> bool:
    if block.until_at is None:
        return True
    return other.until_at is not None and block.until_at >= other.until_at


def _grant_entry(grant_id: int, values: Mapping[str, Any]) -> Entry:
    return Entry(
        "grant.add",
        guild_id=values["guild_id"],
        actor_id=values["set_by_id"],
        target=f"member:{values['member_id']}",
        reason=values["reason"],
        after={
            "grant": grant_id,
            "unit": values["unit"],
            "amount": values["amount"],
            "expires_at": values["expires_at"].isoformat(),
        },
    )


def _checked(reason: str) -> str:
    text = reason.strip()
    if len(text) > _LONGEST_REASON:
        raise InvalidRequestError(
            _("Please give a reason of at most {count} characters.", count=_LONGEST_REASON)
        )
    return text


def _until(block: Block | None) -> str | None:
    if block is None:
        return None
    return "for good" if block.until_at is None else block.until_at.isoformat()


async def _block(connection: AsyncConnection, guild_id: int, member_id: int) -> Block | None:
    is_theirs = (blocks.c.guild_id == guild_id) & (blocks.c.member_id == member_id)
    statement = sa.select(blocks).where(is_theirs).with_for_update()
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else Block(**row)
