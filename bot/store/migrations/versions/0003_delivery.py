"""Videos posted again, where a message went, upload limits that were learned, closed places."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)
_OWED = sa.text("due_at IS NOT NULL")
_LIVE_CARD = sa.text("kind = 'card' AND state = 'sent' AND folded_at IS NULL")


def upgrade() -> None:
    """Let a job owe deliveries, and make the tables of places."""
    op.add_column("jobs", sa.Column("parent_id", sa.BigInteger(), nullable=True))
    _change_outbox()
    op.create_table(
        "upload_limits",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("limit_bytes", sa.BigInteger(), nullable=False),
        sa.Column("learned_at", _MOMENT, nullable=False),
        sa.CheckConstraint("limit_bytes > 0", name=op.f("upload_limits_limit_sane")),
        sa.PrimaryKeyConstraint("guild_id", name="upload_limits_key"),
    )
    op.create_table(
        "closed_places",
        sa.Column("place_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("refused_at", _MOMENT, nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint("refusals > 0", name=op.f("closed_places_refusals_sane")),
        sa.PrimaryKeyConstraint("place_id", name="closed_places_key"),
    )


def _change_outbox() -> None:
    # SQLite writes the table anew, from this description: it can't read its own checks back.
    with op.batch_alter_table("outbox", copy_from=_outbox_before()) as outbox:
        outbox.drop_constraint(op.f("outbox_kind_known"), type_="check")
        outbox.drop_constraint(op.f("outbox_key"), type_="primary")
        outbox.add_column(sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
        outbox.add_column(sa.Column("place", sa.String(length=16), nullable=True))
        outbox.add_column(sa.Column("tried_at", _MOMENT, nullable=True))
        outbox.create_primary_key(op.f("outbox_key"), ["job_id", "kind", "sequence"])
        outbox.create_check_constraint(
            op.f("outbox_kind_known"), "kind IN ('card', 'result', 'failure', 'delivery')"
        )
        outbox.create_check_constraint(
            op.f("outbox_place_known"), "place IN ('channel', 'parent', 'requester')"
        )
        outbox.create_check_constraint(
            op.f("outbox_counted_deliveries"),
            "(kind = 'delivery') = (sequence > 0) AND sequence >= 0",
        )


def _outbox_before() -> sa.Table:
    """Describe the table as 0001 made it."""
    table = sa.Table(
        "outbox",
        sa.MetaData(),
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
    sa.Index("outbox_due", table.c.due_at, sqlite_where=_OWED, postgresql_where=_OWED)
    sa.Index(
        "outbox_live_cards", table.c.job_id, sqlite_where=_LIVE_CARD, postgresql_where=_LIVE_CARD
    )
    sa.Index("outbox_message", table.c.message_id)
    return table
