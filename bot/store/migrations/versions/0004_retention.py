"""What was deleted of a job, and what a restored job may have posted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_MOMENT = sa.DateTime(timezone=True)
_WITH_FILE = sa.text("file_key IS NOT NULL AND file_removed_at IS NULL")
_WITH_PROMPT = sa.text("prompt <> ''")


def upgrade() -> None:
    """Add columns to the jobs, and the indexes that find what is old."""
    for name in ("file_removed_at", "references_removed_at", "maybe_posted_since"):
        op.add_column("jobs", sa.Column(name, _MOMENT, nullable=True))
    op.create_index(
        "jobs_with_file",
        "jobs",
        ["updated_at", "file_bytes"],
        unique=False,
        sqlite_where=_WITH_FILE,
        postgresql_where=_WITH_FILE,
    )
    op.create_index(
        "jobs_with_prompt",
        "jobs",
        ["updated_at"],
        unique=False,
        sqlite_where=_WITH_PROMPT,
        postgresql_where=_WITH_PROMPT,
    )
