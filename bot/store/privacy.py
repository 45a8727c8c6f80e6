"""What is kept about a member: read for them, and forgotten when they ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import CaseKind, Job
from bot.limits import reasons
from bot.store.community.joined import joined_of
from bot.store.community.schema import drafts, preferences, presets, storyboards, votes
from bot.store.engines.engine import Database
from bot.store.moderation.desk_schema import blocked_attempts, cases, oblivions, reports
from bot.store.moderation.policy_schema import blocks, grants, ledger
from bot.store.record.audit import Entry, append
from bot.store.record.schema import audit
from bot.store.rows import job_from
from bot.store.schema import jobs
from bot.store.upsert import insert_or_change

_JOB: Final = (
    "id", "interaction_id", "guild_id", "channel_id", "state", "mode", "source_id", "provider",
    "model", "prompt", "seconds", "resolution", "aspect_ratio", "look", "failure", "charge",
    "provider_ref", "estimate_micros", "cost_micros", "file_bytes", "file_sha256",
    "file_removed_at", "references_removed_at", "ending", "note", "is_spoiler", "created_at",
    "submitted_at", "updated_at", "removed_at", "hidden_at", "language",
    "is_private", "derived_from", "relation", "storyboard_id", "scene",
)  # fmt: skip
_STORY: Final = (
    "id", "interaction_id", "guild_id", "channel_id", "scenes", "state", "file_bytes",
    "file_sha256", "file_seconds", "file_removed_at", "created_at", "updated_at",
)  # fmt: skip
_LEDGER: Final = (
    "id", "job_id", "kind", "guild_id", "channel_id", "jobs", "seconds", "micros", "is_priced",
    "counted_at", "created_at",
)  # fmt: skip
_CASE: Final = (
    "id", "guild_id", "job_id", "kind", "state", "opened_at", "decided_at", "reason",
    "blocked_until_at", "asker",
)  # fmt: skip
_PRESET: Final = (
    "guild_id", "name", "prompt", "model", "seconds", "aspect_ratio", "resolution", "is_shared",
    "created_at",
)  # fmt: skip
_PREFERENCES: Final = (
    "model", "aspect_ratio", "mentions", "language", "is_private", "updated_at",
)  # fmt: skip
_VOTE: Final = ("guild_id", "message_id", "job_id", "emoji", "kind", "at")
_GRANT: Final = ("id", "guild_id", "unit", "amount", "expires_at", "reason", "set_at")

_SNOWFLAKES: Final = frozenset({"guild_id", "channel_id", "interaction_id", "message_id"})


@dataclass(frozen=True, slots=True)
class Oblivion:
    """A member whose words and files are to be forgotten."""

    member_id: int
    asked_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """The files of one job that are still there."""

    job: Job
    has_video: bool
    has_references: bool


class PrivacyStore:
    """Reads by the member's id over all servers; moderators' ids are left out."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def export(self, guild_id: int, member_id: int) -> dict[str, Any]:
        """Return everything that is kept about a member, as JSON has it, and note that it was."""
        now = self._clock.now()
        async with self._database.write() as connection:
            entry = Entry("privacy.export", guild_id, member_id, target=f"member:{member_id}")
            await append(connection, entry, now=now)
            tables = {
                name: await _rows(connection, statement)
                for name, statement in _questions(member_id).items()
            }
        return {"member_id": str(member_id), "made_at": now.isoformat(), **tables}

    async def files(self, member_id: int) -> list[KeptFiles]:
        """List the jobs of a member of which files are kept, the oldest first.

        The joined videos of their storyboards come last, each with its first scene.
        """
        has_video = jobs.c.file_key.is_not(None) & jobs.c.file_removed_at.is_(None)
        has_references = jobs.c.references_removed_at.is_(None)
        statement = (
            sa.select(jobs, has_video.label("has_video"), has_references.label("has_references"))
            .where(jobs.c.requester_id == member_id, has_video | has_references)
            .order_by(jobs.c.created_at, jobs.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
            joined = await joined_of(connection, member_id)
        kept = [
            KeptFiles(job_from(row), bool(row["has_video"]), bool(row["has_references"]))
            for row in rows
        ]
        return kept + [KeptFiles(job, has_video=True, has_references=False) for job in joined]

    async def forget(self, guild_id: int, member_id: int) -> None:
        """Have a member forgotten: what is only in the database here, the rest soon."""
        now = self._clock.now()
        values = {"asked_at": now, "attempts": 0, "due_at": now}
        async with self._database.write() as connection:
            row = {"member_id": member_id, **values}
            await connection.execute(insert_or_change(connection.dialect, oblivions, row, values))
            theirs = sa.select(reports.c.job_id).where(reports.c.reporter_id == member_id)
            await connection.execute(
                sa.update(cases)
                .where(cases.c.kind == CaseKind.REPORT, cases.c.job_id.in_(theirs))
                .values(why=reasons.of_report(""))
            )
            await connection.execute(
                sa.update(reports).where(reports.c.reporter_id == member_id).values(reason="")
            )
            await connection.execute(
                sa.delete(blocked_attempts).where(blocked_attempts.c.member_id == member_id)
            )
            await connection.execute(sa.delete(votes).where(votes.c.member_id == member_id))
            for table, column in (
                (presets, presets.c.owner_id),
                (preferences, preferences.c.member_id),
            ):
                await connection.execute(sa.delete(table).where(column == member_id))
            await connection.execute(sa.delete(drafts).where(drafts.c.member_id == member_id))
            entry = Entry("privacy.forget", guild_id, member_id, target=f"member:{member_id}")
            await append(connection, entry, now=now)

    async def due(self, *, limit: int) -> list[Oblivion]:
        """List who is to be forgotten now."""
        statement = (
            sa.select(oblivions.c.member_id, oblivions.c.asked_at, oblivions.c.attempts)
            .where(oblivions.c.due_at <= self._clock.now())
            .order_by(oblivions.c.due_at)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [Oblivion(*row) for row in (await connection.execute(statement)).all()]

    async def finish(self, oblivion: Oblivion) -> None:
        """Record that nothing is left, unless the member asked again meanwhile."""
        await self._change(oblivion, due_at=None)

    async def retry(self, oblivion: Oblivion, due_at: datetime) -> None:
        """Leave it for later."""
        await self._change(oblivion, due_at=due_at, attempts=oblivion.attempts + 1)

    async def _change(self, oblivion: Oblivion, **values: object) -> None:
        statement = (
            sa.update(oblivions)
            .where(
                oblivions.c.member_id == oblivion.member_id,
                oblivions.c.asked_at == oblivion.asked_at,
            )
            .values(values)
        )
        async with self._database.write() as connection:
            await connection.execute(statement)


def _questions(member_id: int) -> Mapping[str, sa.Select[Any]]:
    """Return what is asked of each table; the record is about them or by them, without others."""
    their_jobs = sa.select(jobs.c.id).where(jobs.c.requester_id == member_id)
    is_about = (audit.c.actor_id == member_id) | (audit.c.target == f"member:{member_id}")
    return {
        "jobs": sa.select(*(jobs.c[name] for name in _JOB))
        .where(jobs.c.requester_id == member_id)
        .order_by(jobs.c.created_at),
        "ledger": sa.select(*(ledger.c[name] for name in _LEDGER))
        .where(ledger.c.member_id == member_id)
        .order_by(ledger.c.id),
        "reports": sa.select(reports.c.job_id, reports.c.reason, reports.c.at)
        .where(reports.c.reporter_id == member_id)
        .order_by(reports.c.at),
        "blocks": sa.select(blocks.c.guild_id, blocks.c.until_at, blocks.c.reason, blocks.c.set_at)
        .where(blocks.c.member_id == member_id)
        .order_by(blocks.c.guild_id),
        "grants": sa.select(*(grants.c[name] for name in _GRANT))
        .where(grants.c.member_id == member_id)
        .order_by(grants.c.id),
        "cases": sa.select(*(cases.c[name] for name in _CASE))
        .where(cases.c.job_id.in_(their_jobs))
        .order_by(cases.c.id),
        "blocked_attempts": sa.select(blocked_attempts.c.guild_id, blocked_attempts.c.at)
        .where(blocked_attempts.c.member_id == member_id)
        .order_by(blocked_attempts.c.at),
        **_own_questions(member_id),
        "votes": sa.select(*(votes.c[name] for name in _VOTE))
        .where(votes.c.member_id == member_id)
        .order_by(votes.c.at),
        "record": sa.select(audit.c.at, audit.c.guild_id, audit.c.action)
        .where(is_about)
        .order_by(audit.c.id),
    }


def _own_questions(member_id: int) -> Mapping[str, sa.Select[Any]]:
    """Return what is asked of the tables of what members make for themselves."""
    return {
        "storyboards": sa.select(*(storyboards.c[name] for name in _STORY))
        .where(storyboards.c.requester_id == member_id)
        .order_by(storyboards.c.id),
        "presets": sa.select(*(presets.c[name] for name in _PRESET))
        .where(presets.c.owner_id == member_id)
        .order_by(presets.c.id),
        "preferences": sa.select(*(preferences.c[name] for name in _PREFERENCES)).where(
            preferences.c.member_id == member_id
        ),
        "drafts": sa.select(drafts.c.guild_id, drafts.c.images, drafts.c.created_at)
        .where(drafts.c.member_id == member_id)
        .order_by(drafts.c.id),
    }


async def _rows(
    connection: AsyncConnection, statement: sa.Select[Any]
) -> Sequence[Mapping[str, Any]]:
    found = (await connection.execute(statement)).mappings().all()
    return [{name: _plain(name, value) for name, value in row.items()} for row in found]


def _plain(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    # A snowflake is too large for the numbers of most readers of JSON.
    is_snowflake = isinstance(value, int) and name in _SNOWFLAKES
    return str(value) if is_snowflake else value
