"""Prompts that rules stopped: counted for a while, so that trying on and on brings a pause."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import Origin
from bot.limits.cooling import LOOKED_BACK, cools_until
from bot.limits.prompt_rules import Hit
from bot.store.moderation.desk_schema import blocked_attempts
from bot.store.upsert import insert_or_change


async def note_attempt(
    connection: AsyncConnection, origin: Origin, hit: Hit, *, now: datetime
) -> None:
    """Count an interaction once, in the transaction that turns it away; drop what counts no more.

    The prompt itself is not kept.
    """
    attempt = {
        "interaction_id": origin.interaction_id,
        "guild_id": origin.guild_id,
        "member_id": origin.requester_id,
        "rule_id": hit.rule.id,
        "at": now,
    }
    again = {"rule_id": hit.rule.id}
    await connection.execute(insert_or_change(connection.dialect, blocked_attempts, attempt, again))
    is_old = blocked_attempts.c.at <= now - LOOKED_BACK
    await connection.execute(sa.delete(blocked_attempts).where(is_old))


async def cooling_end(
    connection: AsyncConnection, guild_id: int, member_id: int, now: datetime
) -> datetime | None:
    """Return when a member may ask again in a server; None when that is at once."""
    statement = sa.select(blocked_attempts.c.at).where(
        blocked_attempts.c.guild_id == guild_id,
        blocked_attempts.c.member_id == member_id,
        blocked_attempts.c.at > now - LOOKED_BACK,
    )
    return cools_until((await connection.execute(statement)).scalars(), now)
