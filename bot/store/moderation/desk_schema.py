"""The tables of the moderators' desk: cases, reports, prompt rules, what is to be taken down."""

from typing import Final

import sqlalchemy as sa

from bot.domain import CaseKind, CaseState, Removal, RuleAction, RuleKind
from bot.store.columns import UtcDateTime, Wording, metadata, one_of

cases: Final = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id"), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("why", Wording, nullable=False),  # for the moderators: which rule, which reports
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("decided_by_id", sa.BigInteger),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("reason", Wording, nullable=False, server_default=""),  # for the member
    sa.Column("blocked_until_at", UtcDateTime),
    sa.Column("asker", sa.JSON(none_as_null=True)),  # as Discord told it then
    sa.CheckConstraint(one_of("kind", CaseKind), "kind_known"),
    sa.CheckConstraint(one_of("state", CaseState), "state_known"),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", "decided_once"),
)
_OPEN: Final = sa.text("state = 'open'")
sa.Index(
    "cases_open_once",
    cases.c.job_id,
    cases.c.kind,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
sa.Index("cases_of_guild", cases.c.guild_id, cases.c.state, cases.c.id)

reports: Final = sa.Table(
    "reports",
    metadata,
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("reporter_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("reason", Wording, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

prompt_rules: Final = sa.Table(
    "prompt_rules",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", Wording, nullable=False),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("set_by_id", sa.BigInteger),
    sa.Column("set_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("guild_id", "kind", "text", name="prompt_rules_once"),
    sa.CheckConstraint(one_of("kind", RuleKind), "kind_known"),
    sa.CheckConstraint(one_of("action", RuleAction), "action_known"),
    sqlite_autoincrement=True,  # the record goes on naming a removed rule by its number
)

blocked_attempts: Final = sa.Table(
    "blocked_attempts",
    metadata,
    sa.Column("interaction_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("rule_id", sa.Integer),
    sa.Column("at", UtcDateTime, nullable=False),
)
sa.Index(
    "blocked_attempts_of_member",
    blocked_attempts.c.guild_id,
    blocked_attempts.c.member_id,
    blocked_attempts.c.at,
)

takedowns: Final = sa.Table(
    "takedowns",
    metadata,
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("by_id", sa.BigInteger),  # None: enough members reported it
    sa.Column("removes_file", sa.Boolean, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("channel_id", sa.BigInteger),  # of a message that only its mark gave away
    sa.Column("message_id", sa.BigInteger),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcDateTime),
    sa.CheckConstraint(one_of("kind", Removal), "kind_known"),
)
_WANTED: Final = sa.text("due_at IS NOT NULL")
sa.Index("takedowns_due", takedowns.c.due_at, sqlite_where=_WANTED, postgresql_where=_WANTED)

oblivions: Final = sa.Table(
    "oblivions",
    metadata,
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcDateTime),
)
