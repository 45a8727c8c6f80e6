"""The tables of members: their votes, preferences, presets, storyboards and drafts."""

from typing import Final

import sqlalchemy as sa

from bot.domain import StoryState, VoteKind
from bot.store.columns import UtcDateTime, Wording, metadata, one_of

votes: Final = sa.Table(
    "votes",
    metadata,
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("emoji", sa.String(64), primary_key=True),
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id"), nullable=False),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.CheckConstraint(one_of("kind", VoteKind), "kind_known"),
)
sa.Index("votes_of_job", votes.c.job_id, votes.c.kind, votes.c.member_id)
sa.Index("votes_of_guild", votes.c.guild_id, votes.c.at)
sa.Index("votes_of_member", votes.c.member_id)

preferences: Final = sa.Table(
    "preferences",
    metadata,
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("model", sa.String(96)),
    sa.Column("aspect_ratio", sa.String(16)),
    sa.Column("mentions", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("language", sa.String(16)),
    sa.Column("is_private", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

presets: Final = sa.Table(
    "presets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("owner_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(48), nullable=False),
    sa.Column("prompt", Wording, nullable=False),
    sa.Column("model", sa.String(96)),
    sa.Column("seconds", sa.Integer),
    sa.Column("aspect_ratio", sa.String(16)),
    sa.Column("resolution", sa.String(16)),
    sa.Column("is_shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("guild_id", "owner_id", "name", name="presets_once"),
)

drafts: Final = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("images", sa.JSON, nullable=False),  # names, addresses and sizes
    sa.Column("created_at", UtcDateTime, nullable=False),
)
sa.Index("drafts_of_member", drafts.c.member_id)
sa.Index("drafts_by_age", drafts.c.created_at)

storyboards: Final = sa.Table(
    "storyboards",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("interaction_id", sa.BigInteger, nullable=False, unique=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("requester_id", sa.BigInteger, nullable=False),
    sa.Column("scenes", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("file_key", Wording),
    sa.Column("file_bytes", sa.BigInteger),
    sa.Column("file_sha256", sa.String(64)),
    sa.Column("file_seconds", sa.Float),
    sa.Column("file_width", sa.Integer),
    sa.Column("file_height", sa.Integer),
    sa.Column("file_removed_at", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcDateTime),  # when to join, or the end of the lease of whoever does
    sa.Column("lease", sa.Integer, nullable=False, server_default="0"),
    sa.Column("leased_by", sa.String(32)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.CheckConstraint(one_of("state", StoryState), "state_known"),
    sa.CheckConstraint("scenes BETWEEN 2 AND 6", "scenes_sane"),
    sa.CheckConstraint("(due_at IS NOT NULL) = (state = 'joining')", "due_while_joining"),
    sa.CheckConstraint(
        "state <> 'joined' OR (file_key IS NOT NULL AND file_bytes IS NOT NULL "
        "AND file_sha256 IS NOT NULL)",
        "joined_with_file",
    ),
)
_JOINING: Final = sa.text("due_at IS NOT NULL")
sa.Index("storyboards_due", storyboards.c.due_at, sqlite_where=_JOINING, postgresql_where=_JOINING)
