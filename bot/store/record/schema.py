"""The tables of the record: what was decided, by whom, and how far it was mirrored."""

from typing import Final

import sqlalchemy as sa

from bot.store.columns import UtcDateTime, Wording, metadata

audit: Final = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # without a gap, from 1
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("actor_id", sa.BigInteger),
    sa.Column("action", sa.String(48), nullable=False),
    sa.Column("target", Wording, nullable=False),
    sa.Column("reason", Wording, nullable=False),
    sa.Column("before", Wording, nullable=False),
    sa.Column("after", Wording, nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
sa.Index("audit_of_guild", audit.c.guild_id, audit.c.id)

audit_head: Final = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last_id", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.CheckConstraint("id = 1", "only_one"),
)

audit_mirrors: Final = sa.Table(
    "audit_mirrors",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("mirrored_id", sa.Integer, nullable=False),
    sa.Column("sending_id", sa.Integer),
    sa.Column("channel_id", sa.BigInteger),
    sa.Column("first_at", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcDateTime),
    sa.CheckConstraint("(sending_id IS NULL) = (first_at IS NULL)", "sending_since"),
)
