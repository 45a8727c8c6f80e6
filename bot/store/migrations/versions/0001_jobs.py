"""Jobs, the outbox, their history and the markers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    _make_jobs()
    _make_outbox()
    _make_job_events()
    _make_markers()


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("repeats", sa.String(length=26), nullable=True),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("resolution", sa.String(length=16), nullable=False),
        sa.Column("aspect_ratio", sa.String(length=16), nullable=True),
        sa.Column("reference_images", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("failure", sa.String(length=16), nullable=True),
        sa.Column("charge", sa.String(length=16), nullable=True),
        sa.Column("failure_detail", sa.Text(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("result_url", sa.Text(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.Column("file_key", sa.Text(), nullable=True),
        sa.Column("file_bytes", sa.BigInteger(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_seconds", sa.Float(), nullable=True),
        sa.Column("file_width", sa.Integer(), nullable=True),
        sa.Column("file_height", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("misses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("lease", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=True),
        sa.Column("cancel_requested_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "(due_at IS NOT NULL) = (state IN ('reserved', 'submitting', 'rendering', 'rendered'))",
            name=op.f("jobs_due_while_working"),
        ),
        sa.CheckConstraint(
            "(state IN ('failed', 'told')) = (failure IS NOT NULL)",
            name=op.f("jobs_failed_with_reason"),
        ),
        sa.CheckConstraint(
            "charge IN ('none', 'possible', 'made')", name=op.f("jobs_charge_known")
        ),
        sa.CheckConstraint(
            "failure IN ('refused', 'rejected', 'provider_error', 'timed_out', 'outcome_unknown', 'lost', 'undeliverable', 'cancelled')",
            name=op.f("jobs_failure_known"),
        ),
        sa.CheckConstraint(
            "state = 'reserved' OR submitted_at IS NOT NULL OR failure IS NOT NULL",
            name=op.f("jobs_submitted_before_paid"),
        ),
        sa.CheckConstraint(
            "state IN ('reserved', 'submitting', 'rendering', 'rendered', 'stored', 'posted', 'failed', 'told')",
            name=op.f("jobs_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('rendering', 'rendered') OR provider_ref IS NOT NULL",
            name=op.f("jobs_rendering_with_ref"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('stored', 'posted') OR (file_key IS NOT NULL AND file_bytes IS NOT NULL AND file_sha256 IS NOT NULL)",
            name=op.f("jobs_stored_with_file"),
        ),
        sa.CheckConstraint(
            "(failure IS NULL) = (charge IS NULL)", name=op.f("jobs_failed_with_charge")
        ),
        sa.CheckConstraint(
            "seconds > 0 AND attempts >= 0 AND misses >= 0 AND lease >= 0",
            name=op.f("jobs_counts_sane"),
        ),
        sa.ForeignKeyConstraint(["repeats"], ["jobs.id"], name="jobs_repeats_of_jobs"),
        sa.PrimaryKeyConstraint("id", name="jobs_key"),
        sa.UniqueConstraint("interaction_id", name="jobs_interaction_id_unique"),
        sa.UniqueConstraint("repeats", name="jobs_repeats_unique"),
    )
    op.create_index(
        "jobs_due",
        "jobs",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "jobs_of_requester", "jobs", ["guild_id", "requester_id", "created_at"], unique=False
    )


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("lease", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_by", sa.String(length=32), nullable=True),
        sa.Column("first_at", _MOMENT, nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("shown", sa.String(length=64), nullable=True),
        sa.Column("folded_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "(due_at IS NOT NULL) = (state IN ('pending', 'sending'))",
            name=op.f("outbox_due_while_owed"),
        ),
        sa.CheckConstraint("kind IN ('card', 'result', 'failure')", name=op.f("outbox_kind_known")),
        sa.CheckConstraint(
            "state <> 'sending' OR first_at IS NOT NULL", name=op.f("outbox_sending_since")
        ),
        sa.CheckConstraint(
            "state <> 'sent' OR message_id IS NOT NULL", name=op.f("outbox_sent_with_message")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'dropped')", name=op.f("outbox_state_known")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="outbox_job_id_of_jobs"),
        sa.PrimaryKeyConstraint("job_id", "kind", name="outbox_key"),
    )
    op.create_index(
        "outbox_due",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_live_cards",
        "outbox",
        ["job_id"],
        unique=False,
        sqlite_where=sa.text("kind = 'card' AND state = 'sent' AND folded_at IS NULL"),
        postgresql_where=sa.text("kind = 'card' AND state = 'sent' AND folded_at IS NULL"),
    )
    op.create_index("outbox_message", "outbox", ["message_id"], unique=False)


def _make_job_events() -> None:
    op.create_table(
        "job_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="job_events_job_id_of_jobs"),
        sa.PrimaryKeyConstraint("id", name="job_events_key"),
    )
    op.create_index("job_events_of_job", "job_events", ["job_id", "id"], unique=False)


def _make_markers() -> None:
    op.create_table(
        "markers",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="markers_key"),
    )
