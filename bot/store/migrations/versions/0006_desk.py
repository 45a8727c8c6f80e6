"""The record of decisions and the moderators' desk."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_record()
    _make_cases()
    _make_prompt_rules()
    _make_oblivions()


def _make_record() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_key")),
    )
    op.create_index("audit_of_guild", "audit", ["guild_id", "id"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("audit_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_head_key")),
    )
    op.create_table(
        "audit_mirrors",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mirrored_id", sa.Integer(), nullable=False),
        sa.Column("sending_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("first_at", _MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "(sending_id IS NULL) = (first_at IS NULL)", name=op.f("audit_mirrors_sending_since")
        ),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("audit_mirrors_key")),
    )


def _make_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("blocked_until_at", _MOMENT, nullable=True),
        sa.Column("asker", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("cases_decided_once")
        ),
        sa.CheckConstraint("kind IN ('review', 'report', 'appeal')", name=op.f("cases_kind_known")),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'rejected', 'closed')", name=op.f("cases_state_known")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("cases_job_id_of_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("cases_key")),
    )
    op.create_index("cases_of_guild", "cases", ["guild_id", "state", "id"], unique=False)
    op.create_index(
        "cases_open_once",
        "cases",
        ["job_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "reports",
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("reports_job_id_of_jobs")),
        sa.PrimaryKeyConstraint("job_id", "reporter_id", name=op.f("reports_key")),
    )
    op.create_table(
        "takedowns",
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("removes_file", sa.Boolean(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('hide', 'remove', 'clear', 'veil')", name=op.f("takedowns_kind_known")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("takedowns_job_id_of_jobs")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("takedowns_key")),
    )
    op.create_index(
        "takedowns_due",
        "takedowns",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def _make_prompt_rules() -> None:
    op.create_table(
        "prompt_rules",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "action IN ('refuse', 'hold', 'spoiler')", name=op.f("prompt_rules_action_known")
        ),
        sa.CheckConstraint(
            "kind IN ('word', 'pattern', 'similar')", name=op.f("prompt_rules_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("prompt_rules_key")),
        sa.UniqueConstraint("guild_id", "kind", "text", name="prompt_rules_once"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "blocked_attempts",
        sa.Column("interaction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("blocked_attempts_key")),
    )
    op.create_index(
        "blocked_attempts_of_member",
        "blocked_attempts",
        ["guild_id", "member_id", "at"],
        unique=False,
    )


def _make_oblivions() -> None:
    op.create_table(
        "oblivions",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("member_id", name=op.f("oblivions_key")),
    )
