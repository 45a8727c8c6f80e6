"""What members leave behind: lineage, votes, preferences, presets, storyboards and drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_MOMENT = sa.DateTime(timezone=True)
_DERIVED = sa.text("derived_from IS NOT NULL")
_BARE = sa.text("adorn_at IS NOT NULL")
_OF_STORYBOARD = sa.text("storyboard_id IS NOT NULL")
_MADE = sa.text("file_key IS NOT NULL")
_JOINING = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Make the tables and the columns."""
    _change_jobs()
    _change_outbox()
    _make_votes()
    _make_preferences()
    _make_presets()
    _make_storyboards()
    _make_drafts()


def _change_jobs() -> None:
    for column in (
        sa.Column("language", sa.String(length=16), server_default="en", nullable=False),
        sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("derived_from", sa.String(length=26), nullable=True),
        sa.Column(
            "relation",
            sa.String(length=16),
            sa.CheckConstraint(
                "relation IN ('again', 'remix', 'continue', 'extend', 'edit', 'scene')",
                name=op.f("jobs_relation_known"),
            ),
            nullable=True,
        ),
        sa.Column("storyboard_id", sa.Integer(), nullable=True),
        sa.Column("scene", sa.Integer(), nullable=True),
    ):
        op.add_column("jobs", column)
    op.create_index(
        "jobs_derived",
        "jobs",
        ["derived_from"],
        unique=False,
        sqlite_where=_DERIVED,
        postgresql_where=_DERIVED,
    )
    op.create_index(
        "jobs_of_storyboard",
        "jobs",
        ["storyboard_id", "scene"],
        unique=True,
        sqlite_where=_OF_STORYBOARD,
        postgresql_where=_OF_STORYBOARD,
    )
    op.create_index(
        "jobs_measured",
        "jobs",
        ["provider", "model", "submitted_at"],
        unique=False,
        sqlite_where=_MADE,
        postgresql_where=_MADE,
    )


def _change_outbox() -> None:
    op.add_column("outbox", sa.Column("adorn_at", _MOMENT, nullable=True))
    op.create_index(
        "outbox_bare",
        "outbox",
        ["adorn_at"],
        unique=False,
        sqlite_where=_BARE,
        postgresql_where=_BARE,
    )


def _make_votes() -> None:
    op.create_table(
        "votes",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("emoji", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('favour', 'disfavour', 'again')", name=op.f("votes_kind_known")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("votes_job_id_of_jobs")),
        sa.PrimaryKeyConstraint("message_id", "member_id", "emoji", name=op.f("votes_key")),
    )
    op.create_index("votes_of_job", "votes", ["job_id", "kind", "member_id"], unique=False)
    op.create_index("votes_of_guild", "votes", ["guild_id", "at"], unique=False)
    op.create_index("votes_of_member", "votes", ["member_id"], unique=False)


def _make_preferences() -> None:
    op.create_table(
        "preferences",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(length=96), nullable=True),
        sa.Column("aspect_ratio", sa.String(length=16), nullable=True),
        sa.Column("mentions", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("preferences_key")),
    )


def _make_presets() -> None:
    op.create_table(
        "presets",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=96), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("aspect_ratio", sa.String(length=16), nullable=True),
        sa.Column("resolution", sa.String(length=16), nullable=True),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("presets_key")),
        sa.UniqueConstraint("guild_id", "owner_id", "name", name="presets_once"),
    )


def _make_storyboards() -> None:
    op.create_table(
        "storyboards",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("scenes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=True),
        sa.Column("file_bytes", sa.BigInteger(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_seconds", sa.Float(), nullable=True),
        sa.Column("file_width", sa.Integer(), nullable=True),
        sa.Column("file_height", sa.Integer(), nullable=True),
        sa.Column("file_removed_at", _MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("lease", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'joining', 'joined', 'ended')",
            name=op.f("storyboards_state_known"),
        ),
        sa.CheckConstraint("scenes BETWEEN 2 AND 6", name=op.f("storyboards_scenes_sane")),
        sa.CheckConstraint(
            "(due_at IS NOT NULL) = (state = 'joining')", name=op.f("storyboards_due_while_joining")
        ),
        sa.CheckConstraint(
            "state <> 'joined' OR (file_key IS NOT NULL AND file_bytes IS NOT NULL "
            "AND file_sha256 IS NOT NULL)",
            name=op.f("storyboards_joined_with_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("storyboards_key")),
        sa.UniqueConstraint("interaction_id", name=op.f("storyboards_interaction_id_unique")),
    )
    op.create_index(
        "storyboards_due",
        "storyboards",
        ["due_at"],
        unique=False,
        sqlite_where=_JOINING,
        postgresql_where=_JOINING,
    )


def _make_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("drafts_key")),
    )
    op.create_index("drafts_of_member", "drafts", ["member_id"], unique=False)
    op.create_index("drafts_by_age", "drafts", ["created_at"], unique=False)
