"""Limits, policies, blocks, grants and the ledger; jobs that are held, covered or removed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and count what earlier versions made."""
    _change_jobs()
    _make_rules()
    _make_grants()
    _make_ledger()
    op.execute(
        "INSERT INTO ledger (job_id, kind, guild_id, channel_id, member_id, jobs, seconds, micros,"
        " is_priced, counted_at, created_at)"
        " SELECT id, 'reserve', guild_id, channel_id, requester_id, 1, seconds,"
        " COALESCE(cost_micros, estimate_micros, 0),"
        " cost_micros IS NOT NULL OR estimate_micros IS NOT NULL, created_at, created_at"
        " FROM jobs WHERE charge IS NULL OR charge <> 'none'"
    )


def _change_jobs() -> None:
    op.add_column(
        "jobs",
        sa.Column(
            "held_for",
            sa.String(length=16),
            sa.CheckConstraint(
                "held_for IN ('confirmation', 'review', 'scene')", name=op.f("jobs_held_known")
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "jobs",
        sa.Column(
            "ending",
            sa.String(length=16),
            sa.CheckConstraint(
                "ending IN ('declined', 'undecided', 'unconfirmed', 'broken')",
                name=op.f("jobs_ending_known"),
            ),
            nullable=True,
        ),
    )
    op.add_column("jobs", sa.Column("released_at", _MOMENT, nullable=True))
    op.add_column("jobs", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "jobs", sa.Column("is_spoiler", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("jobs", sa.Column("removed_by_id", sa.BigInteger(), nullable=True))
    op.add_column("jobs", sa.Column("removed_at", _MOMENT, nullable=True))
    op.add_column("jobs", sa.Column("hidden_at", _MOMENT, nullable=True))


def _make_rules() -> None:
    op.create_table(
        "limits",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "(guild_id = 0) = (scope IN ('everywhere', 'person'))",
            name=op.f("limits_operator_scopes_everywhere"),
        ),
        sa.CheckConstraint(
            "kind IN ('at_once', 'cooldown', '24h', 'day', 'month')", name=op.f("limits_kind_known")
        ),
        sa.CheckConstraint(
            "scope IN ('everywhere', 'person', 'server', 'channel', 'role', 'member')",
            name=op.f("limits_scope_known"),
        ),
        sa.CheckConstraint("unit IN ('jobs', 'seconds', 'money')", name=op.f("limits_unit_known")),
        sa.CheckConstraint("amount >= 0", name=op.f("limits_amount_sane")),
        sa.PrimaryKeyConstraint(
            "guild_id", "scope", "target_id", "kind", "unit", name=op.f("limits_key")
        ),
    )
    op.create_table(
        "policies",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "(guild_id = 0) = (scope IN ('everywhere', 'person'))",
            name=op.f("policies_operator_scopes_everywhere"),
        ),
        sa.CheckConstraint(
            "scope IN ('everywhere', 'person', 'server', 'channel', 'role', 'member')",
            name=op.f("policies_scope_known"),
        ),
        sa.PrimaryKeyConstraint(
            "guild_id", "scope", "target_id", "name", name=op.f("policies_key")
        ),
    )
    op.create_table(
        "blocks",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "member_id", name=op.f("blocks_key")),
    )


def _make_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.CheckConstraint("unit IN ('jobs', 'seconds', 'money')", name=op.f("grants_unit_known")),
        sa.CheckConstraint("amount > 0", name=op.f("grants_amount_sane")),
        sa.PrimaryKeyConstraint("id", name=op.f("grants_key")),
    )
    op.create_index(
        "grants_of_member", "grants", ["guild_id", "member_id", "expires_at"], unique=False
    )
    op.create_table(
        "grant_uses",
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("grant_uses_amount_sane")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("grant_uses_grant_id_of_grants")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("grant_uses_job_id_of_jobs")),
        sa.PrimaryKeyConstraint("grant_id", "job_id", name=op.f("grant_uses_key")),
    )
    op.create_index("grant_uses_of_job", "grant_uses", ["job_id"], unique=False)


def _make_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("jobs", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("is_priced", sa.Boolean(), nullable=False),
        sa.Column("counted_at", _MOMENT, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind <> 'refund' OR (jobs = -1 AND micros <= 0)", name=op.f("ledger_refund_sane")
        ),
        sa.CheckConstraint(
            "kind <> 'reserve' OR (jobs = 1 AND seconds > 0 AND micros >= 0)",
            name=op.f("ledger_reserve_sane"),
        ),
        sa.CheckConstraint(
            "kind IN ('reserve', 'settle', 'refund')", name=op.f("ledger_kind_known")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("ledger_job_id_of_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_key")),
    )
    op.create_index("ledger_of_guild", "ledger", ["guild_id", "counted_at"], unique=False)
    op.create_index("ledger_of_job", "ledger", ["job_id"], unique=False)
    op.create_index("ledger_of_member", "ledger", ["member_id", "counted_at"], unique=False)
    op.create_index("ledger_of_time", "ledger", ["counted_at"], unique=False)
    op.create_index(
        "ledger_reserved_once",
        "ledger",
        ["job_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'reserve'"),
        postgresql_where=sa.text("kind = 'reserve'"),
    )
