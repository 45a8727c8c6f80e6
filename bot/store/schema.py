"""The tables of jobs and messages, with the invariants that no code path may break."""

from typing import Final

import sqlalchemy as sa

from bot.domain import (
    ENGLISH,
    Charge,
    Ending,
    FailureKind,
    Hold,
    JobState,
    MessageKind,
    MessageState,
    Mode,
    PauseReason,
    Place,
    Relation,
)
from bot.store.columns import UtcDateTime, Wording, metadata, one_of

jobs: Final = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("interaction_id", sa.BigInteger, nullable=False, unique=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("requester_id", sa.BigInteger, nullable=False),
    sa.Column("repeats", sa.String(26), sa.ForeignKey("jobs.id"), unique=True),
    sa.Column("provider", sa.String(32), nullable=False),
    sa.Column("model", sa.String(64), nullable=False),
    sa.Column("prompt", Wording, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("resolution", sa.String(16), nullable=False),
    sa.Column("aspect_ratio", sa.String(16)),
    sa.Column("reference_images", sa.JSON, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("failure", sa.String(16)),
    sa.Column("charge", sa.String(16)),
    sa.Column("failure_detail", Wording),
    sa.Column("provider_ref", Wording),
    sa.Column("result_url", Wording),
    sa.Column("progress", sa.Integer),
    sa.Column("file_key", Wording),
    sa.Column("file_bytes", sa.BigInteger),
    sa.Column("file_sha256", sa.String(64)),
    sa.Column("file_seconds", sa.Float),
    sa.Column("file_width", sa.Integer),
    sa.Column("file_height", sa.Integer),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("misses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcDateTime),  # next step, or the end of the lease of whoever has it
    sa.Column("lease", sa.Integer, nullable=False, server_default="0"),
    sa.Column("leased_by", sa.String(32)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("submitted_at", UtcDateTime),
    sa.Column("cancel_requested_at", UtcDateTime),
    sa.Column(
        "mode",
        sa.String(16),
        sa.CheckConstraint(one_of("mode", Mode), "mode_known"),
        nullable=False,
        server_default=Mode.TEXT,
    ),
    sa.Column("source_id", sa.String(26)),
    sa.Column("look", sa.String(32)),
    sa.Column("alternatives", sa.JSON, nullable=False, server_default="[]"),
    sa.Column(
        "estimate_micros",
        sa.BigInteger,
        sa.CheckConstraint("estimate_micros >= 0", "estimate_sane"),
    ),
    sa.Column("cost_micros", sa.BigInteger, sa.CheckConstraint("cost_micros >= 0", "cost_sane")),
    sa.Column("parent_id", sa.BigInteger),
    sa.Column("file_removed_at", UtcDateTime),  # `file_key` and its facts stay, as a record
    sa.Column("references_removed_at", UtcDateTime),
    # Set by a restore: see `bot.store.engines.restored`.
    sa.Column("maybe_posted_since", UtcDateTime),
    sa.Column(
        "held_for", sa.String(16), sa.CheckConstraint(one_of("held_for", Hold), "held_known")
    ),
    sa.Column(
        "ending", sa.String(16), sa.CheckConstraint(one_of("ending", Ending), "ending_known")
    ),
    sa.Column("released_at", UtcDateTime),  # when it had been held
    sa.Column("note", Wording, nullable=False, server_default=""),
    sa.Column("is_spoiler", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("removed_by_id", sa.BigInteger),
    sa.Column("removed_at", UtcDateTime),
    sa.Column("hidden_at", UtcDateTime),
    sa.Column("language", sa.String(16), nullable=False, server_default=ENGLISH),
    sa.Column("is_private", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("derived_from", sa.String(26)),  # the job that it comes of, which may be forgotten
    sa.Column(
        "relation",
        sa.String(16),
        sa.CheckConstraint(one_of("relation", Relation), "relation_known"),
    ),
    sa.Column("storyboard_id", sa.Integer),
    sa.Column("scene", sa.Integer),
    sa.CheckConstraint(one_of("state", JobState), "state_known"),
    sa.CheckConstraint(one_of("failure", FailureKind), "failure_known"),
    sa.CheckConstraint(one_of("charge", Charge), "charge_known"),
    sa.CheckConstraint(
        "(state IN ('failed', 'told')) = (failure IS NOT NULL)", "failed_with_reason"
    ),
    sa.CheckConstraint("(failure IS NULL) = (charge IS NULL)", "failed_with_charge"),
    sa.CheckConstraint(
        "state NOT IN ('rendering', 'rendered') OR provider_ref IS NOT NULL", "rendering_with_ref"
    ),
    sa.CheckConstraint(
        "state NOT IN ('stored', 'posted') OR "
        "(file_key IS NOT NULL AND file_bytes IS NOT NULL AND file_sha256 IS NOT NULL)",
        "stored_with_file",
    ),
    sa.CheckConstraint(
        "state = 'reserved' OR submitted_at IS NOT NULL OR failure IS NOT NULL",
        "submitted_before_paid",
    ),
    sa.CheckConstraint(
        "(due_at IS NOT NULL) = (state IN ('reserved', 'submitting', 'rendering', 'rendered'))",
        "due_while_working",
    ),
    sa.CheckConstraint(
        "seconds > 0 AND attempts >= 0 AND misses >= 0 AND lease >= 0", "counts_sane"
    ),
)
_WORKING: Final = sa.text("due_at IS NOT NULL")
sa.Index("jobs_due", jobs.c.due_at, sqlite_where=_WORKING, postgresql_where=_WORKING)
sa.Index(
    "jobs_of_provider",
    jobs.c.provider,
    jobs.c.state,
    sqlite_where=_WORKING,
    postgresql_where=_WORKING,
)
_DERIVED: Final = sa.text("derived_from IS NOT NULL")
sa.Index(
    "jobs_derived",
    jobs.c.derived_from,
    sqlite_where=_DERIVED,
    postgresql_where=_DERIVED,
)
_OF_STORYBOARD: Final = sa.text("storyboard_id IS NOT NULL")
sa.Index(
    "jobs_of_storyboard",
    jobs.c.storyboard_id,
    jobs.c.scene,
    unique=True,
    sqlite_where=_OF_STORYBOARD,
    postgresql_where=_OF_STORYBOARD,
)
sa.Index("jobs_of_requester", jobs.c.guild_id, jobs.c.requester_id, jobs.c.created_at)
_WITH_FILE: Final = sa.text("file_key IS NOT NULL AND file_removed_at IS NULL")
sa.Index(
    "jobs_with_file",
    jobs.c.updated_at,
    jobs.c.file_bytes,
    sqlite_where=_WITH_FILE,
    postgresql_where=_WITH_FILE,
)
_MADE: Final = sa.text("file_key IS NOT NULL")
sa.Index(
    "jobs_measured",
    jobs.c.provider,
    jobs.c.model,
    jobs.c.submitted_at,
    sqlite_where=_MADE,
    postgresql_where=_MADE,
)
_WITH_PROMPT: Final = sa.text("prompt <> ''")
sa.Index(
    "jobs_with_prompt",
    jobs.c.updated_at,
    sqlite_where=_WITH_PROMPT,
    postgresql_where=_WITH_PROMPT,
)

outbox: Final = sa.Table(
    "outbox",
    metadata,
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False, server_default="0"),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcDateTime),
    sa.Column("lease", sa.Integer, nullable=False, server_default="0"),
    sa.Column("leased_by", sa.String(32)),
    sa.Column("place", sa.String(16)),
    sa.Column("first_at", UtcDateTime),
    sa.Column("tried_at", UtcDateTime),
    sa.Column("message_id", sa.BigInteger),
    sa.Column("problem", Wording),
    sa.Column("shown", sa.String(64)),
    sa.Column("folded_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("adorn_at", UtcDateTime),  # when the bot is to put its own reactions under it
    sa.CheckConstraint(one_of("kind", MessageKind), "kind_known"),
    sa.CheckConstraint(one_of("state", MessageState), "state_known"),
    sa.CheckConstraint(one_of("place", Place), "place_known"),
    sa.CheckConstraint(
        "(kind IN ('card', 'result', 'failure')) = (sequence = 0) AND sequence >= 0",
        "counted_deliveries",
    ),
    sa.CheckConstraint("state <> 'sent' OR message_id IS NOT NULL", "sent_with_message"),
    sa.CheckConstraint("state <> 'sending' OR first_at IS NOT NULL", "sending_since"),
    sa.CheckConstraint(
        "(due_at IS NOT NULL) = (state IN ('pending', 'sending'))", "due_while_owed"
    ),
)
_OWED: Final = sa.text("due_at IS NOT NULL")
sa.Index("outbox_due", outbox.c.due_at, sqlite_where=_OWED, postgresql_where=_OWED)
_LIVE_CARD: Final = sa.text("kind = 'card' AND state = 'sent' AND folded_at IS NULL")
sa.Index("outbox_live_cards", outbox.c.job_id, sqlite_where=_LIVE_CARD, postgresql_where=_LIVE_CARD)
_LIVE_CASE: Final = sa.text("kind = 'case' AND state = 'sent' AND folded_at IS NULL")
sa.Index("outbox_live_cases", outbox.c.job_id, sqlite_where=_LIVE_CASE, postgresql_where=_LIVE_CASE)
sa.Index("outbox_message", outbox.c.message_id)
_BARE: Final = sa.text("adorn_at IS NOT NULL")
sa.Index("outbox_bare", outbox.c.adorn_at, sqlite_where=_BARE, postgresql_where=_BARE)

job_events: Final = sa.Table(
    "job_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("event", sa.String(32), nullable=False),
    sa.Column("detail", Wording),
)
sa.Index("job_events_of_job", job_events.c.job_id, job_events.c.id)

markers: Final = sa.Table(
    "markers",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", Wording, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

pauses: Final = sa.Table(
    "pauses",
    metadata,
    sa.Column("provider", sa.String(32), primary_key=True),
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("detail", Wording, nullable=False),
    sa.Column("paused_at", UtcDateTime, nullable=False),
    sa.Column("retry_at", UtcDateTime, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.CheckConstraint(one_of("reason", PauseReason), "reason_known"),
)

upload_limits: Final = sa.Table(
    "upload_limits",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("limit_bytes", sa.BigInteger, nullable=False),
    sa.Column("learned_at", UtcDateTime, nullable=False),
    sa.CheckConstraint("limit_bytes > 0", "limit_sane"),
)

closed_places: Final = sa.Table(
    "closed_places",
    metadata,
    sa.Column("place_id", sa.BigInteger, primary_key=True, autoincrement=False),  # channel, user
    sa.Column("refusals", sa.Integer, nullable=False),
    sa.Column("refused_at", UtcDateTime, nullable=False),
    sa.Column("problem", Wording, nullable=False),
    sa.CheckConstraint("refusals > 0", "refusals_sane"),
)
