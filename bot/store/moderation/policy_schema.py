"""The tables of limits and of what was taken from them; `guild_id` 0 means everywhere."""

from typing import Final

import sqlalchemy as sa

from bot.domain import EntryKind, LimitKind, Scope, Unit
from bot.store.columns import UtcDateTime, Wording, metadata, one_of

limits: Final = sa.Table(
    "limits",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("scope", sa.String(16), primary_key=True),
    sa.Column("target_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("unit", sa.String(16), primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("set_by_id", sa.BigInteger),
    sa.Column("set_at", UtcDateTime, nullable=False),
    sa.CheckConstraint(one_of("scope", Scope), "scope_known"),
    sa.CheckConstraint(one_of("kind", LimitKind), "kind_known"),
    sa.CheckConstraint(one_of("unit", Unit), "unit_known"),
    sa.CheckConstraint("amount >= 0", "amount_sane"),
    sa.CheckConstraint(
        "(guild_id = 0) = (scope IN ('everywhere', 'person'))", "operator_scopes_everywhere"
    ),
)

policies: Final = sa.Table(
    "policies",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("scope", sa.String(16), primary_key=True),
    sa.Column("target_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("set_by_id", sa.BigInteger),
    sa.Column("set_at", UtcDateTime, nullable=False),
    sa.CheckConstraint(one_of("scope", Scope), "scope_known"),
    sa.CheckConstraint(
        "(guild_id = 0) = (scope IN ('everywhere', 'person'))", "operator_scopes_everywhere"
    ),
)

blocks: Final = sa.Table(
    "blocks",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("until_at", UtcDateTime),
    sa.Column("reason", Wording, nullable=False),
    sa.Column("set_by_id", sa.BigInteger),
    sa.Column("set_at", UtcDateTime, nullable=False),
)

grants: Final = sa.Table(
    "grants",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.String(16), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("reason", Wording, nullable=False),
    sa.Column("set_by_id", sa.BigInteger),
    sa.Column("set_at", UtcDateTime, nullable=False),
    sa.CheckConstraint(one_of("unit", Unit), "unit_known"),
    sa.CheckConstraint("amount > 0", "amount_sane"),
)
sa.Index("grants_of_member", grants.c.guild_id, grants.c.member_id, grants.c.expires_at)

grant_uses: Final = sa.Table(
    "grant_uses",
    metadata,
    sa.Column("grant_id", sa.Integer, sa.ForeignKey("grants.id"), primary_key=True),
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.CheckConstraint("amount > 0", "amount_sane"),
)
sa.Index("grant_uses_of_job", grant_uses.c.job_id)

ledger: Final = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id"), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("parent_channel_id", sa.BigInteger),
    sa.Column("category_id", sa.BigInteger),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("jobs", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("micros", sa.BigInteger, nullable=False),
    sa.Column("is_priced", sa.Boolean, nullable=False),
    sa.Column("counted_at", UtcDateTime, nullable=False),  # when the job was reserved
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.CheckConstraint(one_of("kind", EntryKind), "kind_known"),
    sa.CheckConstraint(
        "kind <> 'reserve' OR (jobs = 1 AND seconds > 0 AND micros >= 0)", "reserve_sane"
    ),
    sa.CheckConstraint("kind <> 'refund' OR (jobs = -1 AND micros <= 0)", "refund_sane"),
)
sa.Index("ledger_of_job", ledger.c.job_id)
sa.Index("ledger_of_time", ledger.c.counted_at)
sa.Index("ledger_of_guild", ledger.c.guild_id, ledger.c.counted_at)
sa.Index("ledger_of_member", ledger.c.member_id, ledger.c.counted_at)
_RESERVE: Final = sa.text("kind = 'reserve'")
sa.Index(
    "ledger_reserved_once",
    ledger.c.job_id,
    unique=True,
    sqlite_where=_RESERVE,
    postgresql_where=_RESERVE,
)
