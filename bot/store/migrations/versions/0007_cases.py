"""Messages about cases: questions to the moderators, and answers to appeals."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_MOMENT = sa.DateTime(timezone=True)
_OWED = sa.text("due_at IS NOT NULL")
_LIVE_CARD = sa.text("kind = 'card' AND state = 'sent' AND folded_at IS NULL")
_LIVE_CASE = sa.text("kind = 'case' AND state = 'sent' AND folded_at IS NULL")


def upgrade() -> None:
    """Let a job owe them."""
    # SQLite writes the table anew, from this description: it can't read its own checks back.
    with op.batch_alter_table("outbox", copy_from=_outbox_before()) as outbox:
        outbox.drop_constraint(op.f("outbox_kind_known"), type_="check")
        outbox.drop_constraint(op.f("outbox_counted_deliveries"), type_="check")
        outbox.create_check_constraint(
            op.f("outbox_kind_known"),
            "kind IN ('card', 'result', 'failure', 'delivery', 'case', 'answer', 'joined', "
            "'gallery', 'weekly')",
        )
        outbox.create_check_constraint(
            op.f("outbox_counted_deliveries"),
            "(kind IN ('card', 'result', 'failure')) = (sequence = 0) AND sequence >= 0",
        )
    op.create_index(
        "outbox_live_cases",
        "outbox",
        ["job_id"],
        unique=False,
        sqlite_where=_LIVE_CASE,
        postgresql_where=_LIVE_CASE,
    )


def _outbox_before() -> sa.Table:
    """Describe the table as 0003 made it."""
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
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("tried_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "(kind = 'delivery') = (sequence > 0) AND sequence >= 0",
            name=op.f("outbox_counted_deliveries"),
        ),
        sa.CheckConstraint(
            "(due_at IS NOT NULL) = (state IN ('pending', 'sending'))",
            name=op.f("outbox_due_while_owed"),
        ),
        sa.CheckConstraint(
            "kind IN ('card', 'result', 'failure', 'delivery')", name=op.f("outbox_kind_known")
        ),
        sa.CheckConstraint(
            "place IN ('channel', 'parent', 'requester')", name=op.f("outbox_place_known")
        ),
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
        sa.PrimaryKeyConstraint("job_id", "kind", "sequence", name="outbox_key"),
    )
    sa.Index("outbox_due", table.c.due_at, sqlite_where=_OWED, postgresql_where=_OWED)
    sa.Index(
        "outbox_live_cards", table.c.job_id, sqlite_where=_LIVE_CARD, postgresql_where=_LIVE_CARD
    )
    sa.Index("outbox_message", table.c.message_id)
    return table
