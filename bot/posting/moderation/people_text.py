"""What moderators read about single members: grants and blocks."""

from datetime import datetime

import discord

from bot.domain import Block, Change, Grant
from bot.limits.values import LONGEST_REASON
from bot.posting.denials import amount_text
from bot.posting.moderation.policy_text import change_text
from bot.posting.moderation.words_access import (
    A_BLOCK,
    BLOCKED_UNTIL,
    FOR_GOOD,
    GRANTED,
    NOT_BLOCKED,
    NOTHING_GRANTED,
    OPERATOR,
)
from bot.posting.text import safe


def grant_text(grant: Grant, *, before: int, after: int) -> str:
    """Say what a member was given, and what they have left of all that they were given."""
    return GRANTED(
        member=grant.member_id,
        amount=amount_text(grant.amount, grant.unit),
        until=_moment(grant.expires_at),
        before=amount_text(before, grant.unit) if before else NOTHING_GRANTED(),
        after=amount_text(after, grant.unit),
    )


def block_change_text(member_id: int, change: Change) -> str:
    """Say whether a member is blocked now, and whether they were."""
    return change_text(f"<@{member_id}>", change, _state)


def block_line(block: Block) -> str:
    """Write one member who is blocked."""
    until = FOR_GOOD() if block.until_at is None else BLOCKED_UNTIL(until=_moment(block.until_at))
    by = OPERATOR() if block.set_by_id is None else f"<@{block.set_by_id}>"
    reason = f": {safe(block.reason, LONGEST_REASON)}" if block.reason else ""
    return A_BLOCK(member=block.member_id, until=until, by=by, reason=reason)


def _state(recorded: str | None) -> str:
    """Read a block as `MemberStore` tells of it: none, for good, or until a moment."""
    if recorded is None:
        return NOT_BLOCKED()
    try:
        return BLOCKED_UNTIL(until=_moment(datetime.fromisoformat(recorded)))
    except ValueError:
        return FOR_GOOD()


def _moment(moment: datetime) -> str:
    return f"{discord.utils.format_dt(moment, 'f')} ({discord.utils.format_dt(moment, 'R')})"
