"""What a job is made from and what it costs; providers that are paused."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_MOMENT = sa.DateTime(timezone=True)
_WORKING = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Add columns to the jobs and make the pauses.

    Each check belongs to its column: SQLite adds a column, but would have to write a whole table
    anew to add a check, which the rows that refer to it forbid.
    """
    for column in _new_columns():
        op.add_column("jobs", column)
    # Only GeekNow made videos until now, and images were always references there.
    op.execute("UPDATE jobs SET mode = 'references' WHERE CAST(reference_images AS TEXT) <> '[]'")
    op.create_index(
        "jobs_of_provider",
        "jobs",
        ["provider", "state"],
        unique=False,
        sqlite_where=_WORKING,
        postgresql_where=_WORKING,
    )
    op.create_table(
        "pauses",
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("paused_at", _MOMENT, nullable=False),
        sa.Column("retry_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('key', 'credit', 'address')", name=op.f("pauses_reason_known")
        ),
        sa.PrimaryKeyConstraint("provider", name="pauses_key"),
    )


def _new_columns() -> list[sa.Column]:
    return [
        sa.Column(
            "mode",
            sa.String(length=16),
            sa.CheckConstraint(
                "mode IN ('text', 'image', 'references', 'edit', 'extend')",
                name=op.f("jobs_mode_known"),
            ),
            nullable=False,
            server_default="text",
        ),
        sa.Column("source_id", sa.String(length=26), nullable=True),
        sa.Column("look", sa.String(length=32), nullable=True),
        sa.Column("alternatives", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column(
            "estimate_micros",
            sa.BigInteger(),
            sa.CheckConstraint("estimate_micros >= 0", name=op.f("jobs_estimate_sane")),
            nullable=True,
        ),
        sa.Column(
            "cost_micros",
            sa.BigInteger(),
            sa.CheckConstraint("cost_micros >= 0", name=op.f("jobs_cost_sane")),
            nullable=True,
        ),
    ]
